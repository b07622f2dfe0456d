"""Prove that the public totals are the sums of their rows; fail loudly where they are not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from claims.totals import counting
from claims.totals.counting import By
from claims.totals.reconciling import differences

MOST_SHOWN = 100


class Command(BaseCommand):
    """`manage.py reconcile_money`."""

    help = __doc__

    def handle(self, **_options: Any) -> None:
        """Read everything in one snapshot, print each contradiction, exit 1 if there is one."""
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
        claims = counting.total(counting.claims(By.YEAR))
        works = counting.total(counting.works(By.YEAR))
        self.stdout.write(
            f"{claims.count} claims, {claims.sum_rub} rub; {works.count} works, "
            f"{works.sum_rub} rub: all sums agree"
        )
