"""Consultations by phone: hours, call-backs booked online, the operator's card of a call."""
