"""Live transcription: voice activity, streaming policy, its metrics."""
