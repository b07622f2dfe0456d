"""The operators' desk: the work list, search, bulk work, phone intake, two at one request."""
