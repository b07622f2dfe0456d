"""Following a request: opening it by its code, its story in plain words, the resident's answers."""
