"""Proof that the totals are true: each figure against its rows, each row against its own story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from claims.models import Claim, ClaimEvent, WorkWon
from claims.statuses import ClaimStatus
from claims.totals import counting
from claims.totals.counting import By, Group

CHUNK = 2_000


def differences() -> Iterator[str]:
    """Yield each contradiction, by number; nothing means that all sums agree."""
    paid: dict[int, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal("0.00")))
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
        if claim.status == ClaimStatus.PAID and claim.paid_rub and claim.credited_in:
            count, summed = paid[claim.credited_in.year]
            paid[claim.credited_in.year] = count + 1, summed + claim.paid_rub
    by_hand = [Group(str(year), count, summed) for year, (count, summed) in paid.items()]
    yield from _same("claims", counting.total(by_hand), [counting.claims(by) for by in By])
    worth = [Group("", 1, price) for price in WorkWon.objects.values_list("price_rub", flat=True)]
    grouped = [counting.works(by) for by in By if by != By.UTILITY]
    yield from _same("works", counting.total(worth), grouped)
    if counting.fold(by_hand) != counting.claims(By.YEAR):
        yield "claims: the years differ from their rows"


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


def _same(what: str, whole: Group, parts: list[list[Group]]) -> Iterator[str]:
    for groups in parts:
        summed = counting.total(groups)
        if summed != whole:
            yield f"{what}: groups {summed.count}/{summed.sum_rub}, rows {whole.count}/" + str(
                whole.sum_rub
            )
