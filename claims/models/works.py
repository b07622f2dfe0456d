"""Works that were done for residents after the centre stepped in."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    model_name="WorkWonAudit",
    append_only=True,
)
class WorkWon(models.Model):
    """A work with its price and act; it counts in the city's total as the centre counts it."""

    building = models.ForeignKey(
        "disclosure.Building", models.PROTECT, related_name="+", verbose_name=_("building")
    )
    request = models.ForeignKey(
        "requests_app.Request",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="works_won",
        verbose_name=_("request"),
    )
    executor_name = models.CharField(_("who did it"), max_length=300)
    what = models.CharField(_("what was done"), max_length=300)
    done_on = models.DateField(_("done on"))
    price_rub = models.DecimalField(_("price, ₽"), max_digits=14, decimal_places=2)
    act = models.CharField(_("act: number and date"), max_length=120)

    class Meta:
        verbose_name = _("work won")
        verbose_name_plural = _("works won")
        ordering = ["-done_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_rub__gt=0), name="claims_work_has_a_price"
            )
        ]

    def __str__(self) -> str:
        return f"{self.done_on}: {self.what}"
