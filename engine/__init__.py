"""Gemma 3n in PyTorch and everything that needs no window. Knows nothing of Qt."""
