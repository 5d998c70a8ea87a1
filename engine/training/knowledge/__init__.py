"""What nano knows: its own program, common words, sums, small talk; and what it does not."""
