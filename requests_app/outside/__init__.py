"""Letters from outside portals: read, placed, filed or given to staff, and answered."""
