"""
The background pass that offers a claim counted anew after a figure or a tariff was corrected.

It looks only at living claims whose stored figures are not those of their month today, each in a
transaction of its own: it may stop anywhere, run twice and begin again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from claims import letters
from claims.models import Claim, ClaimEvent, FigureRow, Recount, RecountState
from claims.recalculation import parse
from claims.recalculation.compute import calculate
from claims.recalculation.figures import Figures
from claims.recalculation.shapes import shown
from claims.recalculation.values import Calculation
from claims.recounting import living
from claims.tariffs import filling, finding
from requests_app.steps import Role

log = structlog.get_logger(__name__)

BATCH = 200


@dataclass(frozen=True)
class Anew:
    """A claim by the figures of today."""

    body: dict[str, Any]
    figures: dict[str, str]
    result: Calculation

    @property
    def mark(self) -> str:
        """Return what tells this counting from another."""
        said = json.dumps([self.body, self.figures], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


def offer_all(*, at: datetime) -> int:
    """Offer each living claim whose sum would differ today; return how many are offered."""
    offered = 0
    Recount.objects.filter(state=RecountState.OFFERED).exclude(
        claim__status__in=living.STATUSES
    ).update(state=RecountState.OVERTAKEN, decided_at=at)
    months = Claim.objects.filter(status__in=living.STATUSES).order_by("month")
    for month in months.values_list("month", flat=True).distinct():
        figures = FigureRow.objects.figures_on(month)
        for claim in _stale(month, _values(figures)):
            try:
                offered += offer(claim, figures, at=at)
            except Exception:
                # One broken claim must not keep the others from their money.
                log.exception("claim_not_counted_anew", claim=claim.pk)
    return offered


def _stale(month: date, values: dict[str, str]) -> Iterator[Claim]:
    """Yield the living claims of a month that were counted by other figures, or by tariff."""
    found = (
        Claim.objects.filter(status__in=living.STATUSES, month=month)
        # A part of a claim that two organisations share is worth nothing known by itself.
        .exclude(found__has_key="parts")
        .filter(
            ~Q(figures=values)
            | Q(body__hot_water__has_key="basis")
            | Q(pk__in=Recount.objects.filter(state=RecountState.OFFERED).values("claim"))
        )
        .select_related("request__building__street")
    )
    last = 0
    while page := list(found.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from page
        last = page[-1].pk


def offer(claim: Claim, figures: Figures, *, at: datetime) -> bool:
    """Offer one claim counted anew by `figures` if its sum differs; tell whether it is new."""
    anew = _anew(claim, figures)
    with transaction.atomic():
        row = (
            Claim.objects.select_for_update(of=("self",))
            .select_related("request", "company", "supplier")
            .get(pk=claim.pk)
        )
        is_same = row.version == claim.version and row.status in living.STATUSES
        open_one = row.recounts.filter(state=RecountState.OFFERED).first()
        if open_one is not None and open_one.mark == anew.mark:
            return False
        if open_one is not None:
            _overtake(open_one, at)
        if not is_same or not _says_something(row, anew.result):
            return False
        recount, is_new = Recount.objects.get_or_create(
            claim=row,
            mark=anew.mark,
            defaults={
                "figures": anew.figures,
                "body": anew.body,
                "found": shown(anew.result),
                "corrected": _corrected(row, anew),
                "was_rub": row.amount_rub,
                "amount_rub": anew.result.reduction_rub,
                "made_at": at,
            },
        )
        if recount.state == RecountState.OVERTAKEN:
            # Corrected, corrected back, and corrected again: what had no point then has one now.
            recount.state, recount.decided_at = RecountState.OFFERED, None
            recount.was_rub, recount.made_at = row.amount_rub, at
            recount.save(update_fields=["state", "decided_at", "was_rub", "made_at"])
        elif not is_new:
            # Whoever left it is not asked again.
            return False
        event = ClaimEvent.objects.create(
            claim=row,
            at=max(at, row.changed_at),
            step="recount_offered",
            status=row.status,
            author=Role.SYSTEM,
            text=letters.recount_words(recount),
        )
        letters.recount_offered(recount, event, at=at)
    return True


def _anew(claim: Claim, figures: Figures) -> Anew:
    body = _with_tariffs_of_today(claim)
    zone = timezone.get_default_timezone()
    bill, intervals = parse.read(body, zone=zone)
    with translation.override(letters.LANGUAGE):
        result = calculate(bill, intervals, figures=figures, zone=zone)
    return Anew(body, _values(figures), result)


def _with_tariffs_of_today(claim: Claim) -> dict[str, Any]:
    """Return the bill with tariffs taken anew where the portal, not the resident, named them."""
    body: dict[str, Any] = claim.body
    water = body.get("hot_water") or {}
    if not water.get("basis"):
        return body
    by_hand = {"tariff", "cold_tariff", "later", "basis"}
    bare = {name: value for name, value in water.items() if name not in by_hand}
    reference = finding.of_month(claim.month, claim.request.building)
    # Tariffs that are gone leave the claim as it was: nothing is better known today.
    return filling.fill({**body, "hot_water": bare}, reference) if reference.prices else body


def _values(figures: Figures) -> dict[str, str]:
    return {code: figure.value for code, figure in sorted(figures.by_code.items())}


def _says_something(row: Claim, result: Calculation) -> bool:
    if result.reduction_rub == row.amount_rub:
        return False
    # What the organisation has granted stays granted: less than that is no news for anybody.
    return row.granted_rub is None or result.reduction_rub > row.granted_rub


def _corrected(row: Claim, anew: Anew) -> list[list[str]]:
    """Return code, value then and value now of each figure that differs; tariffs under «tariff»."""
    found = [
        [code, row.figures.get(code, ""), value]
        for code, value in anew.figures.items()
        if row.figures.get(code, "") != value
    ]
    old, new = row.body.get("hot_water") or {}, anew.body.get("hot_water") or {}
    tariffs = [
        [name, str(old.get(name) or ""), str(new.get(name) or "")]
        for name in ("tariff", "cold_tariff")
    ]
    return found + [row for row in tariffs if row[1] != row[2]]


def _overtake(recount: Recount, at: datetime) -> None:
    recount.state, recount.decided_at = RecountState.OVERTAKEN, at
    recount.save(update_fields=["state", "decided_at"])
