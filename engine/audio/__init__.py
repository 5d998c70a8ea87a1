"""The audio tower: PCM to log-mel to conformer frames to soft tokens, whole clip and stream alike."""
