"""The hotline: when it answers, call-backs that people booked, and the cards of calls."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.fields import LowercaseEmailField
from outreach.models.guides import Guide, Topic
from outreach.models.questions import Question
from outreach.models.reception import Weekday
from outreach.querysets import CallBackQuerySet, CallQuerySet
from requests_app.models import Request


class HotlineHours(models.Model):
    """Hours of the consultants on one weekday, and how many call-backs they take at once."""

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"))
    at_once = models.PositiveSmallIntegerField(
        _("call-backs in a quarter of an hour"),
        default=1,
        validators=[MaxValueValidator(50)],
        help_text=_("Zero takes none. What is booked already stays."),
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("hours of the hotline")
        verbose_name_plural = _("hours of the hotline")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="line_closes_later"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class CallBackState(models.TextChoices):
    """What became of a call-back."""

    BOOKED = "booked", _("waits for the call")
    DONE = "done", pgettext_lazy("call-back", "called")
    MISSED = "missed", _("nobody answered")
    CANCELLED = "cancelled", pgettext_lazy("call-back", "cancelled")


class CallBack(models.Model):
    """
    A call that a person booked online: in which quarter of an hour, on which number, what about.

    `line` is a place in the quarter: two people never hold one. Whoever has the link of the page
    sees, moves and cancels it; the link carries `uid`, signed.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    starts_at = models.DateTimeField(_("time"))
    line = models.PositiveSmallIntegerField(_("place"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = LowercaseEmailField(_("e-mail"), blank=True)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    question = models.TextField(_("question"), blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=CallBackState, default=CallBackState.BOOKED
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    made_at = models.DateTimeField(_("booked on"))
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        constraints = [
            # Two presses for the last place: the database lets one through.
            models.UniqueConstraint(
                fields=["starts_at", "line"],
                condition=~Q(state=CallBackState.CANCELLED),
                name="call_back_one_a_place",
            ),
            models.CheckConstraint(condition=Q(line__gte=1), name="call_back_has_a_place"),
            models.CheckConstraint(
                condition=~Q(phone="") | Q(erased_at__isnull=False), name="call_back_reaches"
            ),
        ]
        indexes = [
            models.Index(
                fields=["starts_at", "id"],
                condition=Q(state=CallBackState.BOOKED),
                name="call_back_due",
            ),
            models.Index(fields=["phone"], name="call_back_phone"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Outcome(models.TextChoices):
    """How a call ended."""

    ANSWERED = "answered", _("answered")
    REQUEST = "request", _("a request was filed")
    CLAIM = "claim", _("a claim about the bill")
    EXPERT = "expert", _("passed to the experts")
    PROMISED = "promised", _("a call back was promised")
    REFERRED = "referred", _("referred to another body")
    MISSED = "missed", _("nobody answered")
    CUT = "cut", _("the line was cut")


@pghistory.track(
    model_name="CallAudit",
    append_only=True,
    # What a person said is erased one day; no history may keep it longer.
    exclude=["phone", "name", "asked", "answer", "note", "follow_up", "erased_at"],
)
class Call(models.Model):
    """
    The card of one call: who, what about, what was answered, how long, and what follows.

    Open until `ended_at`. `phone` is E.164, "" where the number was withheld. `seconds` is how long
    it took by the server's clock, None where the card was forgotten open.
    """

    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator")
    )
    started_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("seconds"), null=True, blank=True)
    phone = models.CharField(_("caller's phone"), max_length=16, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic, blank=True)
    asked = models.CharField(_("what was asked"), max_length=500, blank=True)
    answer = models.TextField(_("what was answered"), blank=True)
    note = models.TextField(_("note for colleagues"), blank=True)
    guides = models.ManyToManyField(Guide, related_name="+", verbose_name=_("answered from"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    follow_up = models.CharField(_("what is still to be done"), max_length=300, blank=True)
    follow_up_by = models.DateTimeField(_("to be done by"), null=True, blank=True)
    follow_up_done_at = models.DateTimeField(_("done"), null=True, blank=True)
    request = models.ForeignKey(
        Request, models.SET_NULL, null=True, related_name="+", verbose_name=_("request")
    )
    question = models.ForeignKey(
        Question, models.SET_NULL, null=True, related_name="+", verbose_name=_("question")
    )
    call_back = models.ForeignKey(
        CallBack, models.SET_NULL, null=True, related_name="calls", verbose_name=_("call-back")
    )
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls to the hotline")
        permissions = [("see_hotline_figures", "May see figures of the hotline")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(outcome=""), name="call_ends_with_an_outcome"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="call_ends_after_its_start",
            ),
            # Two operators at one call-back: the database lets one through.
            models.UniqueConstraint(
                fields=["call_back"], condition=Q(ended_at=None), name="call_one_a_call_back"
            ),
        ]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="call_newest"),
            models.Index(fields=["operator", "-started_at"], name="call_by_operator"),
            models.Index(
                fields=["phone", "-started_at"], condition=~Q(phone=""), name="call_by_phone"
            ),
            models.Index(
                fields=["follow_up_by", "id"],
                condition=Q(follow_up_by__isnull=False, follow_up_done_at=None),
                name="call_to_follow_up",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether the operator still talks or writes."""
        return self.ended_at is None

    @property
    def took(self) -> timedelta | None:
        """How long it took."""
        return None if self.seconds is None else timedelta(seconds=self.seconds)
