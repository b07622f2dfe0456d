"""Claims in the cabinet of the organisation that answers them."""
