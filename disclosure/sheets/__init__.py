"""Spreadsheets: read within limits, written so that no cell runs as a formula."""
