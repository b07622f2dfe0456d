"""
Who stands before the file of a case: by account, or by the opened code of its claim's request.

Staff are lawyers here only with the right to take on cases and their second factor shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

from accounts import second_factor
from accounts.actors import Actor, CodeHolder, Lawyer, Resident
from accounts.middleware import ActorRequest
from accounts.models import User
from claims.court.people import side_of
from claims.court.querysets import CaseQuerySet
from claims.court.statuses import Side
from claims.models import CourtCase
from requests_app.tracking.views import found

LEAD, ASSIGN, ADD = "claims.lead_courtcase", "claims.assign_courtcase", "claims.add_courtcase"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A case, as whom its reader acts, and where its pages lie for them."""

    case: CourtCase
    actor: Actor
    side: Side
    base: str


def lawyer_in(http: ActorRequest) -> Lawyer | None:
    """Return the sender as a lawyer; None for everybody else, administrators without it too."""
    user = http.user
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return None
    # A superuser has every right: who may read a suit is said by the groups, not by that.
    held = {
        f"{app}.{name}"
        for app, name in user.groups.filter(
            permissions__content_type__app_label="claims",
            permissions__codename__in=[LEAD.split(".")[1], ASSIGN.split(".")[1]],
        ).values_list("permissions__content_type__app_label", "permissions__codename")
    }
    if LEAD not in held or not second_factor.is_shown(http):
        return None
    return Lawyer(id=user.pk, may_assign=ASSIGN in held)


def opened(http: ActorRequest, pk: int) -> Opened:
    """Return the case for its lawyer, or for its plaintiff's account; raise Http404."""
    candidates = [actor for actor in (lawyer_in(http), http.actor) if actor is not None]
    for actor in candidates:
        case = _rows(actor).filter(pk=pk).first()
        if case is not None and (side := side_of(case, actor)) is not None:
            base = reverse("court:case", args=[pk])
            return Opened(case=case, actor=actor, side=side, base=base)
    raise Http404


def opened_of_claim(http: ActorRequest, number: str, place: int) -> Opened:
    """Return the case of a claim for whoever opened its request as its own; raise Http404."""
    _request, actor = found(http, number)
    if not isinstance(actor, Resident | CodeHolder):
        raise Http404
    case = _rows(actor).filter(claim__request__number=number, claim__place=place).first()
    if case is None:
        raise Http404
    base = reverse("court_of_claim:case", args=[number, place])
    return Opened(case=case, actor=actor, side=Side.PLAINTIFF, base=base)


def _rows(actor: Actor) -> CaseQuerySet:
    return CourtCase.objects.visible_to(actor).select_related(
        "lawyer", "plaintiff", "claim__request__building"
    )
