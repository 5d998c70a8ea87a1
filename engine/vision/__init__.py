"""Sight: pictures and videos to soft tokens. Knows no prompt and no window."""
