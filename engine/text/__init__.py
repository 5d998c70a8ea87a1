"""The text decoder: AltUp, LAuReL, per-layer embeddings, caches, MatFormer sizes."""
