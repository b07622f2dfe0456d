"""«This is wrong»: what readers say of a page, and what staff decided about it."""
