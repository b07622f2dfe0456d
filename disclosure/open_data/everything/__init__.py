"""Everything public in one dated archive, for whoever keeps a mirror."""
