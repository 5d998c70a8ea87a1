"""The window: all the Qt there is. Knows the engine only through its messages."""
