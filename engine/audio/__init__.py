"""The audio tower: PCM to log-mel to conformer frames to soft tokens, clip and stream alike."""
