"""Claims counted anew after a correction: the offer, and the version that it stands beside."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from claims.models.claims import Claim


class RecountState(models.TextChoices):
    """What became of an offer."""

    OFFERED = "offered", _("Offered")
    TAKEN = "taken", _("Taken by the resident")
    LEFT = "left", _("Left as it was")
    OVERTAKEN = "overtaken", _("Overtaken by events")


class Recount(models.Model):
    """
    What a living claim would demand by the figures and tariffs of its month as they are known now.

    The claim itself stays as it was until its resident takes the offer.
    """

    claim = models.ForeignKey(
        Claim, models.CASCADE, related_name="recounts", verbose_name=_("claim")
    )
    # Of figures and bill: the same correction is offered once.
    mark = models.CharField(max_length=64)
    figures = models.JSONField(_("figures of the law"))
    body = models.JSONField(_("bill and intervals"))
    found = models.JSONField(_("calculation"))
    # Code, value as it was, value as it is.
    corrected = models.JSONField(_("what was corrected"))
    was_rub = models.DecimalField(_("demanded, ₽"), max_digits=12, decimal_places=2)
    amount_rub = models.DecimalField(_("counted anew, ₽"), max_digits=12, decimal_places=2)
    state = models.CharField(
        _("what became of it"),
        max_length=10,
        choices=RecountState,
        default=RecountState.OFFERED,
    )
    made_at = models.DateTimeField(_("offered on"))
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)

    objects = models.Manager()

    class Meta:
        verbose_name = _("claim counted anew")
        verbose_name_plural = _("claims counted anew")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "mark"], name="claims_recount_once"),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state=RecountState.OFFERED),
                name="claims_one_recount_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(amount_rub__gte=0) & ~Q(amount_rub=F("was_rub")),
                name="claims_recount_says_something",
            ),
            models.CheckConstraint(
                condition=Q(state=RecountState.OFFERED, decided_at=None)
                | (~Q(state=RecountState.OFFERED) & ~Q(decided_at=None)),
                name="claims_recount_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.was_rub} → {self.amount_rub}"

    def get_absolute_url(self) -> str:
        """Return the address where it is taken or left."""
        number, place = self.claim.number.split("/")
        return reverse("claims_recounting:offer", args=[number, int(place)])


class ClaimVersion(models.Model):
    """A claim as it was before an offer was taken; nothing that was demanded disappears."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    figures = models.JSONField()
    body = models.JSONField()
    found = models.JSONField()
    charge_rub = models.DecimalField(max_digits=12, decimal_places=2)
    amount_rub = models.DecimalField(max_digits=12, decimal_places=2)
    replaced_at = models.DateTimeField()

    class Meta:
        verbose_name = _("earlier version of a claim")
        verbose_name_plural = _("earlier versions of claims")
        ordering = ["claim", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "version"], name="claims_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.version}"
