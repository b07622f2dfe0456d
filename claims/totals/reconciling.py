"""
Proof that the totals are true.

Each row against its own story, the public groups against the rows, the figures against the groups,
the file of open data against the groups: a chain without a gap, so that each link can break alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from claims.court.statuses import WON
from claims.models import Claim, ClaimEvent, CourtCase, Won, WonGroup
from claims.statuses import ClaimStatus
from claims.totals import cases, counting, open_data, publishing
from claims.totals.counting import By, Group
from claims.totals.folding import REST, SMALLEST

CHUNK = 2_000


def differences() -> Iterator[str]:
    """Yield each contradiction, by number; nothing means that all sums agree."""
    yield from _stories()
    yield from _groups()
    yield from _figures()
    yield from _file()
    yield from _cases()


def _stories() -> Iterator[str]:
    last = {
        claim_id: (step, amount)
        for claim_id, step, amount in ClaimEvent.objects.order_by("at", "id").values_list(
            "claim_id", "status", "amount_rub"
        )
    }
    rows = Claim.objects.order_by("pk").only(
        "number", "found", "amount_rub", "granted_rub", "paid_rub", "status", "credited_in"
    )
    for claim in rows.iterator(chunk_size=CHUNK):
        yield from _of(claim, last.get(claim.pk))


def _of(claim: Claim, last: tuple[str, Decimal | None] | None) -> Iterator[str]:
    lines = sum((Decimal(line["amount"]) for line in claim.found["lines"]), Decimal("0.00"))
    if lines != claim.amount_rub:
        yield f"{claim.number}: lines {lines}, demanded {claim.amount_rub}"
    if claim.granted_rub is not None and claim.granted_rub > claim.amount_rub:
        yield f"{claim.number}: granted {claim.granted_rub}, demanded {claim.amount_rub}"
    if last is None or last[0] != claim.status:
        yield f"{claim.number}: status {claim.status}, its story says {last and last[0]}"
    elif claim.status == ClaimStatus.PAID and not (claim.paid_rub == claim.granted_rub == last[1]):
        yield f"{claim.number}: paid {claim.paid_rub}, granted {claim.granted_rub}, said {last[1]}"
    if claim.status == ClaimStatus.PAID and claim.credited_in is None:
        yield f"{claim.number}: paid in no month"


def _groups() -> Iterator[str]:
    """Compare what strangers read with the rows, folded anew."""
    shown = Counter(_said(group) for group in WonGroup.objects.iterator(chunk_size=CHUNK))
    due = Counter(_said(group) for group in publishing.groups())
    for what, *values in sorted((shown - due).keys() | (due - shown).keys()):
        yield f"{what} {' / '.join(map(str, values[:5]))}: the public group is not that of its rows"
    for group in WonGroup.objects.iterator(chunk_size=CHUNK):
        if (group.count, group.sum_rub) != (len(group.amounts), sum(group.amounts)):
            yield f"{group}: counts {group.count}, {group.sum_rub} and not what its rows add up to"


def _said(group: WonGroup) -> tuple[str, ...]:
    amounts = ";".join(map(str, sorted(group.amounts)))
    return (
        str(group.what), group.year, group.month, group.utility, group.district, group.company,
        amounts,
    )  # fmt: skip


def _figures() -> Iterator[str]:
    """Compare the figures of every page with the rows below the groups, counted by hand."""
    rows = {Won.BILL: list(publishing.bills()), Won.WORK: list(publishing.works())}
    for what, found in rows.items():
        whole = Group("", len(found), sum((row.amount_rub for row in found), counting.NOTHING))
        if whole.count < SMALLEST:
            whole = Group("", 0, counting.NOTHING)
        for by in By:
            if what == Won.WORK and by == By.UTILITY:
                continue
            groups = counting.won(by)[what]
            summed = counting.total(groups)
            if summed != whole:
                yield (
                    f"{what} by {by}: figures {summed.count}/{summed.sum_rub}, "
                    f"rows {whole.count}/{whole.sum_rub}"
                )
            by_hand = Counter(getattr(row, by) for row in found)
            for group in groups:
                # What is folded is told in no figure, so a figure may be less than its rows.
                if group.key != REST and group.count > by_hand[group.key]:
                    yield f"{what} by {by}: {group.count} of {group.key}, rows {by_hand[group.key]}"


def _file() -> Iterator[str]:
    """Compare the table of open data, as its file would be now, with the groups."""
    summed: dict[str, list[Decimal]] = {what: [] for what in Won}
    for _number, what, *_aspects, amount in open_data.rows():
        summed[what].append(amount)
    for what in Won:
        groups = WonGroup.objects.filter(what=what)
        count, rub = groups.summed()
        if (len(summed[what]), sum(summed[what], counting.NOTHING)) != (count, rub):
            yield f"{what}: open data {len(summed[what])}, groups {count}"


def _cases() -> Iterator[str]:
    """Compare the years of court cases with the cases, counted by hand."""
    shown = cases.total(cases.by_year())
    rows = list(CourtCase.objects.filed().values_list("outcome", "paid_rub"))
    received = sum((paid for _outcome, paid in rows if paid is not None), counting.NOTHING)
    if (shown.filed, shown.received_rub) != (len(rows), received):
        yield f"cases: {shown.filed}/{shown.received_rub}, rows {len(rows)}/{received}"
    decided = Counter(outcome for outcome, _paid in rows if outcome)
    if shown.filed - shown.going != sum(decided.values()):
        yield f"cases: {shown.filed - shown.going} decided, rows {sum(decided.values())}"
    if shown.won != sum(decided[outcome] for outcome in WON):
        yield f"cases: {shown.won} won, rows {sum(decided[outcome] for outcome in WON)}"
