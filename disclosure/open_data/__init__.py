"""Open data: public tables as files of a day, their dictionary, catalogue and check."""
