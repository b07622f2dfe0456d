"""Money back: what a bill must be reduced by, and the claims that demand it."""
