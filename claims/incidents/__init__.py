"""What an incident owes those it touched: how much, to whom it is offered, what came of it."""
