"""The companies as a reader chooses them: found, filtered, sorted, on the map, side by side."""
