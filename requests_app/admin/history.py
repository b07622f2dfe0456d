"""The audit of a request, for chief operators: who changed which decision, and when."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import ContactLook, User
from requests_app.admin import access
from requests_app.desk import stale
from requests_app.models import Category, Incident, Request
from requests_app.statuses import Outcome, Status

SHOWN = 200
_LABELS = {
    field.attname: field.verbose_name
    for field in Request._meta.concrete_fields
    if field.name
    in {
        "status",
        "outcome",
        "category",
        "executor_name",
        "assigned_to",
        "incident",
        "due_at",
        "public",
    }
}


@require_GET
@access.needs(access.AUDIT)
def show(http: HttpRequest, pk: int) -> HttpResponse:
    """Show every version of the request, the saves that were refused, and looks at the contact."""
    item = access.find(http, pk)
    audit = apps.get_model("requests_app", "RequestAudit")
    rows = list(
        audit.objects.filter(pgh_obj_id=item.pk)
        .select_related("pgh_context")
        .order_by("pgh_id")[:SHOWN]
    )
    refused = list(item.refused_saves.select_related("user").order_by("-at")[:SHOWN])
    looks = ContactLook.objects.filter(subject=f"request:{item.pk}").select_related("looked_by")
    return TemplateResponse(
        http,
        "admin/requests_app/request/history.html",
        access.frame(
            http,
            title=_("History of %(number)s") % {"number": item.number},
            item=item,
            versions=_versions(rows),
            refused=[(save, stale.meant_in_words(save.attempted)) for save in refused],
            looks=looks.order_by("-at")[:SHOWN],
        ),
    )


def _versions(rows: list[Any]) -> list[dict[str, Any]]:
    names = _Names(rows)
    versions = []
    before: Any = None
    for row in rows:
        changes = [
            {
                "term": label,
                "before": names.word(field, getattr(before, field)) if before else "",
                "after": names.word(field, getattr(row, field)),
            }
            for field, label in _LABELS.items()
            if before is None or getattr(before, field) != getattr(row, field)
        ]
        versions.append(
            {
                "at": row.pgh_created_at,
                "version": row.version,
                "who": names.who(row),
                "changes": [one for one in changes if one["before"] or one["after"]],
            }
        )
        before = row
    versions.reverse()
    return versions


class _Names:
    """The words for what the audit keeps as ids: three queries, however long the history."""

    def __init__(self, rows: list[Any]) -> None:
        people = [
            pk for row in rows for pk in (row.assigned_to_id, _user_of(row)) if pk is not None
        ]
        self.people: dict[int | None, str] = {
            user.pk: user.get_full_name() for user in User.objects.filter(pk__in=people)
        }
        self.matters = dict(
            Category.objects.filter(pk__in={row.category_id for row in rows}).values_list(
                "pk", "name"
            )
        )
        self.incidents = dict(
            Incident.objects.filter(pk__in={row.incident_id for row in rows} - {None}).values_list(
                "pk", "title"
            )
        )

    def who(self, row: Any) -> str:
        """Return who made the change, as far as the request of the web server tells."""
        return self.people.get(_user_of(row), "")

    def word(self, field: str, value: Any) -> Any:
        """Return a column's value for people."""
        match field:
            case "status":
                return Status(value).label
            case "outcome":
                return Outcome(value).label if value else ""
            case "category_id":
                return self.matters.get(value, value)
            case "assigned_to_id":
                return self.people.get(value, "")
            case "incident_id":
                return self.incidents.get(value, "")
            case "public":
                return _("yes") if value else _("no")
        return value


def _user_of(row: Any) -> int | None:
    context = row.pgh_context
    user = (context.metadata or {}).get("user") if context else None
    return user if isinstance(user, int) else None
