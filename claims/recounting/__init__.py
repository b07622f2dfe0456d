"""What a claim would be by figures corrected since: offered, and taken only by the resident."""
