"""The ratings for programs: months, standings, what a score is made of, the files that prove it."""
