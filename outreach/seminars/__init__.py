"""Seminars: programme, sign-up with a waiting list, check-in, certificates, what people thought."""
