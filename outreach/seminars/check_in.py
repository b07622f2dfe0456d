"""
The door: the list of a meeting on a phone, which goes on working without a signal.

Without scripts each name is a button of a form. With them the page keeps what was pressed in the
browser and sends it, once, when the signal is back; see static/js/check-in.js.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Operator
from accounts.middleware import ActorRequest
from outreach import senders
from outreach.models import Attendance, Meeting, Seminar, SeminarState, SignUp
from outreach.seminars import attendance, finishing, letters
from outreach.seminars.attendance import Mark
from outreach.seminars.forms import WalkInForm
from outreach.seminars.signing_up import Person

PERMISSION = "outreach.change_signup"
_ID_MAX = 2**31 - 1
# Nobody presses more names than a room holds; what is more is no phone of ours.
MOST = 2_500


def at_the_door(view: Any) -> Any:
    """Let the view be seen by staff who work with sign-ups; to others it is not there."""

    @wraps(view)
    def guarded(http: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not http.user.is_authenticated:
            return redirect_to_login(http.get_full_path())
        if not (isinstance(http.actor, Operator) and http.user.has_perm(PERMISSION)):
            raise Http404
        answer: HttpResponseBase = view(http, *args, **kwargs)
        return answer

    return guarded


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_the_door
def check_in(http: ActorRequest, pk: int) -> HttpResponse:
    """Show the list of a meeting; a POST marks a name or a code, adds a walk-in, or finishes."""
    found = _seminar(pk)
    meetings = list(found.meetings.all())
    if not meetings:
        raise Http404
    at = now()
    meeting = _meeting(http, meetings, at=at)
    form = None
    if http.method == "POST":
        form = _do(http, found, meeting, at=at)
        if form is None:
            here = reverse("outreach:check_in", args=[found.pk])
            return redirect(f"{here}?meeting={meeting.pk}")
    rows = list(people(meeting))
    values = {
        "seminar": found,
        "meeting": meeting,
        "when": letters.when(meeting),
        "meetings": [(one, letters.when(one)) for one in meetings],
        "rows": rows,
        "here": sum(row.is_here for row in rows),
        "code": http.GET.get("code", "")[:8],
        "form": form or WalkInForm(initial={"key": uuid.uuid4()}),
        "may_finish": found.finished_at is None and meetings[-1].starts_at <= at,
    }
    status = 200 if form is None else 422
    return render(http, "outreach/seminars/check_in.html", values, status=status)


@never_cache
@require_POST
@at_the_door
def marks(http: ActorRequest, pk: int) -> HttpResponse:
    """
    Take in what a phone kept without a signal; JSON in and out.

    `{"meeting", "marks": [{"uid", "here", "at"}], "walk_ins": [{"key", "name", "email", "at"}]}`
    → `{"settled": [uid or key…]}`: those the phone may forget.
    """
    try:
        said = json.loads(http.body)
        meeting = get_object_or_404(
            Meeting, pk=min(int(said["meeting"]), _ID_MAX), seminar=_seminar(pk)
        )
        at = now()
        kept = [
            Mark(uid=str(one["uid"]), is_here=one["here"] is True, at=_moment(one["at"], at))
            for one in said.get("marks", [])
        ]
        walked = [
            (
                uuid.UUID(str(one["key"])),
                Person(name=str(one["name"]), email=str(one.get("email", "")), consent=True),
                _moment(one["at"], at),
            )
            for one in said.get("walk_ins", [])
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return JsonResponse({"code": "invalid"}, status=400)
    if len(kept) + len(walked) > MOST:
        return JsonResponse({"code": "too_many"}, status=400)
    by = _operator(http)
    settled = attendance.mark(meeting, kept, by=by, at=at)
    for key, person, came_at in walked:
        try:
            attendance.walk_in(meeting, person, key=str(key), by=by, at=at, came_at=came_at)
        except senders.Invalid:
            # A wrong address must not keep a person out of the list.
            nameless = Person(name=person.name or "—", consent=True)
            attendance.walk_in(meeting, nameless, key=str(key), by=by, at=at, came_at=came_at)
        settled.append(str(key))
    return JsonResponse({"settled": settled})


@never_cache
@require_safe
@at_the_door
def attendance_sheet(http: ActorRequest, pk: int) -> HttpResponse:
    """Show the list to print: names with a place to sign for each meeting."""
    found = _seminar(pk)
    rows = list(_signed_up(found))
    values = {
        "seminar": found,
        "meetings": [(one, letters.when(one)) for one in found.meetings.all()],
        "rows": rows,
        "spare": range(5),
    }
    return render(http, "outreach/seminars/sheet.html", values)


def people(meeting: Meeting) -> Any:
    """Return who has a seat or walked in, by name, each with `is_here`; one query."""
    came = Attendance.objects.filter(meeting=meeting, sign_up=OuterRef("pk"))
    return _signed_up(meeting.seminar).annotate(is_here=Exists(came))


def _signed_up(seminar: Seminar) -> Any:
    rows = SignUp.objects.filter(seminar=seminar, erased_at=None)
    return rows.filter(state="seated").order_by("name", "pk")


def _do(
    http: ActorRequest, seminar: Seminar, meeting: Meeting, *, at: datetime
) -> WalkInForm | None:
    """Do what was pressed; return a form with what is wrong, None when done."""
    by = _operator(http)
    match http.POST.get("do"):
        case "mark":
            is_here = http.POST.get("here") != "no"
            uid = http.POST.get("sign_up", "")
            attendance.mark(meeting, [Mark(uid=uid, is_here=is_here, at=at)], by=by, at=at)
        case "code":
            code = "".join(http.POST.get("code", "").upper().split())
            row = SignUp.objects.filter(seminar=seminar, code=code, state="seated").first()
            if row is None:
                messages.error(http, _("There is no such code at this seminar."))
            else:
                attendance.mark(
                    meeting, [Mark(uid=str(row.uid), is_here=True, at=at)], by=by, at=at
                )
                messages.success(http, _("%(name)s is here.") % {"name": row.name})
        case "walk_in":
            form = WalkInForm(http.POST)
            if not form.is_valid():
                return form
            said = form.cleaned_data
            person = Person(name=said["name"], email=said["email"], consent=said["consent"])
            try:
                attendance.walk_in(meeting, person, key=str(said["key"]), by=by, at=at, came_at=at)
            except senders.Invalid as invalid:
                for name, words in invalid.errors.items():
                    form.add_error(name if name in form.fields else None, words)
                return form
            messages.success(http, _("%(name)s is here.") % {"name": said["name"]})
        case "finish":
            if finishing.finish(seminar, at=at):
                messages.success(http, _("The seminar is finished; certificates are on their way."))
    return None


def _operator(http: HttpRequest) -> Operator:
    actor = http.actor  # type: ignore[attr-defined]
    assert isinstance(actor._wrapped if hasattr(actor, "_wrapped") else actor, Operator)
    operator: Operator = actor
    return operator


def _seminar(pk: int) -> Seminar:
    return get_object_or_404(Seminar.objects.filter(state=SeminarState.OPEN), pk=min(pk, _ID_MAX))


def _meeting(http: HttpRequest, meetings: list[Meeting], *, at: datetime) -> Meeting:
    """Return the meeting asked for, else the one nearest to now."""
    asked = http.GET.get("meeting", "")
    for one in meetings:
        if str(one.pk) == asked:
            return one
    return min(meetings, key=lambda one: abs(one.starts_at - at))


def _moment(text: Any, at: datetime) -> datetime:
    found = parse_datetime(str(text))
    if found is None or timezone.is_naive(found):
        return at
    return found
