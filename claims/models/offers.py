"""Recalculation offered to those whom an incident touched, and the claims that came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models import ENDED, BackgroundWork
from requests_app.models import JobStage


class IncidentOffer(BackgroundWork):
    """
    One incident's recalculation, offered to everybody it touched, in batches.

    A batch and `place`, where it stopped, are one transaction: a worker that dies loses nothing,
    and nobody is offered the same twice.
    """

    incident = models.OneToOneField(
        "requests_app.Incident",
        models.PROTECT,
        related_name="money_offer",
        verbose_name=_("incident"),
    )
    stage = models.CharField(_("is at"), max_length=10, choices=JobStage, default=JobStage.REQUESTS)
    place = models.BigIntegerField(default=0)
    # False: the break was no longer than the law permits, and nobody is written to.
    is_due = models.BooleanField(_("something is due"))
    # Followers and subscribers: they have no request here, so no row of their own.
    told = models.PositiveIntegerField(_("told besides"), default=0)
    created_at = models.DateTimeField(_("began"))
    moved_at = models.DateTimeField(_("last batch"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("recalculation offered after an incident")
        verbose_name_plural = _("recalculations offered after incidents")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"], condition=~Q(state__in=ENDED), name="claims_offer_not_ended"
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.state}"

    @property
    def letters_begin_with(self) -> str:
        """What the outbox keys of its letters begin with."""
        return f"offer:{self.incident_id}:"


class Offer(models.Model):
    """What one request's resident was offered: hours and percent, and rubles of a known bill."""

    whole = models.ForeignKey(IncidentOffer, models.CASCADE, related_name="offers")
    request = models.ForeignKey("requests_app.Request", models.CASCADE, related_name="money_offers")
    # Of the same resident's last claim for this flat and utility; None where none is known.
    charge_rub = models.DecimalField(
        _("known charge, ₽"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    amount_rub = models.DecimalField(
        _("offered, ₽"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    offered_at = models.DateTimeField(_("offered"))
    # Set by the resident's press, never by a look: mail scanners follow links.
    opened_at = models.DateTimeField(_("counted by the own bill"), null=True, blank=True)

    class Meta:
        verbose_name = _("offered recalculation")
        verbose_name_plural = _("offered recalculations")
        constraints = [
            models.UniqueConstraint(fields=["whole", "request"], name="claims_offered_once")
        ]

    def __str__(self) -> str:
        return f"{self.whole_id}: {self.request_id}"


class IncidentClaim(models.Model):
    """That a claim is about an incident's hours: answered together, counted together."""

    claim = models.OneToOneField(
        "claims.Claim", models.CASCADE, primary_key=True, related_name="of_incident"
    )
    incident = models.ForeignKey(
        "requests_app.Incident", models.PROTECT, related_name="money_claims"
    )

    class Meta:
        verbose_name = _("claim of an incident")
        verbose_name_plural = _("claims of incidents")

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.claim_id}"


class ClaimPaper(models.Model):
    """A photo or scan of the bill; the claim's resident, staff and its executor see it."""

    claim = models.ForeignKey("claims.Claim", models.CASCADE, related_name="papers")
    # A claim parted between two organisations brings the same bill to both.
    upload = models.ForeignKey("accounts.Upload", models.PROTECT, related_name="claim_papers")

    class Meta:
        verbose_name = _("paper of a claim")
        verbose_name_plural = _("papers of claims")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "upload"], name="claims_paper_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
