"""The one crossing between the window and the worker process."""
