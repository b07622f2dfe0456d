"""The suggested category: which matter a description is most likely about."""
