"""Territorial self-government (ТОС), councils of houses, and the people who hold office there."""

from __future__ import annotations

from datetime import date

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.fields import LowercaseEmailField
from accounts.models import Upload
from disclosure.models import Building, check_inn
from outreach.querysets import CouncilQuerySet, OfficeHolderQuerySet, TosQuerySet
from outreach.tos import boundaries


class TosKind(models.TextChoices):
    """What a ТОС embraces (131-ФЗ, ст. 27)."""

    ENTRANCE = "entrance", _("an entrance")
    HOUSE = "house", _("a house")
    GROUP = "group", _("a group of houses")
    QUARTER = "quarter", _("a quarter")
    SETTLEMENT = "settlement", _("a settlement")
    OTHER = "other", _("another territory")


def check_boundary(value: object) -> None:
    """Raise ValidationError unless `value` is a boundary that crosses itself nowhere."""
    try:
        boundaries.checked(value, centre=(settings.CITY.latitude, settings.CITY.longitude))
    except boundaries.BadBoundary as bad:
        raise ValidationError(str(bad)) from None


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    model_name="TosAudit",
    append_only=True,
    exclude=["boundary"],
)
class Tos(models.Model):
    """A territorial self-government: its territory, charter and office."""

    name = models.CharField(_("title"), max_length=300, unique=True)
    kind = models.CharField(_("territory"), max_length=12, choices=TosKind, default=TosKind.GROUP)
    district = models.CharField(_("district"), max_length=120, blank=True)
    about = models.TextField(_("about the ТОС"), blank=True, help_text=_("Markdown."))
    boundary = models.JSONField(
        _("boundary"), null=True, blank=True, validators=[check_boundary], editable=False
    )
    # The audit keeps this moment and not the corners: a megabyte each time is no history to read.
    boundary_at = models.DateTimeField(_("boundary drawn"), null=True, editable=False)
    inn = models.CharField(_("ИНН"), max_length=12, blank=True, validators=[check_inn])
    charter_number = models.CharField(
        _("number of the charter's registration"), max_length=60, blank=True
    )
    charter_on = models.DateField(_("charter registered on"), null=True, blank=True)
    charter = models.ForeignKey(
        Upload, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    office = models.CharField(_("where the council sits"), max_length=300, blank=True)
    hours = models.CharField(_("hours"), max_length=200, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    is_published = models.BooleanField(_("published"), default=True)

    objects = TosQuerySet.as_manager()

    class Meta:
        verbose_name = _("territorial self-government")
        verbose_name_plural = _("territorial self-governments")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["district"], name="tos_by_district")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("outreach:tos", args=[self.pk])


class TosHouse(models.Model):
    """A house of a ТОС: found inside its boundary, or named by the editor."""

    tos = models.ForeignKey(Tos, models.CASCADE, related_name="houses")
    building = models.ForeignKey(
        Building, models.CASCADE, related_name="+", verbose_name=_("building")
    )
    is_listed = models.BooleanField(default=True, editable=False)

    class Meta:
        verbose_name = _("house of a ТОС")
        verbose_name_plural = _("houses of a ТОС")
        ordering = ["building__address", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tos", "building"], name="tos_house_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ProjectState(models.TextChoices):
    """How far a project is."""

    PLANNED = "planned", _("planned")
    DOING = "doing", _("under way")
    DONE = "done", _("finished")


class TosProject(models.Model):
    """What a ТОС builds, plants or repairs."""

    tos = models.ForeignKey(Tos, models.CASCADE, related_name="projects")
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=ProjectState, default=ProjectState.PLANNED
    )
    year = models.PositiveSmallIntegerField(_("year"))
    amount_rub = models.DecimalField(
        _("cost, ₽"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("project of a ТОС")
        verbose_name_plural = _("projects of a ТОС")
        ordering = ["-year", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_rub=None) | Q(amount_rub__gte=0), name="tos_project_cost"
            )
        ]

    def __str__(self) -> str:
        return self.title


class TosNews(models.Model):
    """A piece of news of a ТОС."""

    tos = models.ForeignKey(Tos, models.CASCADE, related_name="news")
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), help_text=_("Markdown."))
    published_on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("news of a ТОС")
        verbose_name_plural = _("news of a ТОС")
        ordering = ["-published_on", "-id"]

    def __str__(self) -> str:
        return self.title


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    model_name="HouseCouncilAudit",
    append_only=True,
)
class HouseCouncil(models.Model):
    """
    The council of a house (ЖК РФ, ст. 161.1).

    Elected by the owners' meeting for two years unless it said otherwise; after its term it still
    sits until another is elected, and the page says that the term is over.
    """

    building = models.ForeignKey(
        Building, models.PROTECT, related_name="councils", verbose_name=_("building")
    )
    elected_on = models.DateField(_("elected on"))
    term_until = models.DateField(
        _("term until"), null=True, blank=True, help_text=_("Empty: two years from the election.")
    )
    protocol_number = models.CharField(_("number of the protocol"), max_length=60, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    objects = CouncilQuerySet.as_manager()

    class Meta:
        verbose_name = _("council of a house")
        verbose_name_plural = _("councils of houses")
        ordering = ["building__address", "-elected_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["building"], condition=Q(ended_on=None), name="council_one_a_house"
            ),
            models.CheckConstraint(
                condition=Q(term_until=None) | Q(term_until__gt=F("elected_on")),
                name="council_term_forward",
            ),
        ]

    def __str__(self) -> str:
        return str(self.building)

    def save(self, *args: object, **kwargs: object) -> None:
        """Give the term of the law to a council whose meeting set none."""
        if self.term_until is None:
            self.term_until = two_years_from(self.elected_on)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


def two_years_from(day: date) -> date:
    """Return the day two years later; of 29 February the first of March (ГК РФ, ст. 192)."""
    try:
        return day.replace(year=day.year + 2)
    except ValueError:
        return date(day.year + 2, 3, 1)


class OfficeRole(models.TextChoices):
    """Which office a person holds."""

    CHAIR = "chair", _("chair")
    MEMBER = "member", _("member")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    model_name="OfficeHolderAudit",
    append_only=True,
    exclude=["name", "phone", "email"],
)
class OfficeHolder(models.Model):
    """
    A person in a ТОС or a council. Shown only while a consent is recorded and not withdrawn.

    The audit keeps that and when something changed, never name, phone or e-mail: those are erased.
    """

    tos = models.ForeignKey(Tos, models.CASCADE, null=True, blank=True, related_name="holders")
    council = models.ForeignKey(
        HouseCouncil, models.CASCADE, null=True, blank=True, related_name="holders"
    )
    role = models.CharField(_("office"), max_length=8, choices=OfficeRole, default=OfficeRole.CHAIR)
    name = models.CharField(_("name"), max_length=200)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    email = LowercaseEmailField(_("e-mail"), blank=True)
    entrances = models.CharField(pgettext_lazy("office", "entrances"), max_length=60, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    consent_on = models.DateField(
        _("consent given on"),
        null=True,
        blank=True,
        help_text=_("Consent to show name and contacts (152-ФЗ, ст. 10.1). Empty: not shown."),
    )
    consent_paper = models.CharField(_("where the consent is kept"), max_length=200, blank=True)
    withdrawn_on = models.DateField(
        _("consent withdrawn on"), null=True, blank=True, help_text=_("Hides at once.")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = OfficeHolderQuerySet.as_manager()

    class Meta:
        verbose_name = _("office holder")
        verbose_name_plural = _("office holders")
        ordering = ["role", "since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(tos=None) ^ Q(council=None), name="holder_of_one_body"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="holder_term_forward"
            ),
            models.UniqueConstraint(
                fields=["tos"], condition=Q(role="chair", until=None), name="tos_one_chair"
            ),
            models.UniqueConstraint(
                fields=["council"], condition=Q(role="chair", until=None), name="council_one_chair"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
