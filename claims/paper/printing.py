"""Printing a claim's paper: what it says, and its PDF."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from accounts.typesetting import typeset
from claims.calculator import wording
from claims.models import Claim
from claims.recalculation.penalties import consumer_penalty
from claims.recalculation.values import LineKind
from requests_app.models import Act, RequestContact

TEMPLATE = Path(__file__).with_name("application.typ")
LANGUAGE = "ru"


def pdf(claim: Claim) -> bytes:
    """Return the paper: the application, or the pre-trial claim once it was sent."""
    return typeset(TEMPLATE, content(claim))


def content(claim: Claim) -> dict[str, Any]:
    """Return every word of the paper."""
    with translation.override(LANGUAGE):
        return _content(claim)


def _content(claim: Claim) -> dict[str, Any]:
    contact = RequestContact.objects.filter(request_id=claim.request_id).first()
    request = claim.request
    pretrial = claim.pressed_at is not None
    month = f"{MONTHS[claim.month.month]} {claim.month.year}".lower()
    values = {
        "service": wording.service_label(claim.service).lower(),
        "month": month,
        "sum": wording.rubles(claim.amount_rub),
        "charge": wording.rubles(claim.charge_rub),
        "request": request.number,
        "filed": _day(request.registered_at),
    }
    flat = _(", flat %(flat)s") % {"flat": request.flat} if request.flat else ""
    head = [
        (_("To"), claim.executor_name),
        (_("From"), contact.name if contact else ""),
        (_("Address"), f"{request.building.address}{flat}"),
        (_("Personal account"), claim.account),
        (_("Phone"), contact.phone if contact else ""),
        (_("E-mail"), contact.email if contact else ""),
    ]
    return {
        "title": _("Pre-trial claim") if pretrial else _("Application"),
        "subtitle": _("to reduce the charge for %(service)s in %(month)s") % values,
        "number": _("Claim %(number)s") % {"number": claim.number},
        "centre": settings.CITY.center_name,
        "head": [{"label": label, "value": value} for label, value in head if value],
        "opening": [
            _(
                "In %(month)s the service «%(service)s» was supplied with breaks or of bad "
                "quality. It was reported on %(filed)s: request %(request)s."
            )
            % values,
            _(
                "Under points 98–101 and 150 of the rules approved by government decree № 354 of "
                "06.05.2011 the charge (%(charge)s) must be reduced, as follows."
            )
            % values,
        ],
        "columns": [_("Ground"), _("Hours"), "%", _("Rubles")],
        "lines": [line(one) for one in claim.found["lines"]],
        "total_word": _("To be returned"),
        "total": wording.rubles(claim.amount_rub),
        "demands": _demands(claim, values),
        "attached_word": _("Evidence, kept in the request on the portal:"),
        "attached": _attached(claim),
        "date": _day(claim.pressed_at or claim.filed_at),
        "name": contact.name if contact else "",
        "sent_by": _(
            "Sent through the portal of «%(centre)s»; the calculation can be repeated at "
            "%(address)s/recalculation/."
        )
        % {"centre": settings.CITY.center_name, "address": settings.PUBLIC_URL},
    }


def _demands(claim: Claim, values: dict[str, str]) -> list[str]:
    said = [
        _("I ask to reduce the charge by %(sum)s and to show it in the next bill with its grounds.")
        % values
    ]
    if claim.pressed_at is None:
        said.append(_("Please answer within three working days (point 31 of the rules)."))
        return said
    days = max(0, (claim.pressed_at - claim.filed_at).days - 10)
    penalty = consumer_penalty(claim.charge_rub, days_late=days)
    said.append(
        _(
            "The application of %(day)s was not met. I ask to do so within ten days (law on the "
            "protection of consumers, article 31)."
        )
        % {"day": _day(claim.filed_at)}
    )
    if penalty:
        said.append(
            _("Penalty for %(days)s days late, 3 %% a day, as of today: %(penalty)s (article 28).")
            % {"days": days, "penalty": wording.rubles(penalty)}
        )
    said.append(
        _(
            "If it is not met I shall go to court and ask for a fine of half of what is awarded "
            "(article 13, point 6)."
        )
    )
    return said


def _attached(claim: Claim) -> list[str]:
    acts = Act.objects.filter(request_id=claim.request_id).values_list("signed_on", "signer")
    papers = [
        _("Act of %(day)s, signed by %(signer)s.")
        % {"day": formats.date_format(signed_on, "j E Y"), "signer": signer}
        for signed_on, signer in acts
    ]
    bills = claim.papers.count()
    if bills:
        papers.append(_("Photo of the bill (files: %(count)d).") % {"count": bills})
    papers.append(_("Timeline and files of request %(number)s.") % {"number": claim.request.number})
    return papers


def line(kept: dict[str, Any]) -> dict[str, str]:
    """Return a stored line of the calculation in words."""
    percent = kept["percent"]
    return {
        "title": str(wording.LINE_KINDS[LineKind(kept["kind"])]),
        "hours": formats.number_format(kept["hours"]),
        "percent": "" if percent is None else wording.percent(Decimal(percent)),
        "amount": wording.rubles(Decimal(kept["amount"])),
        "clause": kept["clause"],
        "explanation": kept["explanation"],
    }


def _day(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j E Y")
