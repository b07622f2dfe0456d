"""Who comes into which cabinet: a representative into theirs, staff with the right into any."""

from __future__ import annotations

from datetime import date

from django.http import Http404
from django.utils import timezone
from django.utils.timezone import now

from accounts.actors import Executor, Operator
from accounts.middleware import ActorRequest
from disclosure.models import ManagementCompany
from disclosure.publications.querysets import companies_of
from disclosure.publications.reports import NoSuchReport, Report, find

ON_BEHALF = "disclosure.publish_on_behalf"


def may_enter(request: ActorRequest) -> bool:
    """Whether there is a cabinet for this person at all."""
    match request.actor:
        case Executor():
            return True
        case Operator():
            return request.user.has_perm(ON_BEHALF)
    return False


def company_of(request: ActorRequest, inn: str) -> ManagementCompany:
    """Return the company whose cabinet is asked for, or raise Http404."""
    if not may_enter(request):
        raise Http404
    company = companies_of(request.actor).filter(inn=inn).first()
    if company is None:
        raise Http404
    return company


def report_of(request: ActorRequest, inn: str, place: str, key: str) -> Report:
    """Return the form that is asked for, or raise Http404."""
    try:
        return find(company_of(request, inn), place, key, on=today())
    except NoSuchReport:
        raise Http404 from None


def today() -> date:
    """Return the city's day; only edges ask the clock."""
    return timezone.localtime(now()).date()
