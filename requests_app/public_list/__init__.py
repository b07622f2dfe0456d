"""The requests that everybody may see, as a list and as a map that says the same."""
