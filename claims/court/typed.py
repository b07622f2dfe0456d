"""What people type into a case, as it is kept; what cannot be used is refused by its field."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts import emails, phones
from claims.court.refusals import Refused
from requests_app.typed_text import one_line


def email_of(typed: str) -> str:
    email = one_line(typed)
    try:
        return emails.normalise(email) if email else ""
    except ValueError:
        said = _("This is not an e-mail address: name@example.org.")
        raise Refused("email", said, "email") from None


def phone_of(typed: str) -> str:
    phone = one_line(typed)
    try:
        return phones.normalise(phone) if phone else ""
    except ValueError:
        said = _("This is not a phone number: +7 900 000-00-00.")
        raise Refused("phone", said, "phone") from None


def needed_line(typed: str, field: str, most: int) -> str:
    value = one_line(typed)
    if not value:
        raise Refused(field, _("This must be filled in."), field)
    if len(value) > most:
        raise Refused(field, _("At most %(most)s characters.") % {"most": most}, field)
    return value
