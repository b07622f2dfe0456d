"""The requests room's part of /api/v1/."""
