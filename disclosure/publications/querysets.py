"""Who sees which draft and which publication, and which publication counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from accounts.actors import Actor, Executor, Operator, System

if TYPE_CHECKING:
    from disclosure.models import ManagementCompany
    from disclosure.publications.models import Draft, Publication  # noqa: F401


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Published versions."""

    def visible_to(self, actor: Actor) -> Self:
        """Return all of them: what is published is public, returned versions included."""
        return self

    def counting(self) -> Self:
        """Return the newest version of each form that was not returned: what pages show."""
        return (
            self.filter(returned=None)
            .order_by("company_id", "building_id", "form_code", "year", "-version")
            .distinct("company_id", "building_id", "form_code", "year")
        )

    def newest(self) -> Self:
        """Return the newest version of each form, with what staff said if it was returned."""
        return (
            self.select_related("returned")
            .order_by("company_id", "building_id", "form_code", "year", "-version")
            .distinct("company_id", "building_id", "form_code", "year")
        )


class DraftQuerySet(models.QuerySet["Draft"]):
    """Forms being filled in."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the drafts of the companies the actor speaks for; staff see all."""
        match actor:
            case Executor(inns=inns):
                return self.filter(company__inn__in=inns)
            case Operator() | System():
                return self
        return self.none()


def companies_of(actor: Actor) -> models.QuerySet[ManagementCompany]:
    """Return the companies whose forms the actor may fill in: staff for any, a representative."""
    from disclosure.models import ManagementCompany

    match actor:
        case Executor(inns=inns):
            return ManagementCompany.objects.filter(inn__in=inns)
        case Operator() | System():
            return ManagementCompany.objects.exclude(inn=None)
    return ManagementCompany.objects.none()
