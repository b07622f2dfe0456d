"""The forms of the standard as dated rows; what was published under one never changes it."""

from __future__ import annotations

from datetime import date
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from disclosure.forms_standard.definition import Form, Subject, from_json


class DisclosureFormQuerySet(models.QuerySet["DisclosureForm"]):
    """Forms of the standard; they are public."""

    def in_force(self, on: date) -> Self:
        """Return the editions in force on the day, in the order of the standard."""
        return self.filter(during__contains=on).order_by("position", "id")

    def about(self, subject: Subject) -> Self:
        """Return the forms that describe a company, or a house."""
        return self.filter(subject=subject)


# By digest: equal ones are equal definitions. As many as there are editions.
_read: dict[str, Form] = {}


class DisclosureForm(models.Model):
    """One edition of a form; `definition` is a disclosure.forms_standard.definition.Form."""

    SUBJECTS = (
        (Subject.COMPANY.value, _("company")),
        (Subject.HOUSE.value, _("building")),
    )

    code = models.CharField(_("code"), max_length=12)
    during = DateRangeField(_("in force"))
    title = models.CharField(_("title"), max_length=300)
    subject = models.CharField(_("about"), max_length=8, choices=SUBJECTS)
    is_yearly = models.BooleanField(_("for each year"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    definition = models.JSONField(_("definition"))
    digest = models.CharField(max_length=64, editable=False)
    loaded_at = models.DateTimeField(_("loaded"))

    objects = DisclosureFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("disclosure form")
        verbose_name_plural = _("disclosure forms")
        ordering = ["position", "id"]
        constraints = [
            ExclusionConstraint(
                name="one_edition_of_a_form_at_a_time",
                expressions=[
                    (F("code"), RangeOperators.EQUAL),
                    (F("during"), RangeOperators.OVERLAPS),
                ],
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_form_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM disclosure_publication WHERE form_id = OLD.id)
                        AND (TG_OP = 'DELETE'
                            OR (NEW.code, NEW.definition, lower(NEW.during))
                                IS DISTINCT FROM (OLD.code, OLD.definition, lower(OLD.during)))
                    THEN
                        RAISE EXCEPTION 'form % was published under', OLD.code
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def form(self) -> Form:
        """The definition as a value."""
        # A page asks for a dozen, and each is hundreds of fields: a process reads an edition once.
        form = _read.get(self.digest)
        if form is None:
            form = _read[self.digest] = from_json(self.definition)
        return form
