"""What happened in a drill, read from the timeline into the values that `marks` judges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from contact_center.drill.marks import Played
from contact_center.drill.models import Drill, DrillCall
from requests_app.models import Author, Category, EventKind, Request, RequestEvent
from requests_app.statuses import Outcome

# What the caller learns of or what helps them; taking a request and notes among staff do not.
_REACTIONS = frozenset(
    {
        EventKind.STATUS,
        EventKind.COMMENT,
        EventKind.RECATEGORISED,
        EventKind.INCIDENT,
        EventKind.PLANNED,
        EventKind.REACTED,
        EventKind.VISIT,
        EventKind.INSPECTED,
        EventKind.ANSWERED,
    }
)
_FOR_CAUSE = frozenset({Outcome.REFUSED, Outcome.NOT_CONFIRMED})


def seen(drill: Drill, *, at: datetime) -> list[Played]:
    """
    Return every call that has come by `at`, or by the drill's end, in the order they came.

    Four queries, however many calls and events.
    """
    until = min(at, drill.stopped_at) if drill.stopped_at else at
    calls = [call for call in drill.calls.all() if call.filed_at and call.filed_at <= until]
    requests = {
        item.number: item
        for item in Request.objects.filter(number__in=[call.number for call in calls])
        .select_related("category")
        .without_texts()
    }
    events: dict[int, list[RequestEvent]] = defaultdict(list)
    for event in RequestEvent.objects.filter(
        request__in=[item.pk for item in requests.values()], at__lte=until
    ).order_by("at", "id"):
        events[event.request_id].append(event)
    urgent = dict(Category.objects.values_list("slug", "emergency"))
    keys = {call.number: call.key for call in calls}
    return [
        _played(drill, call, requests[call.number], events[requests[call.number].pk], keys, urgent)
        for call in calls
    ]


def is_answered(calls: Iterable[Played], code: str) -> bool:
    """Tell whether a call of this code, the first or a repeated one, has met a reaction."""
    mine = [call for call in calls if call.key.partition("/")[0] == code]
    return any(call.reacted_at is not None for call in mine)


def _played(
    drill: Drill,
    call: DrillCall,
    item: Request,
    events: list[RequestEvent],
    keys: dict[str, str],
    urgent: dict[str, bool],
) -> Played:
    script = call.script
    ours = [event for event in events if event.author == Author.OPERATOR and event.user_id]
    reactions = [event for event in ours if event.kind in _REACTIONS and event.public]
    ends = [event for event in ours if event.data.get("outcome")]
    joined = next((e for e in ends if e.data["outcome"] == Outcome.DUPLICATE), None)
    redirects = [event for event in ours if event.step == "redirect"]
    first, reaction = next(iter(ours), None), next(iter(reactions), None)
    assert call.filed_at is not None
    return Played(
        key=call.key,
        number=item.number,
        title=item.category.name,
        filed_at=drill.minute(call.filed_at),
        # A prank that cries fire is no emergency, and gas under a harmless name is one.
        is_emergency=urgent.get(script.right_matter, False) and not script.is_prank,
        limit=call.limit_minutes,
        clause=call.clause,
        right_matter=script.right_matter,
        matter=item.category.slug,
        fault=script.fault,
        same_as=_same_as(call),
        is_prank=script.is_prank,
        is_renamed=bool(script.really),
        taken_at=drill.minute(first.at) if first else None,
        taken_by=first.user_id if first else None,
        reacted_at=drill.minute(reaction.at) if reaction else None,
        reacted_by=reaction.user_id if reaction else None,
        incident=item.incident_id,
        joined_to=keys.get(joined.data.get("duplicate_of", ""), "") if joined else "",
        closed_for_cause=any(e.data["outcome"] in _FOR_CAUSE and e.text for e in ends),
        redirected_by=redirects[0].user_id if redirects else None,
    )


def _same_as(call: DrillCall) -> str:
    """The key of the call that told of the same before: a repeated one repeats the first."""
    if call.turn:
        return f"{call.code}/0"
    return f"{call.script.same_as}/0" if call.script.same_as else ""
