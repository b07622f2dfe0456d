"""The public calculator: a form whose whole state is its address."""
