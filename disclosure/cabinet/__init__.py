"""The cabinet of a company: its forms, what is missing or late, filling, checking, publishing."""
