"""Personal reception: who receives, when, the times to come, and who booked them."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.fields import LowercaseEmailField
from outreach.querysets import BookingQuerySet, SlotQuerySet
from requests_app.models import Request


class MeetingKind(models.TextChoices):
    """Where one meets."""

    OFFICE = "office", _("in the office")
    MOBILE = "mobile", _("mobile reception in a district")
    ONLINE = "online", _("by video")


class Weekday(models.IntegerChoices):
    """Days of the week, Monday first, as `date.weekday()` counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Host(models.Model):
    """An official or a specialist who receives people."""

    name = models.CharField(_("name"), max_length=120)
    post = models.CharField(_("post"), max_length=200)
    topics = models.TextField(_("what to come with"), blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("receives"), default=True)
    is_lawyer = models.BooleanField(
        _("lawyer"),
        default=False,
        db_default=False,
        help_text=_("Times are offered where free legal aid is checked."),
    )

    class Meta:
        verbose_name = _("who receives")
        verbose_name_plural = _("who receives")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return f"{self.post} {self.name}"


class ReceptionHours(models.Model):
    """Hours of a host on one weekday, cut into slots; a break leaves a gap between them."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="hours", verbose_name=_("host"))
    kind = models.CharField(
        _("where"), max_length=8, choices=MeetingKind, default=MeetingKind.OFFICE
    )
    place = models.CharField(
        _("place"),
        max_length=300,
        help_text=_("The address with the room; of a video call the link, shown after booking."),
    )
    district = models.CharField(_("district"), max_length=80, blank=True)
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    slot_minutes = models.PositiveSmallIntegerField(
        _("minutes a visit"), default=20, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    break_starts = models.TimeField(_("break from"), null=True, blank=True)
    break_ends = models.TimeField(_("break until"), null=True, blank=True)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("reception hours")
        verbose_name_plural = _("reception hours")
        ordering = ["host", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="hours_end_after_start"),
            models.CheckConstraint(
                condition=Q(break_starts=None, break_ends=None)
                | Q(
                    break_starts__gte=F("starts"),
                    break_ends__gt=F("break_starts"),
                    break_ends__lte=F("ends"),
                ),
                name="hours_break_inside",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class Slot(models.Model):
    """
    One visit's time of a host, made from its hours ahead.

    No host has two at once, whatever hours they came from.
    """

    host = models.ForeignKey(Host, models.CASCADE, related_name="slots", verbose_name=_("host"))
    hours = models.ForeignKey(ReceptionHours, models.SET_NULL, null=True, related_name="slots")
    during = DateTimeRangeField(_("time"))
    kind = models.CharField(_("where"), max_length=8, choices=MeetingKind)
    place = models.CharField(_("place"), max_length=300)
    district = models.CharField(_("district"), max_length=80, blank=True)
    cancelled_at = models.DateTimeField(_("called off"), null=True, blank=True)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("time of reception")
        verbose_name_plural = _("times of reception")
        constraints = [
            ExclusionConstraint(
                name="slot_one_at_a_time",
                expressions=[
                    ("host", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled_at=None),
            )
        ]
        indexes = [models.Index(F("during__startswith"), F("id"), name="slot_by_start")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        start: datetime | None = self.during.lower
        assert start is not None  # times have both ends
        return start

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        end: datetime | None = self.during.upper
        assert end is not None
        return end


class BookingState(models.TextChoices):
    """What became of a booking."""

    BOOKED = "booked", _("booked")
    CAME = "came", _("came")
    MISSED = "missed", _("did not come")
    CANCELLED = "cancelled", _("cancelled")
    LOST = "lost", _("the time was called off")


HOLDING = (BookingState.BOOKED, BookingState.CAME, BookingState.MISSED)


class Booking(models.Model):
    """
    A person who comes at a time, with what about.

    Whoever has the link of the letter sees, moves and cancels it; the link carries `uid`, signed.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="bookings")
    name = models.CharField(_("name"), max_length=200)
    email = LowercaseEmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    question = models.TextField(_("question"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="receptions"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=BookingState, default=BookingState.BOOKED
    )
    made_at = models.DateTimeField(_("booked on"))
    record = models.TextField(_("record of the meeting"), blank=True)
    # Grows with every change: a program says which one it has seen.
    version = models.IntegerField(default=1, db_default=1, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        constraints = [
            # Two presses for the last time: the database lets one through.
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state__in=list(HOLDING)), name="booking_one_a_slot"
            ),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone="") | Q(erased_at__isnull=False),
                name="booking_reaches_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "slot"], name="booking_by_state")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class BookingDeed(models.TextChoices):
    """What was done with a booking."""

    MOVED = "moved", _("moved")
    CANCELLED = "cancelled", _("cancelled")
    LOST = "lost", _("the time was called off")
    CAME = "came", _("came")
    MISSED = "missed", _("did not come")
    BOOKED = "booked", _("the mark was taken back")
    RECORDED = "recorded", _("record written")
    TASK = "task", _("task given")


class BookingStep(models.Model):
    """A line of what was done with a booking, by whom and why; nobody is the person themself."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="steps")
    deed = models.CharField(_("what was done"), max_length=10, choices=BookingDeed)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who did it"),
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step of a booking")
        verbose_name_plural = _("steps of bookings")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class BookingTask(models.Model):
    """A task of a meeting: the request that what was promised there was filed as."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="tasks")
    request = models.ForeignKey(Request, models.CASCADE, related_name="given_at")

    class Meta:
        verbose_name = _("task of a meeting")
        verbose_name_plural = _("tasks of meetings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "request"], name="booking_task_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Waiting(models.Model):
    """Who wants a time of a host that has none; told once, when one is free."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="waiting")
    email = LowercaseEmailField(_("e-mail"))
    asked_at = models.DateTimeField(_("asked on"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)

    class Meta:
        verbose_name = _("waiting for a time")
        verbose_name_plural = _("waiting for a time")
        constraints = [
            models.UniqueConstraint(
                fields=["host", "email"], condition=Q(told_at=None), name="waiting_once"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
