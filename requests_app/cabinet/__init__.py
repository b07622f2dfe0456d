"""The executor's cabinet: requests to one's organisation, taken on, answered, proved done."""
