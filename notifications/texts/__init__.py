"""Texts of letters that staff may change: what may stand in them, and their versions."""
