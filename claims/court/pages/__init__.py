"""Pages of court cases: the lawyers' work, and the file of one case."""
