"""What a reader says is wrong on a page of a house or of a company, and how it ended."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disclosure.corrections.querysets import CorrectionQuerySet


class Matter(models.TextChoices):
    """What on the page is wrong."""

    MANAGER = "manager", _("Who manages the house")
    CONTACTS = "contacts", _("Phones, addresses, hours")
    SUPPLIERS = "suppliers", _("Suppliers")
    PASSPORT = "passport", _("Facts of the house")
    PLACE = "place", _("Address or place on the map")
    TARIFFS = "tariffs", _("Tariffs")
    WORKS = "works", _("Works and prices")
    MEETINGS = "meetings", _("Meetings and minutes")
    FINANCES = "finances", _("Finances and reports")
    OTHER = "other", _("Something else")


class Verdict(models.TextChoices):
    """How a request to correct ended; empty while nobody decided."""

    ACCEPTED = "accepted", _("Right: it is corrected, or its owner was asked to")
    DECLINED = "declined", _("The page is right")


class CorrectionRequest(models.Model):
    """
    A reader's word that a page is wrong; it changes nothing by itself.

    `email` is there only for the answer: deciding wipes it, and so does time.
    """

    building = models.ForeignKey(
        "disclosure.Building",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("building"),
    )
    company = models.ForeignKey(
        "disclosure.ManagementCompany",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("management company"),
    )
    matter = models.CharField(_("what is wrong"), max_length=12, choices=Matter)
    text = models.TextField(_("what should be there"), max_length=2000)
    email = models.EmailField(_("e-mail for the answer"), blank=True)
    sent_at = models.DateTimeField(_("sent"))
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict, blank=True)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to correct")
        verbose_name_plural = _("requests to correct")
        ordering = ["-sent_at", "-id"]
        permissions = [("decide_correction", _("May decide requests to correct"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(building=None, company__isnull=False)
                | Q(building__isnull=False, company=None),
                name="correction_of_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", decided_at=None)
                | (Q(decided_at__isnull=False) & ~Q(verdict="") & ~Q(answer="")),
                name="correction_decided_with_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["sent_at"], condition=Q(verdict=""), name="correction_waiting"),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"
