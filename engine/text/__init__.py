"""The Gemma 3n text decoder: exact, elastic, with its cache and per-layer embeddings."""
