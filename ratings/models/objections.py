"""What a company objects to in a draft of its rating, and what staff decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ratings.querysets import ObjectionQuerySet


class Verdict(models.TextChoices):
    """What became of an objection."""

    UPHELD = "upheld", _("Upheld: the request is not counted")
    DISMISSED = "dismissed", _("Dismissed: the request counts")


class Objection(models.Model):
    """
    One request that a company says must not count against it in a month's rating.

    The reason is between the company and the staff: it may name a person. The decision is public.
    """

    period = models.DateField(_("month"), help_text=_("Its first day."))
    company = models.ForeignKey(
        "disclosure.ManagementCompany", models.PROTECT, related_name="+", verbose_name=_("company")
    )
    request = models.ForeignKey(
        "requests_app.Request", models.PROTECT, related_name="+", verbose_name=_("request")
    )
    reason = models.TextField(_("reason"), max_length=2000)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who objected"),
    )
    filed_at = models.DateTimeField(_("filed"))
    verdict = models.CharField(_("verdict"), max_length=9, choices=Verdict, blank=True)
    decision = models.TextField(
        _("grounds of the decision"),
        max_length=2000,
        blank=True,
        help_text=_("Everybody reads this: no names."),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who decided"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection to a rating")
        verbose_name_plural = _("objections to ratings")
        ordering = ["-filed_at"]
        permissions = [("decide_objection", _("Can decide objections"))]
        constraints = [
            models.UniqueConstraint(fields=["request", "period"], name="objection_once_a_month"),
            models.CheckConstraint(
                condition=Q(verdict="", decision="", decided_at=None)
                | (~Q(verdict="") & ~Q(decision="") & Q(decided_at__isnull=False)),
                name="objection_decided_with_words",
            ),
        ]
        indexes = [
            models.Index(fields=["period", "company"], name="objection_of_month"),
            models.Index(fields=["filed_at"], condition=Q(verdict=""), name="objection_undecided"),
        ]

    def __str__(self) -> str:
        return f"{self.period:%Y-%m}: {self.company}"

    @property
    def is_decided(self) -> bool:
        """Whether staff have said yes or no."""
        return self.decided_at is not None
