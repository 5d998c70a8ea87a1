"""Conversations: their tree of messages, where they are kept, and what asking does."""
