"""«Школа грамотного потребителя»: seminars with their meetings, who signed up, who came, papers."""

from __future__ import annotations

import uuid

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.fields import LowercaseEmailField
from accounts.models import Upload
from disclosure.models import Building
from outreach.models.guides import Topic
from outreach.seminars.querysets import SeminarQuerySet, SignUpQuerySet

CAPACITY_MAX = 2_000


class SeminarState(models.TextChoices):
    """Where a seminar stands."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("in the programme")
    CANCELLED = "cancelled", _("called off")


@pghistory.track(model_name="SeminarAudit", append_only=True)
class Seminar(models.Model):
    """
    One meeting, or a course of several: people sign up to the whole.

    `revision` grows with every change that people were told of; calendars go by it.
    """

    title = models.CharField(_("name"), max_length=160)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    about = models.TextField(_("what it is about"))
    audience = models.CharField(_("for whom"), max_length=200, blank=True)
    speaker = models.CharField(_("speaker"), max_length=300)
    district = models.CharField(_("district"), max_length=80, blank=True)
    place = models.CharField(
        _("place"), max_length=300, blank=True, help_text=_("Empty when one meets by video only.")
    )
    house = models.ForeignKey(
        Building,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("house of the place"),
        help_text=_("Its page shows the map."),
    )
    online_link = models.URLField(
        _("link of the video call"), blank=True, help_text=_("Shown only to those signed up.")
    )
    capacity = models.PositiveSmallIntegerField(
        _("seats"), validators=[MinValueValidator(1), MaxValueValidator(CAPACITY_MAX)]
    )
    closes_at = models.DateTimeField(_("sign-up closes"))
    certificate_after = models.PositiveSmallIntegerField(
        _("meetings for a certificate"), default=1, help_text=_("0: no certificate is given.")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=SeminarState, default=SeminarState.DRAFT
    )
    cancel_reason = models.CharField(_("why it was called off"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    objects = SeminarQuerySet.as_manager()

    class Meta:
        verbose_name = _("seminar")
        verbose_name_plural = _("seminars")
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=1), name="seminar_has_seats"),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(place="") | ~Q(online_link=""),
                name="seminar_meets_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page everybody may read."""
        return reverse("outreach:seminar", args=[self.pk])


class Meeting(models.Model):
    """One meeting of a seminar; `uid` stays, so that calendars move it and make no second one."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    seminar = models.ForeignKey(Seminar, models.CASCADE, related_name="meetings")
    title = models.CharField(_("topic of the meeting"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    recording = models.URLField(_("recording"), blank=True)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"
            ),
            models.UniqueConstraint(fields=["seminar", "starts_at"], name="meeting_one_at_a_time"),
        ]
        indexes = [models.Index(fields=["starts_at"], name="meeting_by_time")]

    def __str__(self) -> str:
        return self.title or f"#{self.pk}"


class Material(models.Model):
    """A checked file that everybody may take home."""

    seminar = models.ForeignKey(Seminar, models.CASCADE, related_name="materials")
    title = models.CharField(_("name"), max_length=160)
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class SignUpState(models.TextChoices):
    """What became of a sign-up."""

    SEATED = "seated", _("has a seat")
    WAITING = "waiting", _("waits for a seat")
    OFFERED = "offered", _("is offered a seat")
    CANCELLED = "cancelled", _("gave the seat up")
    LOST = "lost", _("the seminar was called off")


# These take a seat of the room; who is offered one has it until the offer runs out.
TAKING = (SignUpState.SEATED, SignUpState.OFFERED)
ALIVE = (*TAKING, SignUpState.WAITING)


class SignUp(models.Model):
    """
    A person at a seminar. Whoever has the link of the letter sees, changes and cancels it.

    A seat is a number from one to the capacity, and the database gives each number once. Somebody
    who came without having signed up has none: the room is what the staff sees.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What the code in the letter says and what is typed at the door.
    code = models.CharField(_("code"), max_length=8, editable=False)
    seminar = models.ForeignKey(Seminar, models.PROTECT, related_name="sign_ups")
    seat = models.PositiveSmallIntegerField(_("seat"), null=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    email = LowercaseEmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    district = models.CharField(_("district"), max_length=80, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="seminars"
    )
    state = models.CharField(_("state"), max_length=10, choices=SignUpState)
    is_walk_in = models.BooleanField(_("came without signing up"), default=False)
    made_at = models.DateTimeField(_("signed up on"))
    offered_until = models.DateTimeField(_("the offer holds until"), null=True)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        constraints = [
            # Two presses for the last seat: the database lets one through.
            models.UniqueConstraint(fields=["seminar", "seat"], name="signup_one_a_seat"),
            models.CheckConstraint(
                condition=Q(seat__isnull=False, state__in=["seated", "offered"])
                | Q(seat__isnull=True, is_walk_in=True)
                | Q(seat__isnull=True, state__in=["waiting", "cancelled", "lost"]),
                name="signup_seated_has_seat",
            ),
            models.CheckConstraint(
                condition=Q(offered_until__isnull=False, state="offered")
                | (Q(offered_until__isnull=True) & ~Q(state="offered")),
                name="signup_offer_has_end",
            ),
            models.UniqueConstraint(fields=["seminar", "code"], name="signup_code_once"),
            models.UniqueConstraint(
                fields=["seminar", "email"],
                condition=Q(state__in=["seated", "offered", "waiting"]) & ~Q(email=""),
                name="signup_email_once",
            ),
            models.UniqueConstraint(
                fields=["seminar", "phone"],
                condition=Q(state__in=["seated", "offered", "waiting"]) & ~Q(phone=""),
                name="signup_phone_once",
            ),
            models.CheckConstraint(
                condition=~Q(email="")
                | ~Q(phone="")
                | Q(is_walk_in=True)
                | Q(erased_at__isnull=False),
                name="signup_reaches_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["seminar", "state", "made_at"], name="signup_queue"),
            models.Index(
                fields=["offered_until"], name="signup_offers", condition=Q(state="offered")
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Attendance(models.Model):
    """That somebody came to a meeting; told twice it is there once."""

    sign_up = models.ForeignKey(SignUp, models.CASCADE, related_name="attendances")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    at = models.DateTimeField(_("came at"))
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(fields=["sign_up", "meeting"], name="attendance_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


@pghistory.track(model_name="CertificateAudit", append_only=True)
class Certificate(models.Model):
    """A paper that says who attended what; its number cannot be guessed."""

    number = models.CharField(_("number"), max_length=24, unique=True, editable=False)
    sign_up = models.OneToOneField(SignUp, models.PROTECT, related_name="certificate")
    issued_at = models.DateTimeField(_("certificate given on"))
    meetings = models.PositiveSmallIntegerField(_("meetings attended"))
    annulled_at = models.DateTimeField(_("annulled"), null=True, blank=True)
    annul_reason = models.CharField(_("why it was annulled"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.CheckConstraint(
                condition=Q(annulled_at__isnull=True, annul_reason="")
                | (Q(annulled_at__isnull=False) & ~Q(annul_reason="")),
                name="certificate_annulled_for_reason",
            )
        ]

    def __str__(self) -> str:
        return self.number


class Feedback(models.Model):
    """What somebody who came thinks of it; the words are for the staff only."""

    sign_up = models.OneToOneField(SignUp, models.CASCADE, related_name="feedback")
    mark = models.PositiveSmallIntegerField(_("mark"))
    text = models.TextField(_("words"), blank=True)
    at = models.DateTimeField(_("given on"))

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.CheckConstraint(
                condition=Q(mark__gte=1, mark__lte=5), name="feedback_mark_one_to_five"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
