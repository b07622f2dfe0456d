"""Loading a list of tariffs and norms: planned first, then made in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from claims.models.tariffs import Tariff
from claims.tariffs import planning, reading
from claims.tariffs.planning import OVERLAPS, Doing, Plan, Told
from claims.tariffs.reading import Bad
from disclosure.models import ResourceSupplier

_LOCK = 0x7A21FF


@dataclass(frozen=True)
class Loading:
    """What a file would change, and its rows that are not taken, in words, by line."""

    plan: Plan
    bad: list[Bad]

    @property
    def mark(self) -> str:
        """Return what tells this plan from another: who agrees to it agrees to no other."""
        said = repr((self.plan, self.bad))
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def does_anything(self) -> bool:
        """Tell whether anything would change."""
        return any(change.doing != Doing.SAME for change in self.plan.changes)


class Changed(Exception):
    """What the file would do is no longer what was agreed to."""


def preview(data: bytes) -> Loading:
    """Return what a file would do; raise disclosure.sheets.reading.Unreadable. Writes nothing."""
    inns = ResourceSupplier.objects.exclude(inn=None).values_list("inn", "pk")
    told, bad = reading.read(data, suppliers={str(inn): pk for inn, pk in inns})
    plan = planning.plan(_known(), told)
    bad += [Bad(one.told.line, _reason(one)) for one in plan.rejected]
    return Loading(plan, sorted(bad, key=lambda one: one.line))


def load(data: bytes, *, agreed: str = "") -> Loading:
    """
    Make what `preview` says and return it; raise Changed if it is not what was `agreed` to.

    The same file does nothing the second time. Rows that are not taken hinder no other.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two loads at once would plan for a state that neither leaves.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        loading = preview(data)
        if agreed and agreed != loading.mark:
            raise Changed
        for change in loading.plan.changes:
            if change.doing == Doing.NEW:
                _row(change.after).save(force_insert=True)
            elif change.doing != Doing.SAME:
                row = _row(change.after)
                row.save(force_update=True, update_fields=_CHANGING)
    return loading


_CHANGING = ["value", "unit", "since", "until", "act", "source"]


def _known() -> list[Told]:
    return [
        Told(
            key=(row.kind, row.utility, row.settlement, row.supplier_id, row.group),
            value=row.value,
            unit=row.unit,
            since=row.since,
            until=row.until,
            act=row.act,
            source=row.source,
            pk=row.pk,
        )
        for row in Tariff.objects.all()
    ]


def _row(told: Told) -> Tariff:
    kind, utility, settlement, supplier, group = told.key
    return Tariff(
        pk=told.pk,
        kind=kind,
        utility=utility,
        settlement=settlement,
        supplier_id=supplier,
        group=group,
        value=told.value,
        unit=told.unit,
        since=told.since,
        until=told.until,
        act=told.act,
        source=told.source,
    )


def _reason(one: planning.Rejected) -> str:
    values = {"line": one.other.line, "number": one.other.pk}
    if one.reason == OVERLAPS and not one.other.line:
        return _("Its days overlap with № %(number)s, which is known already.") % values
    if one.reason == OVERLAPS:
        return _("Its days overlap with row %(line)s of the file.") % values
    return _("Row %(line)s of the file says otherwise of the same day.") % values
