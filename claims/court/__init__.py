"""Court cases: the file of a suit, from its papers to the money, seen by its two people only."""
