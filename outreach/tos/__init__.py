"""Territorial self-government and house councils: boundaries, people, pages, import."""
