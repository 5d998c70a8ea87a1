"""Settings as data, and where they are stored."""
