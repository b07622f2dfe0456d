"""Figures of the requests: counted beforehand, read by the dashboard, the board and reports."""
