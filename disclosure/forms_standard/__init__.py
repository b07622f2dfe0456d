"""The disclosure standard: which forms there are, their fields, types and limits, as dated data."""
