"""What companies publish: drafts, immutable versions, and what changed between them."""
