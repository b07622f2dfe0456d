"""The dashboard: how the city's requests are treated, for everybody and for the head."""
