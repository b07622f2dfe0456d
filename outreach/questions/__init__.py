"""Questions to the experts: asking, the clock of the answer, and publishing without a person."""
