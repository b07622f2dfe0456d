"""Who comes in: representatives of an organisation, to the requests directed to it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from accounts.actors import Executor
from accounts.middleware import ActorRequest
from disclosure.models import ManagementCompany, ResourceSupplier
from requests_app.models import Request


@dataclass(frozen=True)
class Organisation:
    """An organisation the actor speaks for: a company or a supplier."""

    inn: str
    name: str
    row: ManagementCompany | ResourceSupplier


def executor_of(http: ActorRequest) -> Executor:
    """Return the representative who asks; raise Http404 for anybody else, staff included."""
    # Staff work at the desk: here each step would count as the organisation's own word.
    if not isinstance(http.actor, Executor):
        raise Http404
    return http.actor


def item_of(http: ActorRequest, number: str) -> tuple[Request, Executor]:
    """Return the request and who asks; raise Http404 when it is not with their organisation."""
    actor = executor_of(http)
    for item in Request.objects.visible_to(actor).for_its_page().filter(number=number)[:1]:
        return item, actor
    raise Http404


def organisations_of(actor: Executor) -> list[Organisation]:
    """Return the registered organisations the actor speaks for, by name; two queries."""
    companies = ManagementCompany.objects.filter(inn__in=actor.inns)
    found = {one.inn: Organisation(one.inn, str(one), one) for one in companies if one.inn}
    for supplier in ResourceSupplier.objects.filter(inn__in=actor.inns):
        if supplier.inn:
            found.setdefault(supplier.inn, Organisation(supplier.inn, str(supplier), supplier))
    return sorted(found.values(), key=lambda one: (one.name, one.inn))
