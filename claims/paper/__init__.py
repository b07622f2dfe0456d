"""Papers of a claim: the application for a recalculation and the pre-trial claim, as PDF."""
