"""Public pages of outages."""
