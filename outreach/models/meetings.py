"""Questions that an owners' meeting decides, each with the majority that the law asks for."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from outreach.meetings.voting import Majority
from outreach.querysets import AgendaKindQuerySet
from requests_app.models.categories import Confidence


class AgendaGroup(models.TextChoices):
    """What a question is about; the order in which they are offered."""

    PROCEDURE = "procedure", _("How the meeting goes")
    COUNCIL = "council", _("Council of the house")
    MANAGEMENT = "management", _("Running the house")
    REPAIR = "repair", _("Repair and the overhaul fund")
    PROPERTY = "property", _("Common property and land")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    model_name="AgendaKindAudit",
    append_only=True,
)
class AgendaKind(models.Model):
    """
    A kind of question: its wording, its majority and the clauses that say so.

    A change of the law is another row with the same code, in force from its day: meetings of the
    past keep the rule they were held by.
    """

    code = models.SlugField(_("code"), max_length=40)
    group = models.CharField(_("group"), max_length=12, choices=AgendaGroup)
    title = models.CharField(_("question in short"), max_length=200)
    wording = models.TextField(
        _("wording for the agenda"),
        help_text=_("Dots stand where the house writes its own words."),
    )
    majority = models.CharField(_("majority"), max_length=16, choices=Majority)
    clause = models.CharField(_("clauses"), max_length=300)
    source = models.TextField(_("source"))
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence)
    during = DateRangeField(_("in force"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    loaded_hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = AgendaKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("question of a meeting")
        verbose_name_plural = _("questions of meetings")
        ordering = ["position", "code"]
        constraints = [
            ExclusionConstraint(
                name="agenda_one_rule_at_a_time",
                expressions=[
                    (F("code"), RangeOperators.EQUAL),
                    (F("during"), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.title
