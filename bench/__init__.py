"""`make bench`: how fast the portal is, as ratios to what the same work costs without it."""
