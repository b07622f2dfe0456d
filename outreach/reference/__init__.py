"""What the portal brings with it: guides, acts and synonyms, as files people can review."""
