"""Whether a model folder is what it should be, on this machine: `python main.py doctor`."""
