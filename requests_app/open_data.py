"""The room's tables among the files of open data; see settings.OPEN_DATA_TABLES."""

from __future__ import annotations

from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat, Lower, TruncDate, Upper
from django.utils.translation import gettext_lazy as _

from disclosure.open_data.tables import Column, OpenTable, of
from requests_app.models import Category, Incident, IncidentBuilding, Norm, Request
from requests_app.places import FLATS_TO_NAME_A_HOUSE

# As `places.names_nobody` and `places.public_place` have it.
_IS_LARGE = {"building__flats__gte": FLATS_TO_NAME_A_HOUSE}
_STREET = Case(
    When(building__street__settlement="", then=F("building__street__name")),
    default=Concat("building__street__settlement", Value(", "), "building__street__name"),
)
_REQUESTS = Request.objects.public().annotate(
    public_house=Case(When(**_IS_LARGE, then=F("building_id"))),
    place=Case(When(**_IS_LARGE, then=F("building__address")), default=_STREET),
    # Days, as on the public list: the minute of a filing may be known to a neighbour.
    **{f"{name}_on": TruncDate(f"{name}_at") for name in ("registered", "due", "done", "closed")},
)

TABLES: tuple[OpenTable, ...] = (
    OpenTable(
        "requests",
        _("Public requests"),
        _(
            "Requests whose residents agreed to show them: matter, place, who answers, days. "
            "No text, flat, photo or person; a house with few flats is told by its street."
        ),
        ("id",),
        (
            Column("id", "integer", _("number of the row, not of the request"), required=True),
            Column("category", "string", _("matter, by its code"), required=True),
            Column("house_id", "integer", _("house; empty where it would name its dwellers")),
            Column("place", "string", _("address or street"), required=True),
            Column("district", "string", _("district")),
            Column("status", "string", _("status"), required=True),
            Column("outcome", "string", _("how it ended")),
            Column("emergency", "boolean", _("emergency"), required=True),
            Column("executor_inn", "string", _("executor's ИНН")),
            Column("executor", "string", _("executor")),
            Column("registered_on", "date", _("registered"), required=True),
            Column("due_on", "date", _("promised by"), required=True),
            Column("done_on", "date", _("act presented")),
            Column("closed_on", "date", _("closed")),
            Column("reopened", "integer", _("times reopened"), required=True),
            Column("incident_id", "integer", _("incident it hangs on")),
        ),
        of(
            _REQUESTS.order_by("pk"),
            *("id", "category__slug", "public_house", "place", "building__district", "status"),
            *("outcome", "is_emergency", "executor_inn", "executor_name", "registered_on"),
            *("due_on", "done_on", "closed_on", "reopened_count", "incident_id"),
        ),
        formats=("csv", "jsonl"),
    ),
    OpenTable(
        "incidents",
        _("Incidents and planned outages"),
        _("Faults and planned outages with their causes, times and who mends them."),
        ("id",),
        (
            Column("id", "integer", _("number of the incident"), required=True),
            Column("kind", "string", _("fault or planned"), required=True),
            Column("utility", "string", _("utility")),
            Column("category", "string", _("matter, by its code"), required=True),
            Column("title", "string", _("what happened"), required=True),
            Column("text", "string", _("what is being done")),
            Column("cause", "string", _("cause")),
            Column("executor_inn", "string", _("executor's ИНН")),
            Column("executor", "string", _("executor")),
            Column("started_at", "dateTime", _("started"), required=True),
            Column("expected_end_at", "dateTime", _("expected to end")),
            Column("ended_at", "dateTime", _("ended")),
            Column("ending", "string", _("how it ended")),
            Column("reason", "string", _("reason")),
            Column("act_on", "date", _("act signed on")),
        ),
        of(
            Incident.objects.order_by("pk"),
            *("id", "kind", "utility", "category__slug", "title", "text", "cause"),
            *("executor_inn", "executor_name", "started_at", "expected_end_at", "ended_at"),
            *("ending", "ending_reason", "act_signed_on"),
        ),
    ),
    OpenTable(
        "incident_houses",
        _("Houses of incidents"),
        _("Which houses each incident touches."),
        ("id",),
        (
            Column("id", "integer", _("number of the row"), required=True),
            Column("incident_id", "integer", _("incident"), required=True),
            Column("house_id", "integer", _("house"), required=True),
        ),
        of(IncidentBuilding.objects.order_by("pk"), "id", "incident_id", "building_id"),
        formats=("csv", "jsonl"),
    ),
    OpenTable(
        "categories",
        _("Matters of requests"),
        _("The tree of matters; only leaves take requests."),
        ("slug",),
        (
            Column("slug", "string", _("code"), required=True),
            Column("parent", "string", _("code of its top")),
            Column("name", "string", _("name"), required=True),
            Column("hint", "string", _("hint")),
            Column("emergency", "boolean", _("emergency"), required=True),
            Column("stop_kind", "string", _("why filing stops")),
            Column("stop_message", "string", _("message before filing")),
            Column("is_open", "boolean", _("takes requests"), required=True),
        ),
        of(
            Category.objects.order_by("pk"),
            *("slug", "parent__slug", "name", "hint", "emergency", "stop_kind"),
            *("stop_message", "is_open"),
        ),
    ),
    OpenTable(
        "norms",
        _("Norms"),
        _("Who answers for a matter and by when; the last day is not a part of the period."),
        ("id",),
        (
            Column("id", "integer", _("number of the norm"), required=True),
            Column("category", "string", _("matter, by its code"), required=True),
            Column("since", "date", _("from this day")),
            Column("until", "date", _("until this day")),
            Column("answers", "string", _("who answers"), required=True),
            Column("second_answers", "string", _("who else may answer")),
            Column("utility", "string", _("utility")),
            Column("react_amount", "integer", _("react within")),
            Column("react_unit", "string", _("unit")),
            Column("inspect_amount", "integer", _("inspect within")),
            Column("inspect_unit", "string", _("unit")),
            Column("fix_amount", "integer", _("fix within")),
            Column("fix_unit", "string", _("unit")),
            Column("answer_amount", "integer", _("answer within")),
            Column("answer_unit", "string", _("unit")),
            Column("clause", "string", _("clause"), required=True),
            Column("text", "string", _("what it says, in plain words"), required=True),
            Column("source", "string", _("source")),
            Column("confidence", "string", _("confidence"), required=True),
        ),
        of(
            Norm.objects.order_by("pk").annotate(since=Lower("in_force"), until=Upper("in_force")),
            *("id", "category__slug", "since", "until", "answers", "second_answers", "utility"),
            *("react_amount", "react_unit", "inspect_amount", "inspect_unit"),
            *("fix_amount", "fix_unit", "answer_amount", "answer_unit"),
            *("clause", "text", "source", "confidence"),
        ),
    ),
)
