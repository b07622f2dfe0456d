"""Prove that the public totals are the sums of their rows; fail loudly where they are not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.timezone import now

from claims.totals import publishing
from claims.totals.counting import NOTHING
from claims.totals.reconciling import differences

MOST_SHOWN = 100


class Command(BaseCommand):
    """`manage.py reconcile_money`."""

    help = __doc__

    def handle(self, **_options: Any) -> None:
        """
        Read everything in one snapshot, print each contradiction, exit 1 if there is one.

        What was won since the totals were last made is no contradiction: they are made first, as
        every ten minutes, which changes nothing where the rows did not change.
        """
        publishing.refresh(at=now())
        # Inside a test's transaction the level cannot be changed any more.
        is_first = not connection.in_atomic_block
        with transaction.atomic():
            if is_first:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._prove()

    def _prove(self) -> None:
        found = list(differences())
        for said in found[:MOST_SHOWN]:
            self.stderr.write(said)
        if found:
            raise CommandError(f"{len(found)} contradictions")
        bills = [row.amount_rub for row in publishing.bills()]
        works = [row.amount_rub for row in publishing.works()]
        self.stdout.write(
            f"{len(bills)} claims, {sum(bills, NOTHING)} rub; {len(works)} works, "
            f"{sum(works, NOTHING)} rub: all sums agree"
        )
