"""Guides: reading, finding, showing and judging them."""
