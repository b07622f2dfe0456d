"""The repairman's page on a phone: one request by a link, without an account."""
