"""
Certificates of attendance: a number nobody can guess, a paper, and what a stranger is told of it.

A number is sixty random bits; who tries numbers is stopped after a few misses in an hour.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Sum
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import throttling
from accounts.client_address import limit_key
from accounts.signed_links import SignedLinks
from accounts.typesetting import typeset
from outreach.models import Certificate, Seminar, SignUp
from outreach.seminars import codes

TEMPLATE = Path(__file__).with_name("certificate.typ")
LANGUAGE = "ru"
MISSES_AN_HOUR = 20
# Crockford's digits: none is taken for another when read aloud or typed.
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 3, 4
_WINDOW = timedelta(hours=1)
_FEW_DAYS = 5
_HOLDERS = SignedLinks("outreach.certificate")


class TooMany(Exception):
    """Somebody tries numbers."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(_("Too many wrong numbers from one address. Try again later."))
        self.retry_after_seconds = retry_after_seconds


def new_number(year: int) -> str:
    """Return «26-7F3K-9QRX-04TD»: the year, then sixty random bits."""
    groups = ("".join(secrets.choice(_DIGITS) for _sign in range(_GROUP)) for _n in range(_GROUPS))
    return f"{year % 100:02d}-{'-'.join(groups)}"


def typed(number: str) -> str:
    """Return a number as it is kept, however a person typed it; "" for what can be none."""
    signs = "".join(sign for sign in number.upper() if sign.isascii() and sign.isalnum())
    signs = signs[:2] + signs[2:].translate(str.maketrans("OIL", "011"))
    if len(signs) != 2 + _GROUPS * _GROUP:
        return ""
    return "-".join([signs[:2], *(signs[n : n + _GROUP] for n in range(2, len(signs), _GROUP))])


def initials_of(name: str) -> str:
    """Return «А. И. К.»: all that a stranger is told of the holder."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())


@transaction.atomic
def issue_due(seminar: Seminar, *, at: datetime) -> list[Certificate]:
    """Give a certificate to everybody who attended enough and has none; return the new ones."""
    if not seminar.certificate_after:
        return []
    due = (
        SignUp.objects.filter(seminar=seminar, certificate=None, erased_at=None)
        .annotate(came=Count("attendances"))
        .filter(came__gte=F("seminar__certificate_after"))
        .order_by("pk")
    )
    year = timezone.localtime(at).year
    return Certificate.objects.bulk_create(
        Certificate(number=new_number(year), sign_up=row, issued_at=at, meetings=row.came)
        for row in due
    )


def annul(certificate: Certificate, *, reason: str, at: datetime) -> bool:
    """Take a certificate back; False when it was. Its page says so from now on."""
    rows = Certificate.objects.filter(pk=certificate.pk, annulled_at=None)
    return bool(reason) and bool(rows.update(annulled_at=at, annul_reason=reason))


def find(number: str, *, address: str, at: datetime) -> Certificate | None:
    """Return the certificate of a number; a miss is counted, and too many raise TooMany."""
    verdict = throttling.look(
        bucket="certificates", key=limit_key(address), limit=MISSES_AN_HOUR, at=at
    )
    if not verdict.allowed:
        raise TooMany(verdict.retry_after_seconds)
    rows = Certificate.objects.select_related("sign_up__seminar")
    kept = typed(number)
    found = rows.filter(number=kept).first() if kept else None
    if found is None:
        throttling.hit(
            bucket="certificates",
            key=limit_key(address),
            limit=MISSES_AN_HOUR,
            window=_WINDOW,
            at=at,
        )
    return found


def holder_key(certificate: Certificate) -> str:
    """Return what the holder adds to the address so that the page shows the whole name."""
    return _HOLDERS.token_of(certificate.number)


def is_holders(certificate: Certificate, key: str) -> bool:
    """Return whether the key was given out by the holder of this very certificate."""
    return bool(key) and _HOLDERS.value_in(key) == certificate.number


def public_address(certificate: Certificate) -> str:
    """Return the address that confirms the certificate."""
    return f"{settings.PUBLIC_URL}{reverse('outreach:certificate', args=[certificate.number])}"


def pdf(certificate: Certificate) -> bytes:
    """Return the paper, A4 landscape."""
    with translation.override(LANGUAGE):
        return typeset(TEMPLATE, content(certificate))


def content(certificate: Certificate) -> dict[str, Any]:
    """Return every word of the paper."""
    row = certificate.sign_up
    seminar = row.seminar
    attended = row.attendances.filter(meeting__seminar=seminar).aggregate(
        time=Sum(F("meeting__ends_at") - F("meeting__starts_at")), count=Count("pk")
    )
    days = [
        timezone.localtime(start).date()
        for start in row.attendances.order_by("meeting__starts_at").values_list(
            "meeting__starts_at", flat=True
        )
    ]
    minutes = round(attended["time"].total_seconds() / 60) if attended["time"] else 0
    address = public_address(certificate)
    return {
        "school": _("School of the competent consumer"),
        "title": _("Certificate of attendance"),
        "number": f"№ {certificate.number}",
        "says": _("This certifies that"),
        "name": row.name,
        "attended": _("attended the course") if len(days) > 1 else _("attended the seminar"),
        "seminar": f"«{seminar.title}»",
        "speaker": _("Speaker: %(speaker)s") % {"speaker": seminar.speaker},
        "when": _days(days),
        "length": _length(minutes),
        "centre": settings.CITY.center_name,
        "issued": formats.date_format(timezone.localtime(certificate.issued_at), "j E Y"),
        "check": _("Point a camera at the code, or type the number at %(address)s")
        % {"address": f"{settings.PUBLIC_URL}{reverse('outreach:certificates')}"},
        "code": codes.svg(address),
        "address": address,
    }


def _days(days: list[date]) -> str:
    """Return the days in words: each of a few, the first and the last of many."""
    if len(days) > _FEW_DAYS:
        days = [days[0], days[-1]]
        return " – ".join(formats.date_format(day, "j E Y") for day in days)
    return "; ".join(formats.date_format(day, "j E Y") for day in days)


def _length(minutes: int) -> str:
    hours = round(minutes / 45)
    return ngettext("%(count)d academic hour", "%(count)d academic hours", hours) % {"count": hours}
