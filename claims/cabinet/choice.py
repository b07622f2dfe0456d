"""What a representative chose to see of the claims: what waits, utility, organisation, incident."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Executor
from claims.models import Claim
from claims.querysets import ClaimQuerySet
from claims.recalculation.values import Service
from claims.statuses import UNANSWERED, ClaimStatus
from requests_app.cabinet.doors import Organisation

OLDEST, NEWEST = ("filed_at", "id"), ("-filed_at", "-id")
COUNTED = 99


@dataclass(frozen=True)
class Part:
    """A part of the list: its code in addresses, its words, its rows and their order."""

    code: str
    word: Promise
    narrow: Callable[[ClaimQuerySet, datetime], ClaimQuerySet]
    order: tuple[str, ...] = OLDEST
    is_counted: bool = True


PARTS = (
    Part(
        "open",
        pgettext_lazy("claims", "Wait for an answer"),
        lambda rows, _at: rows.filter(status__in=UNANSWERED),
    ),
    Part("overdue", pgettext_lazy("claims", "Overdue"), lambda rows, at: rows.overdue(at)),
    Part(
        "granted",
        _("Promised, not yet on the bill"),
        lambda rows, _at: rows.filter(status__in=[ClaimStatus.GRANTED, ClaimStatus.PARTLY]),
    ),
    Part("all", pgettext_lazy("claims", "All"), lambda rows, _at: rows, NEWEST, is_counted=False),
)
BY_CODE = {part.code: part for part in PARTS}
DEFAULT = PARTS[0]


@dataclass(frozen=True)
class Choice:
    """What is shown; each "" or 0 leaves its filter out."""

    part: Part = DEFAULT
    inn: str = ""
    utility: str = ""
    incident: int = 0

    def rows(self, actor: Executor) -> ClaimQuerySet:
        """Return the claims of every part that the rest of the choice leaves."""
        rows = Claim.objects.visible_to(actor)
        if self.inn:
            rows = rows.filter(executor_inn=self.inn)
        if self.utility:
            rows = rows.filter(service=self.utility)
        if self.incident:
            rows = rows.filter(of_incident__incident=self.incident)
        return rows

    def href(self, *, part: str | None = None, cursor: str = "") -> str:
        """Return the address of this choice, with another part or place in the list."""
        code = self.part.code if part is None else part
        parts = {
            "state": "" if code == DEFAULT.code else code,
            "inn": self.inn,
            "utility": self.utility,
            "incident": str(self.incident or ""),
            "cursor": cursor,
        }
        query = urlencode({name: value for name, value in parts.items() if value})
        address = reverse("claims_cabinet:list")
        return f"{address}?{query}" if query else address


def read(asked: QueryDict, organisations: Sequence[Organisation]) -> Choice:
    """Return what the address asks for; what it cannot mean is left out."""
    inn, utility, incident = (asked.get(name, "") for name in ("inn", "utility", "incident"))
    known = {one.inn for one in organisations}
    is_id = incident.isascii() and incident.isdecimal() and len(incident) < 18
    return Choice(
        part=BY_CODE.get(asked.get("state", ""), DEFAULT),
        inn=inn if inn in known and len(known) > 1 else "",
        utility=utility if utility in set(Service) else "",
        incident=int(incident) if is_id else 0,
    )


def counted(rows: ClaimQuerySet) -> int | str:
    """Return how many, «99+» above: nobody reads the exact number of a long queue."""
    many = rows.order_by().values("pk")[: COUNTED + 1].count()
    return many if many <= COUNTED else f"{COUNTED}+"
