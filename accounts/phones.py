"""Phone numbers: any usual way of writing in, E.164 out."""

from __future__ import annotations

import phonenumbers
from django.conf import settings

# «+7 (8422) 12-34-56» and the like; letters would be read as keypad digits by the library.
_ALLOWED = frozenset("0123456789+-().\u2010\u2011\u2012\u2013\u2014 \u00a0\u202f\t")
LONGEST_INPUT = 40


def normalise(text: str) -> str:
    """Return the number as E.164, "+78422123456"; raise ValueError for anything else."""
    text = text.strip()
    if not text or len(text) > LONGEST_INPUT or not set(text) <= _ALLOWED:
        raise ValueError("not a phone number")
    try:
        number = phonenumbers.parse(text, settings.CITY.country_code)
    except phonenumbers.NumberParseException:
        raise ValueError("not a phone number") from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError("no such phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def in_words(phone: str) -> str:
    """Return an E.164 number as people write it: "8 (842) 212-34-56" at home, +… abroad."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    home = phonenumbers.country_code_for_region(settings.CITY.country_code)
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if number.country_code == home
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, style)
