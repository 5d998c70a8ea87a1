"""Models from the Hugging Face Hub: found, fetched, checked and kept. The engine's only network."""
