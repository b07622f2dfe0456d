"""A repairman's way to one request without an account: a link whose token is kept as a hash."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from requests_app.querysets import RepairLinkQuerySet


class RepairLink(models.Model):
    """Given by a representative for one request; ends with the act, its time, or by their hand."""

    request = models.ForeignKey(
        "requests_app.Request",
        models.CASCADE,
        related_name="repair_links",
        verbose_name=_("request"),
    )
    # The organisation that gave it: passed to another one, the request takes no word from it.
    executor_inn = models.CharField(_("executor's ИНН"), max_length=12)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    for_whom = models.CharField(_("for whom"), max_length=100, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    made_at = models.DateTimeField(pgettext_lazy("link", "given"))
    expires_at = models.DateTimeField(_("opens until"))
    ended_at = models.DateTimeField(pgettext_lazy("link", "ended"), null=True, blank=True)

    objects = RepairLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link for a repairman")
        verbose_name_plural = _("links for repairmen")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")),
                name="repair_link_opens_for_a_while",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
