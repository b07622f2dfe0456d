"""A person's own data over all rooms: what is kept, a copy of it, and erasing it."""
