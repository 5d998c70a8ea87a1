"""The everyday grammar once more, in English, Spanish and Chinese at a time."""
