"""E-mail addresses: one form in, one form kept."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

LONGEST = 254


def normalise(text: str) -> str:
    """Return the address as it is kept, in lower case; raise ValueError for anything else."""
    email = " ".join(text.split()).lower()
    if len(email) > LONGEST:
        raise ValueError("too long for an e-mail address")
    try:
        validate_email(email)
    except ValidationError:
        raise ValueError("not an e-mail address") from None
    return email
