"""What was won, as strangers may read it: rows folded beforehand, never made of a person."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Sum
from django.utils.translation import gettext_lazy as _


class Won(models.TextChoices):
    """What kind of rubles."""

    BILL = "bill", _("Bill reduced")
    WORK = "work", _("Work done")


class WonGroupQuerySet(models.QuerySet["WonGroup"]):
    """Groups; all of them are public."""

    def rows(self) -> models.QuerySet:
        """Return a row for each ruble sum of the groups, with `amount_rub`."""
        # The amounts of a group lie in order, so their place tells nothing of when or whose.
        amount = Func(
            F("amounts"),
            function="unnest",
            set_returning=True,
            output_field=models.DecimalField(max_digits=14, decimal_places=2),
        )
        aspects = ("month", "year", "what", "company", "utility", "district")
        return self.order_by("-month", "-year", *aspects[2:], "pk").values(
            *aspects, amount_rub=amount
        )

    def summed(self) -> tuple[int, Decimal]:
        """Return how many rows the groups hold and their rubles."""
        found = self.aggregate(rows=Sum("count"), rub=Sum("sum_rub"))
        return found["rows"] or 0, found["rub"] or Decimal("0.00")


class WonGroup(models.Model):
    """
    Five or more rows that look alike; `*` stands for what is not told of them.

    Written whole by `claims.totals.publishing`; see `claims.totals.folding` for why it is safe.
    """

    what = models.CharField(max_length=8, choices=Won)
    year = models.CharField(max_length=4)
    month = models.CharField(max_length=7)
    utility = models.CharField(max_length=12)
    district = models.CharField(max_length=120)
    company = models.CharField(max_length=300)
    amounts = ArrayField(models.DecimalField(max_digits=14, decimal_places=2))
    count = models.PositiveIntegerField()
    sum_rub = models.DecimalField(max_digits=16, decimal_places=2)

    objects = WonGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("public group of what was won")
        verbose_name_plural = _("public groups of what was won")
        constraints = [
            models.UniqueConstraint(
                fields=["what", "year", "month", "utility", "district", "company"],
                name="claims_won_group_once",
            ),
            # The last wall before a household: folding promises it, this keeps it.
            models.CheckConstraint(
                condition=models.Q(count__gte=5), name="claims_won_group_hides_everybody"
            ),
            models.CheckConstraint(
                condition=models.Q(amounts__len=models.F("count")),
                name="claims_won_group_has_its_rows",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.year}: {self.count}"


class WonMark(models.Model):
    """What the public groups were made of, and when; one row."""

    made_at = models.DateTimeField(_("as of"))
    # Counts and sums of the rows then: where they differ now, the groups are made anew.
    made_of = models.JSONField()

    class Meta:
        verbose_name = _("state of the public totals")
        verbose_name_plural = _("states of the public totals")

    def __str__(self) -> str:
        return f"{self.made_at}"
