"""Pictures drawn by program, what is in them, and questions about it with exact answers."""
