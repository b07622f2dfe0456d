"""Batches from other systems: taken at once, worked on in parts, answered row by row."""
