"""The executor's act: filled in on a page and printed, or a scan of a paper one; then presented."""
