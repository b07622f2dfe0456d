"""Who follows what, and news on its way to all who follow one thing."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from notifications.models.background import BackgroundWork, WorkState
from notifications.models.messages import Priority
from notifications.querysets import FollowQuerySet


class Follow(models.Model):
    """
    Who asked to be told about one thing: a house, a street, a request, a company's disclosures.

    Nothing is sent before the address is confirmed. A row of somebody without an account holds the
    address and what it follows, nothing else of a person.
    """

    email = models.EmailField(_("e-mail"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    # «house:12», «street:3», «same:45»: what the outbox calls the topic of such letters.
    topic = models.CharField(_("about"), max_length=120)
    label = models.CharField(_("in words"), max_length=400)
    created_at = models.DateTimeField(_("asked for"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [
            models.UniqueConstraint(fields=["email", "topic"], name="follow_once"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="follow_email_low"),
        ]
        indexes = [
            models.Index(
                fields=["topic", "id"],
                condition=Q(confirmed_at__isnull=False),
                name="follow_confirmed",
            ),
            models.Index(
                fields=["created_at"], condition=Q(confirmed_at=None), name="follow_unconfirmed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"


class FanOut(BackgroundWork):
    """One piece of news for everybody who follows a topic, told in the background page by page."""

    topic = models.CharField(_("about"), max_length=120)
    event = models.CharField(_("event"), max_length=64)
    template = models.CharField(_("template"), max_length=120)
    context = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=100, unique=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority, default=Priority.BULK
    )
    point = models.CharField(max_length=120, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=WorkState, default=WorkState.RUNNING
    )
    # Id of the last follower that was told.
    place = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(_("told"), default=0)
    total = models.PositiveIntegerField(_("followers"), default=0)
    created_at = models.DateTimeField(_("written"))
    moved_at = models.DateTimeField(_("last moved"), null=True, blank=True)

    class Meta:
        verbose_name = _("news to followers")
        verbose_name_plural = _("news to followers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="fan_out_done_of_total")
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="running"), name="fan_out_running"),
            models.Index(fields=["created_at"], name="fan_out_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.done}/{self.total}"

    @property
    def letters_begin_with(self) -> str:
        """What the outbox keys of its letters begin with."""
        return f"{self.dedupe_key}:"
