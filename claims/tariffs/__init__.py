"""What a unit of a utility costs, how much of it a person is counted for: dated, sourced."""
