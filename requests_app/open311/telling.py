"""
News that others bring: fronts pass their reporters' words on, executors' systems move the work.

Every step is one of `requests_app.steps`, asked for by the holder of the key; what the table
forbids is refused as anywhere else.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.actors import Actor
from requests_app import lifecycle, steps
from requests_app.models import Request, RequestEvent
from requests_app.open311 import attributes, keys, photos, remote_photos, windows
from requests_app.open311.errors import Wrong, bad
from requests_app.open311.formats import Answer
from requests_app.statuses import OPEN, Outcome, Status
from requests_app.steps import Role

# Words that bring no step with them.
_ONLY_WORDS = frozenset({"unchanged", "for_triage", "internal_referral"})
_TAKEN_ON = frozenset({"investigating", "planned", "action_scheduled"})
_ENDS = {
    "duplicate": Outcome.DUPLICATE,
    "not_councils_responsibility": Outcome.REFUSED,
    "no_further_action": Outcome.NOT_CONFIRMED,
}
_DONE = frozenset({"fixed", "closed"})
STATUSES = frozenset(
    {*_ONLY_WORDS, *_TAKEN_ON, *_ENDS, *_DONE, "open", "reopen", "in_progress", "cancelled"}
)
# What a step must bring, where the standard has no field for it.
_ATTRIBUTES = ("act_signer", "act_signed_on", "clause", "duplicate_of")
_REQUIRED = ("service_request_id", "update_id", "status", "updated_datetime", "description")
_ID_MAX = 200


def tell(http: HttpRequest) -> Answer:
    """Take one update in and answer its id here; the same `update_id` again changes nothing."""
    at = timezone.now()
    photos.refuse_too_large(http)
    holder = keys.who_tells(http, at=at)
    form = http.POST
    missing = [name for name in _REQUIRED if not form.get(name, "").strip()]
    if missing:
        raise Wrong(400, *(f"{name}: {_('This is needed.')}" for name in missing))
    word = form["status"].strip().lower()
    if word not in STATUSES:
        raise bad("status", _("There is no such status."))
    if len(form["update_id"]) > _ID_MAX:
        raise bad("update_id", _("This is too long."))
    try:
        windows.moment(form["updated_datetime"])
    except ValueError:
        raise bad("updated_datetime", _("Write the moment as 2026-11-24T06:02:19+03:00.")) from None
    links = remote_photos.links(form)
    item = _found(form["service_request_id"], holder.actor)
    known = {
        "scope": f"open311-update:{holder.user.pk}:{item.pk}",
        "key": form["update_id"].strip(),
        "fingerprint": "",
    }
    done = idempotency.earlier(**known)
    if done is None:
        uploads = tuple(photos.taken(http, by=holder.actor, at=at))
        try:
            with transaction.atomic():
                claimed = idempotency.claim(**known, at=at)
                if isinstance(claimed, idempotency.Replay):
                    done = claimed
                else:
                    _move(item, word, form, holder.actor, uploads, at=at)
                    done = idempotency.Replay({"update": _last_line(item)})
                    if links:
                        remote_photos.note(item, links, at=at)
                    claimed.remember(done.result)
        except lifecycle.NotFound:
            raise _unknown() from None
        except lifecycle.Refused as refused:
            raise bad(_field(refused.field), refused.message) from None
    return Answer("service_request_updates", [{"update_id": str(done.result["update"])}])


def _last_line(item: Request) -> int:
    newest = RequestEvent.objects.filter(request=item).order_by("-id")
    return newest.values_list("pk", flat=True)[0]


def _found(number: str, actor: Actor) -> Request:
    number = number.replace("\x00", "").strip()
    for item in Request.objects.visible_to(actor).filter(number=number)[:1]:
        return item
    raise _unknown()


def _unknown() -> Wrong:
    return Wrong(404, "service_request_id: " + _("There is no such request."))


def _field(name: str) -> str:
    fields = {
        "act.signer": "attribute[act_signer]",
        "act.signed_on": "attribute[act_signed_on]",
        "clause": "attribute[clause]",
        "duplicate_of": "attribute[duplicate_of]",
        "text": "description",
        "uploads": "media",
        "act.upload": "media",
    }
    return fields.get(name, "status")


def _move(
    item: Request,
    word: str,
    form: QueryDict,
    by: Actor,
    uploads: tuple[UUID, ...],
    *,
    at: datetime,
) -> None:
    """Make the steps that the word means, the last with the words; only the words if none."""
    text = form.get("description", "")
    way = _way(Status(item.status), word, lifecycle.role_of(by))
    if not way:
        lifecycle.comment(item, by=by, at=at, text=text, uploads=uploads)
        return
    for target in way[:-1]:
        item = lifecycle.move(item, target, by=by, at=at)
    details = _details(word, form, way[-1], text, uploads)
    lifecycle.move(item, way[-1], by=by, at=at, details=details)


def _way(status: Status, word: str, role: Role | None) -> list[Status]:
    """Return the statuses to go through for `word`; none where it says nothing new."""
    if word in _ENDS:
        return [Status.CLOSED]
    if word in {"open", "reopen"}:
        return [Status.REOPENED] if status in {Status.DONE, Status.CLOSED} else []
    if role is Role.RESIDENT:
        # A resident ends what is theirs: by the act they confirm, or by taking it back.
        if word in _DONE:
            return [Status.CLOSED] if status == Status.DONE else []
        return [Status.CLOSED] if word == "cancelled" and status in OPEN else []
    if word == "cancelled":
        return [Status.CLOSED]
    if word in _TAKEN_ON:
        taken = steps.find(status, Status.ACCEPTED, role) if role else None
        return [Status.ACCEPTED] if taken else []
    if word == "in_progress":
        return [] if status == Status.IN_PROGRESS else _to_work(status, role)
    if word in _DONE:
        if status in {Status.DONE, Status.CLOSED}:
            return []
        before = [] if status == Status.IN_PROGRESS else _to_work(status, role)
        return [*before, Status.DONE]
    return []


def _to_work(status: Status, role: Role | None) -> list[Status]:
    direct = role and steps.find(status, Status.IN_PROGRESS, role)
    return [Status.IN_PROGRESS] if direct else [Status.ACCEPTED, Status.IN_PROGRESS]


def _details(
    word: str,
    form: QueryDict,
    target: Status,
    text: str,
    uploads: tuple[UUID, ...],
) -> lifecycle.Details:
    answers = attributes.given(form, _ATTRIBUTES)
    if target != Status.DONE:
        return lifecycle.Details(
            text=text,
            uploads=uploads,
            outcome=str(_ENDS.get(word, "")),
            clause=answers.get("clause", ""),
            duplicate_of=answers.get("duplicate_of", ""),
        )
    signed_on = timezone.localtime(windows.moment(form.get("updated_datetime", ""))).date()
    if "act_signed_on" in answers:
        read = _date(answers["act_signed_on"])
        if read is None:
            raise bad("attribute[act_signed_on]", _("Write the day as 2026-11-24."))
        signed_on = read
    act = lifecycle.ActDetails(
        signed_on=signed_on, signer=answers.get("act_signer", ""), after=uploads
    )
    return lifecycle.Details(text=text, act=act)


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
