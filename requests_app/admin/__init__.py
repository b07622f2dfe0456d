"""The requests room in admin."""
