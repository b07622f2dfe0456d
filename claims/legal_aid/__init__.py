"""Free legal aid: who has the right to it, asked in few questions and never stored."""
