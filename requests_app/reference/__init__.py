"""The tree of matters and their norms as the repository keeps it, and its way into the database."""
