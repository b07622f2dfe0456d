"""The outbox: one row a letter, written with the change it tells of."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications import said
from notifications.models.channels import ChannelCode
from notifications.querysets import MessageQuerySet


class Priority(models.IntegerChoices):
    """Who leaves first; smaller is sooner."""

    EMERGENCY = 0, pgettext_lazy("priority", "Emergency")
    NORMAL = 5, _("Normal")
    BULK = 9, _("Bulk")


class State(models.TextChoices):
    """Where a message stands; docs/architecture.md draws it."""

    QUEUED = "queued", _("Waiting")
    LEASED = "leased", _("Being sent")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Not delivered")
    CANCELLED = "cancelled", _("Cancelled")
    STOPPED = "stopped", _("Unsubscribed")
    EXPIRED = "expired", _("Out of date")
    FOLDED = "folded", _("Told in another letter")
    PASSED_ON = "passed_on", _("Went another way")


class Fold(models.TextChoices):
    """Whether a message may share a letter with others; notifications.folding."""

    MAY = "", _("It may")
    ALONE = "alone", _("Never: it is urgent or expected")
    WAITS = "waits", _("It waits for a letter about several")


class Message(models.Model):
    """A letter to one address: what, to whom, when, and how the sending went."""

    event = models.CharField(_("event"), max_length=64)
    channel = models.CharField(
        _("channel"), max_length=12, choices=ChannelCode, default=ChannelCode.EMAIL
    )
    template = models.CharField(_("template"), max_length=120)
    recipient = models.CharField(_("to"), max_length=1000)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    context = models.JSONField(default=dict)
    # The context holds a secret (a login code): wiped once the message has left or lost its point.
    sensitive = models.BooleanField(default=False)
    topic = models.CharField(_("about"), max_length=120)
    why = models.CharField(_("why it came"), max_length=300)
    dedupe_key = models.CharField(max_length=160, unique=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority, default=Priority.NORMAL
    )

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField(_("written"))
    not_before = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("of use until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    # Set by the worker that has begun to send: a second task of the same row finds nothing to do.
    claimed_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    # When it should have left, if a channel that is full or out of order has put it off since.
    put_off_from = models.DateTimeField(null=True, editable=False)
    # How often a worker had begun and never said how it ended: each may be a letter sent twice.
    doubts = models.PositiveSmallIntegerField(
        _("may have left twice"), default=0, db_default=0, editable=False
    )

    fold = models.CharField(max_length=6, choices=Fold, blank=True, default="", db_default="")
    # The letter that tells of this message as well; its own words then never leave alone.
    told_in = models.ForeignKey(
        "self",
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        # Pruned with it or before it; the table is large and the column mostly empty.
        db_constraint=False,
        db_index=False,
    )
    # The matter («request:26-000123») after whose end this news is of no use; "" if it always is.
    point = models.CharField(max_length=120, blank=True, default="", db_default="")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            # The relay asks for each priority by its name: one it does not know would never leave.
            models.CheckConstraint(
                condition=Q(priority__in=[0, 5, 9]), name="message_priority_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["priority", "not_before", "id"],
                condition=Q(state="queued"),
                name="message_due",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="leased"), name="message_leased"
            ),
            models.Index(fields=["state", "-id"], name="message_by_state"),
            # A few kilobytes whatever the table's size: rows lie in it by age.
            BrinIndex(fields=["created_at"], name="message_by_age"),
            models.Index(fields=["topic", "-id"], name="message_by_topic"),
            models.Index(fields=["sent_at"], condition=Q(state="sent"), name="message_sent"),
            models.Index(
                fields=["recipient", "sent_at"], condition=Q(state="sent"), name="message_sent_to"
            ),
            models.Index(
                fields=["recipient"],
                condition=Q(state__in=["queued", "leased"], fold="waits"),
                name="message_waits_for_fold",
            ),
            models.Index(
                fields=["told_in"],
                condition=Q(told_in__isnull=False),
                name="message_told_in",
            ),
            models.Index(
                fields=["channel", "not_before"],
                condition=Q(state="queued"),
                name="message_due_by_channel",
            ),
            models.Index(
                fields=["channel", "put_off_from"],
                condition=Q(state__in=["queued", "leased"], put_off_from__isnull=False),
                name="message_put_off",
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(channel="webhook"),
                name="message_of_webhooks",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} #{self.pk}"

    @property
    def why_said(self) -> str:
        """Why it came, in the active language."""
        return said.why(self.why, self.context.get("why"))


class SentLetter(models.Model):
    """A letter exactly as it left; kept only under DEMO=1, for the page that shows them."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="letters")
    at = models.DateTimeField(_("sent"))
    raw = models.BinaryField()

    class Meta:
        verbose_name = _("letter as sent")
        verbose_name_plural = _("letters as sent")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.message_id}"
