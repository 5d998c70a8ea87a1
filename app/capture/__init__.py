"""The microphone: callback, ring, chunks, device names."""
