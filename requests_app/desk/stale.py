"""A save that came too late: what was meant, beside what others did meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Operator
from accounts.models import User
from disclosure.models import ManagementCompany, ResourceSupplier
from requests_app.desk import timeline
from requests_app.models import Category, Request, RequestEvent
from requests_app.statuses import Outcome, Status


def changed_since(item: Request, *, by: Operator, seen: int, current: int) -> list[timeline.Line]:
    """Return the lines written after version `seen`: every change of version writes one."""
    missed = max(current - seen, 0)
    events = (
        RequestEvent.objects.of(item, by)
        .select_related("user", "act")
        .prefetch_related("attachments__upload")
        .order_by("-at", "-id")[:missed]
    )
    return timeline.lines(reversed(events))


def meant_in_words(attempted: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return facts (term, value) of what somebody wanted to save, as RefusedSave keeps it."""
    facts: list[dict[str, str]] = []

    def fact(term: str, value: object) -> None:
        if value:
            facts.append({"term": term, "value": str(value)})

    verb = str(attempted.get("verb", ""))
    if verb == "assign":
        fact(_("Operator"), _operator(attempted.get("assigned_to")) or _("nobody"))
    if verb == "recategorise":
        slug = str(attempted.get("category", ""))
        fact(_("Matter"), Category.objects.filter(slug=slug).values_list("name", flat=True).first())
    if attempted.get("to") in Status.values:
        fact(_("New status"), Status(attempted["to"]).label)
    if attempted.get("outcome") in Outcome.values:
        fact(_("How it ends"), Outcome(attempted["outcome"]).label)
    fact(_("Clause"), attempted.get("clause"))
    fact(_("Earlier request"), attempted.get("duplicate_of"))
    fact(_("Organisation"), _organisation(attempted.get("executor")))
    act = attempted.get("act")
    if isinstance(act, Mapping):
        fact(_("Who signed the act"), act.get("signer"))
        fact(_("When it was signed"), act.get("signed_on"))
    fact(_("Text"), attempted.get("text"))
    return facts


def _operator(user_id: object) -> str:
    user = User.objects.filter(pk=user_id).first() if isinstance(user_id, int) else None
    return user.get_full_name() if user else ""


def _organisation(executor: object) -> str:
    if not isinstance(executor, Mapping):
        return ""
    found: ManagementCompany | ResourceSupplier | None = None
    if executor.get("company"):
        found = ManagementCompany.objects.filter(pk=executor["company"]).first()
    elif executor.get("supplier"):
        found = ResourceSupplier.objects.filter(pk=executor["supplier"]).first()
    return str(found) if found else ""
