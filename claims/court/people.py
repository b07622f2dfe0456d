"""Who works on cases, and on whose behalf somebody acts upon one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts import roles
from accounts.actors import Actor, CodeHolder, Executor, Lawyer, Operator, Resident
from accounts.models import User
from claims.court.refusals import Refused
from claims.court.statuses import Side
from claims.models import CourtCase


def lawyers() -> list[User]:
    """Return who can be given a case, by name."""
    return list(
        User.objects.filter(
            is_active=True, is_staff=True, groups__name__in=[roles.LAWYERS, roles.CHIEF_LAWYERS]
        )
        .distinct()
        .order_by("name", "pk")
    )


def side_of(case: CourtCase, actor: Actor) -> Side | None:
    """Return on whose behalf the actor acts upon a case it can see."""
    match actor:
        case Lawyer(id=lawyer_id) if lawyer_id == case.lawyer_id:
            return Side.LAWYER
        case Lawyer():
            return None
        case Resident() | CodeHolder() | Operator() | Executor():
            return Side.PLAINTIFF
    return None


def check_lawyer(lawyer: User) -> None:
    if lawyer.pk not in {one.pk for one in lawyers()}:
        raise Refused("lawyer", _("Choose one of the lawyers."), "lawyer")
