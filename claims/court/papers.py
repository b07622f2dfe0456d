"""Papers that the portal writes for a case: what they say, and their PDF by typst."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils import formats, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.phones import in_words
from accounts.typesetting import typeset
from claims.calculator.wording import rubles
from claims.court.figures import Sums, sums_of
from claims.court.statuses import CaseKind, PartyRole
from claims.court.where import Court
from claims.models import CaseParty, CourtCase
from claims.paper import printing

TEMPLATE = Path(__file__).with_name("paper.typ")
LANGUAGE = "ru"
# What stands between the parts of one emoji.
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


class Paper(StrEnum):
    """What can be written."""

    STATEMENT = "statement"
    PRICE = "price"


def pdf(case: CourtCase, paper: Paper, *, today: date) -> bytes:
    """Return the paper as of `today`."""
    return typeset(TEMPLATE, _in_font(content(case, paper, today=today)))


def is_in_font(sign: str) -> bool:
    """Tell whether a sign is text and no picture."""
    return ord(sign) < 0x1F000 and sign not in _JOINERS and not 0x2600 <= ord(sign) <= 0x27BF


def _in_font(value: Any) -> Any:
    """Leave out what the font has no sign for: emoji print as empty boxes."""
    match value:
        case str():
            return "".join(sign for sign in value if is_in_font(sign))
        case list():
            return [_in_font(one) for one in value]
        case dict():
            return {key: _in_font(one) for key, one in value.items()}
    return value


def content(case: CourtCase, paper: Paper, *, today: date) -> dict[str, Any]:
    """Return every word of the paper."""
    with translation.override(LANGUAGE):
        sums = sums_of(case, today=today)
        parties = list(case.parties.all())
        shared = {
            "number": _("Case of the contact centre № %(number)s") % {"number": case.pk},
            "head": _head(case, parties, sums),
            "subtitle": case.subject,
            "columns": [pgettext("court paper", "What is asked"), _("Rubles")],
            "lines": price_lines(sums),
            "total_word": _("Price of the suit"),
            "total": rubles(sums.price.price_rub),
            "demands_word": "",
            "demands": [],
            "closing": [],
            "attached_word": _("Attached:"),
            "attached": [],
            "date": formats.date_format(today, "j E Y"),
            "name": _signer(case, parties),
        }
        if paper == Paper.PRICE:
            return {**shared, **_price(case, sums)}
        return {**shared, **_statement(case, parties, sums)}


def _head(case: CourtCase, parties: list[CaseParty], sums: Sums) -> list[dict[str, str]]:
    court = case.court or (
        _("to the justice of the peace")
        if sums.court == Court.JUSTICE
        else _("to the district court")
    )
    lines = [{"label": pgettext("court paper", "To"), "value": court, "detail": case.court_address}]
    words = dict(PartyRole.choices)
    order_words = (
        {PartyRole.PLAINTIFF: _("creditor"), PartyRole.DEFENDANT: _("debtor")}
        if case.kind == CaseKind.ORDER
        else {}
    )
    lines += [
        {
            "label": capfirst(str(order_words.get(PartyRole(one.role), words[one.role]))),
            "value": one.name,
            "detail": ", ".join(
                filter(
                    None,
                    (
                        one.address,
                        _("ИНН %(inn)s") % {"inn": one.inn} if one.inn else "",
                        in_words(one.phone) if one.phone else "",
                        one.email,
                    ),
                )
            ),
        }
        for one in parties
    ]
    if case.authority and case.lawyer is not None:
        lines.append(
            {
                "label": capfirst(_("representative")),
                "value": case.lawyer.get_full_name(),
                "detail": case.authority,
            }
        )
    price = rubles(sums.price.price_rub)
    lines.append({"label": _("Price of the suit"), "value": price, "detail": ""})
    amount, why = duty_words(sums)
    lines.append({"label": _("State duty"), "value": amount, "detail": why})
    return lines


def duty_words(sums: Sums) -> tuple[str, str]:
    """Return the duty and its ground, or the waiver's, in words."""
    if sums.duty is None:
        return _("not counted"), _("No scale of the duty is kept for this price and day.")
    if sums.duty.is_waived:
        ground = _("law on the protection of consumers, article 17, point 3; tax code, 333.36")
        words = rubles(sums.duty.amount_rub) if sums.duty.amount_rub else _("not paid")
        return words, ground
    return rubles(sums.duty.amount_rub), sums.duty.clause


def price_lines(sums: Sums) -> list[dict[str, str]]:
    """Return the parts that make up the price of the suit, those that are nothing left out."""
    price = sums.price
    lines = [
        (_("To be returned"), "", "", price.principal_rub),
        (_("Damage"), "", _("ЗоЗПП, ст. 14, 29"), price.damage_rub),
        (
            _("Penalty as of %(day)s") % {"day": formats.date_format(price.day, "j E Y")},
            _("3 %% of the price of the service a day, %(days)s days late, never above the price")
            % {"days": price.penalty_days},
            _("ЗоЗПП, ст. 28 п. 5, ст. 31 п. 3"),
            price.penalty_rub,
        ),
    ]
    return [
        {"title": title, "explanation": words, "clause": clause, "amount": rubles(amount)}
        for title, words, clause, amount in lines
        if amount
    ]


def _statement(case: CourtCase, parties: list[CaseParty], sums: Sums) -> dict[str, Any]:
    is_order = case.kind == CaseKind.ORDER
    return {
        "title": str(CaseKind(case.kind).label),
        "opening": [line for line in case.facts.split("\n") if line.strip()],
        "demands_word": _("I ask the court to issue an order and recover from the debtor:")
        if is_order
        else _("I ask the court:"),
        "demands": _demands(case, parties, sums),
        "attached": _attached(case),
    }


def _demands(case: CourtCase, parties: list[CaseParty], sums: Sums) -> list[str]:
    price = sums.price
    defendants = ", ".join(one.name for one in parties if one.role == PartyRole.DEFENDANT)
    values = {
        "defendant": defendants or _("the defendant"),
        "principal": rubles(price.principal_rub),
        "damage": rubles(price.damage_rub),
        "penalty": rubles(price.penalty_rub),
        "moral": rubles(price.moral_rub),
        "day": formats.date_format(price.day, "j E Y"),
    }
    said = []
    if price.principal_rub:
        said.append(_("to recover %(principal)s from %(defendant)s;") % values)
    if price.damage_rub:
        said.append(_("to recover %(damage)s of damage;") % values)
    if price.penalty_rub:
        said.append(_("to recover a penalty of %(penalty)s as of %(day)s;") % values)
    if case.kind == CaseKind.SUIT:
        if price.moral_rub:
            said.append(_("to recover %(moral)s for moral damage;") % values)
        if price.fine_rub:
            said.append(
                _(
                    "to recover a fine of half of all that is awarded (law on the protection of "
                    "consumers, article 13, point 6);"
                )
            )
    said += [line.strip() for line in case.demands.split("\n") if line.strip()]
    return said


def _attached(case: CourtCase) -> list[str]:
    papers = [_("Calculation of the price of the suit.")]
    if case.claim is not None:
        papers += [
            _("Claim %(number)s with the proof that it was sent.") % {"number": case.claim.number},
            _("Request %(number)s with its timeline and acts.")
            % {"number": case.claim.request.number},
        ]
    if case.authority:
        papers.append(_("Power of attorney: %(which)s.") % {"which": case.authority})
    return [*papers, *(line.strip() for line in case.attachments.split("\n") if line.strip())]


def _price(case: CourtCase, sums: Sums) -> dict[str, Any]:
    amount, why = duty_words(sums)
    closing = [_("State duty: %(amount)s (%(why)s).") % {"amount": amount, "why": why}]
    if sums.price.moral_rub:
        closing.append(
            _("Moral damage, not in the price of the suit: %(sum)s")
            % {"sum": rubles(sums.price.moral_rub)}
        )
    if sums.price.fine_rub and case.kind == CaseKind.SUIT:
        closing.append(
            _("Fine if all is awarded, not in the price of the suit: %(sum)s")
            % {"sum": rubles(sums.price.fine_rub)}
        )
    opening = []
    if case.claim is not None:
        opening = [
            "{title}: {explanation} {amount} ({clause}).".format(**printing.line(one))
            for one in case.claim.found["lines"]
        ]
    return {
        "title": _("Calculation of the price of the suit"),
        "opening": opening,
        "closing": closing,
    }


def _signer(case: CourtCase, parties: list[CaseParty]) -> str:
    if case.authority and case.lawyer is not None:
        return case.lawyer.get_full_name()
    return next((one.name for one in parties if one.role == PartyRole.PLAINTIFF), "")
