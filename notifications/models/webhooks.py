"""Systems that are told of events: what they asked for, their secrets, and how each call went."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.models.messages import Message
from notifications.querysets import WebhookQuerySet


class WebhookOff(models.TextChoices):
    """Why a subscription gets nothing; empty while it is on."""

    OWNER = "owner", pgettext_lazy("webhook", "Switched off by its owner")
    STAFF = "staff", pgettext_lazy("webhook", "Switched off by the contact centre")
    FAILING = "failing", pgettext_lazy("webhook", "Failed for days without a success")
    GONE = "gone", pgettext_lazy("webhook", "The receiver said that it is gone (410)")


class WebhookSubscription(models.Model):
    """
    What one system is told, and where.

    It is an account's own, or it is the organisation's with this `inn`: then whoever acts for it
    sees and changes it, and nobody takes it along. A list of filters that is empty lets everything
    through. `failures` counts the calls in a row that failed since `failing_since`. `version` goes
    up whenever somebody changes what is sent, where, or whether.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="webhooks",
        verbose_name=pgettext_lazy("webhook", "owner"),
    )
    inn = models.CharField(
        pgettext_lazy("webhook", "INN of the organisation"),
        max_length=12,
        blank=True,
        default="",
        db_default="",
    )
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    name = models.CharField(pgettext_lazy("webhook", "what it is for"), max_length=100)
    url = models.CharField(pgettext_lazy("webhook", "address"), max_length=1000)
    events = ArrayField(models.CharField(max_length=64), verbose_name=_("events"))
    categories = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    districts = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    inns = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    buildings = ArrayField(models.BigIntegerField(), default=list, blank=True)
    statuses = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    off = models.CharField(
        pgettext_lazy("webhook", "switched off"),
        max_length=8,
        choices=WebhookOff,
        blank=True,
        default="",
    )
    off_at = models.DateTimeField(pgettext_lazy("webhook", "off since"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("webhook", "made"))

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("webhook", "webhook")
        verbose_name_plural = pgettext_lazy("webhook", "webhooks")
        constraints = [
            models.CheckConstraint(
                condition=Q(off="", off_at__isnull=True) | (~Q(off="") & Q(off_at__isnull=False)),
                name="webhook_off_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=True) ^ Q(inn=""),
                name="webhook_of_account_or_organisation",
            ),
        ]
        indexes = [
            GinIndex(fields=["events"], condition=Q(off=""), name="webhook_by_event"),
            models.Index(fields=["inn"], condition=~Q(inn=""), name="webhook_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def is_on(self) -> bool:
        """Whether events are sent to it."""
        return not self.off


class WebhookSecret(models.Model):
    """What a receiver knows our calls by: only the seed of it is kept; notifications.webhooks."""

    subscription = models.ForeignKey(WebhookSubscription, models.CASCADE, related_name="secrets")
    seed = models.UUIDField(default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField()
    # Until then a secret that was replaced signs beside the new one; null: it is the current one.
    ends_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("secret of a webhook")
        verbose_name_plural = _("secrets of webhooks")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(ends_at=None), name="webhook_secret_current"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.subscription_id}"


class WebhookEvent(models.Model):
    """Something that happened, on its way to subscriptions; gone once all of them have it."""

    uid = models.UUIDField(unique=True)
    type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    # What was so at that moment, and may be otherwise when the call leaves.
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    # Id of the last subscription that has it.
    place = models.BigIntegerField(default=0, db_default=0)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("event for webhooks")
        verbose_name_plural = _("events for webhooks")

    def __str__(self) -> str:
        return f"{self.type} #{self.pk}"


class WebhookAttempt(models.Model):
    """One call of a receiver: how long it took and what came back."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="calls", db_index=False)
    at = models.DateTimeField(_("when"))
    took_ms = models.PositiveIntegerField(_("took, ms"))
    # Null: nobody answered, or not as is allowed; `error` says which.
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    answer = models.CharField(_("beginning of the answer"), max_length=1024, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("call of a webhook")
        verbose_name_plural = _("calls of webhooks")
        indexes = [
            models.Index(fields=["message", "id"], name="webhook_call_by_message"),
            models.Index(fields=["at"], name="webhook_call_by_age"),
        ]

    def __str__(self) -> str:
        return f"#{self.message_id}"
