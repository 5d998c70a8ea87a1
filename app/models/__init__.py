"""Qt item models: what the views read."""
