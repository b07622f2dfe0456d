"""Pages of the programme: what is coming, what was, one seminar, signing up, one's own sign-up."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import calendars, idempotency, uploads
from accounts.actors import Resident
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from outreach import senders
from outreach.models import (
    Certificate,
    Feedback,
    Material,
    Seminar,
    SeminarState,
    SignUp,
    SignUpState,
    Topic,
)
from outreach.seminars import calendar, certificates, codes, figures, finishing, letters, signing_up
from outreach.seminars.forms import JudgeForm, NameForm, PersonForm
from requests_app.limits import too_many

_ID_MAX = 2**31 - 1
SHOWN = 50
NEXT = 3


@require_safe
def index(http: ActorRequest) -> HttpResponse:
    """Show what is coming, or what was, by topic and district."""
    at = now()
    topic, district = http.GET.get("topic", ""), http.GET.get("district", "")
    chosen = {
        "topic": topic if topic in Topic.values else "",
        "district": district if district in settings.CITY.districts else "",
    }
    is_past = http.GET.get("show") == "past"
    rows = Seminar.objects.visible_to(http.actor).exclude(state=SeminarState.DRAFT)
    rows = rows.with_times().filter(**{name: value for name, value in chosen.items() if value})
    if is_past:
        rows = rows.past(at).annotate(
            files=Count("materials", distinct=True),
            recordings=Count("meetings", filter=~Q(meetings__recording=""), distinct=True),
        )
    else:
        rows = rows.with_seats().upcoming(at)
    before = http.GET.get("before", "")
    if is_past and before.isascii() and before.isdecimal() and len(before) <= 10:
        rows = rows.begun_before(_moment(int(before)))
    seminars = list(rows[: SHOWN + 1])
    more = seminars[SHOWN - 1] if len(seminars) > SHOWN else None
    values = {
        "seminars": [_card(seminar, at=at) for seminar in seminars[:SHOWN]],
        "older": int(more.starts_at.timestamp()) if more and is_past else None,  # type: ignore[attr-defined]
        "is_past": is_past,
        "topics": Topic.choices,
        "districts": settings.CITY.districts,
        **chosen,
        "is_filtered": any(chosen.values()),
    }
    return render(http, "outreach/seminars/index.html", values)


@require_safe
def seminar(http: ActorRequest, pk: int) -> HttpResponse:
    """Show one seminar: when, where, who speaks, seats, files."""
    at = now()
    found = _seminar(http, pk)
    values = {
        **_card(found, at=at),
        "times": [(one, letters.when(one)) for one in found.meetings.all()],
        "materials": found.materials.select_related("upload"),
        "mark": figures.mark_of(found),
        "is_open": signing_up.is_open(found, at=at),
    }
    return render(http, "outreach/seminars/seminar.html", values)


@require_safe
def material(http: ActorRequest, pk: int, number: int) -> HttpResponseBase:
    """Hand out a file of a seminar everybody may read."""
    found = _seminar(http, pk)
    rows = Material.objects.select_related("upload").filter(seminar=found)
    return uploads.serve(
        get_object_or_404(rows, pk=min(number, _ID_MAX)).upload, as_attachment=True
    )


@require_safe
def seminar_calendar(http: ActorRequest, pk: int) -> HttpResponse:
    """Return the meetings as a calendar file."""
    found = _seminar(http, pk)
    return calendar_answer(
        calendars.calendar_file(calendar.events_of(found), name=found.title), f"seminar-{found.pk}"
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(http: ActorRequest, pk: int) -> HttpResponse:
    """Ask who comes; a POST gives a seat, or a place in the waiting list."""
    at = now()
    found = _seminar(http, pk)
    user = http.user if http.user.is_authenticated else None
    form = PersonForm(http.POST) if http.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            signing_up.count_sign_up(address=client_address(http), at=at)
            made = signing_up.sign_up(
                found.pk,
                form.person(),
                user_id=http.actor.id if isinstance(http.actor, Resident) else None,
                at=at,
                may_wait=http.POST.get("wait") == "yes",
                idempotency_key=form.cleaned_data["key"],
            )
        except senders.TooMany as many:
            return too_many(http, str(many), many.retry_after_seconds)
        except senders.Invalid as invalid:
            form.blame(invalid.errors)
        except (signing_up.Closed, signing_up.Full, signing_up.Already) as refused:
            form.add_error(None, str(refused))
        except idempotency.KeyReused:
            form.add_error(None, _("This form was sent before."))
        else:
            is_seated = made.state == SignUpState.SEATED
            messages.success(
                http, _("The seat is yours.") if is_seated else _("You are on the waiting list.")
            )
            return redirect(letters.own_path(made))
    initial = {"key": uuid.uuid4().hex}
    if isinstance(http.actor, Resident) and user is not None:
        initial |= {"name": user.name, "email": user.email, "phone": user.phone}
    fresh = _seminar(http, pk)
    values = {
        **_card(fresh, at=at),
        "times": [letters.when(one) for one in fresh.meetings.all()],
        "form": form or PersonForm(initial=initial),
        "is_open": signing_up.is_open(fresh, at=at),
        "others": _others(fresh, at=at),
    }
    return private(
        render(http, "outreach/seminars/join.html", values, status=200 if form is None else 422)
    )


@never_cache
@require_safe
def sign_up(http: ActorRequest, token: str) -> HttpResponse:
    """Show a sign-up to whoever has its link: the pass, the place, what may be changed."""
    return _own_page(http, token)


def _own_page(
    http: ActorRequest,
    token: str,
    *,
    name_form: NameForm | None = None,
    judge_form: JudgeForm | None = None,
) -> HttpResponse:
    found, at = _own(token), now()
    about = found.seminar
    meetings = list(about.meetings.all())
    is_seated = found.state == SignUpState.SEATED
    over = bool(meetings) and meetings[-1].ends_at <= at
    paper = Certificate.objects.filter(sign_up=found).first()
    said = Feedback.objects.filter(sign_up=found).first()
    may_judge = finishing.may_judge(found)
    judged = {"mark": str(said.mark), "text": said.text} if said else None
    values = {
        "sign_up": found,
        "seminar": about,
        "times": [(one, letters.when(one)) for one in meetings],
        "token": token,
        "is_seated": is_seated,
        "is_over": over,
        "is_alive": found.state in {"seated", "offered", "waiting"} and not over,
        "offer_holds": found.state == SignUpState.OFFERED
        and found.offered_until is not None
        and found.offered_until > at,
        "code_picture": codes.svg(codes.check_in_address(found)) if is_seated else "",
        "came": found.attendances.count(),
        "certificate": paper,
        "holder": certificates.holder_key(paper) if paper else "",
        "name_form": name_form
        or NameForm(initial={"name": found.name, "district": found.district}),
        "judge_form": (judge_form or JudgeForm(initial=judged)) if may_judge else None,
        "materials": about.materials.select_related("upload"),
        "said": said,
    }
    status = 422 if name_form or judge_form else 200
    return private(render(http, "outreach/seminars/sign_up.html", values, status=status))


@require_POST
def change(http: ActorRequest, token: str) -> HttpResponse:
    """Confirm an offered seat, change the name, judge, or give the seat up."""
    found, at = _own(token), now()
    match http.POST.get("do"):
        case "confirm":
            if signing_up.confirm(found, at=at):
                messages.success(http, _("The seat is yours."))
            else:
                messages.error(http, _("The offer has run out."))
        case "cancel":
            if signing_up.cancel(found, at=at):
                messages.success(http, _("You gave the seat up."))
        case "change":
            form = NameForm(http.POST)
            form.is_valid()
            try:
                person = signing_up.Person(
                    name=form.cleaned_data.get("name", ""),
                    district=form.cleaned_data.get("district", ""),
                )
                signing_up.change(found, person, at=at)
            except senders.Invalid as invalid:
                form.add_error("name", invalid.errors.get("name", str(invalid)))
                return _own_page(http, token, name_form=form)
            messages.success(http, _("Changed."))
        case "judge":
            judged = JudgeForm(http.POST)
            judged.is_valid()
            try:
                finishing.judge(
                    found,
                    mark=http.POST.get("mark", ""),
                    text=http.POST.get("text", ""),
                    at=at,
                )
            except senders.Invalid as invalid:
                judged.errors.clear()
                for name, words in invalid.errors.items():
                    judged.add_error(name, words)
                return _own_page(http, token, judge_form=judged)
            messages.success(http, _("Thank you: we read every answer."))
    return redirect("outreach:sign_up", token)


@never_cache
@require_safe
def sign_up_calendar(http: ActorRequest, token: str) -> HttpResponse:
    """Return one's own meetings as a calendar file, with the link of the call."""
    found = _own(token)
    mine = found if found.state == SignUpState.SEATED else None
    events = calendar.events_of(found.seminar, sign_up=mine)
    return private(
        calendar_answer(
            calendars.calendar_file(events, name=found.seminar.title),
            f"seminar-{found.seminar_id}",
        )
    )


@require_safe
def taught(http: ActorRequest) -> HttpResponse:
    """Show who was taught, by year and district; small groups are folded together."""
    rows = figures.years(at=now(), zone=calendar.zone())
    return render(http, "outreach/seminars/figures.html", {"years": rows, "few": figures.FEWEST})


def calendar_answer(data: bytes, name: str) -> HttpResponse:
    """Return a calendar file as a download."""
    answer = HttpResponse(data, content_type=calendars.MEDIA_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer


def private(answer: HttpResponse) -> HttpResponse:
    """Keep the page's address, which lets its holder in, from other sites."""
    # Not "no-referrer": browsers then send `Origin: null` with the page's own forms.
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _card(seminar: Seminar, *, at: Any) -> dict[str, Any]:
    """Return what cards and pages show of a seminar."""
    has_seats = hasattr(seminar, "taken")
    return {
        "seminar": seminar,
        "free": signing_up.free_seats(seminar) if has_seats else 0,
        "is_cancelled": seminar.state == SeminarState.CANCELLED,
        "is_open": has_seats and signing_up.is_open(seminar, at=at),
        "is_over": seminar.ends_at is not None and seminar.ends_at <= at,  # type: ignore[attr-defined]
    }


def _others(seminar: Seminar, *, at: Any) -> list[Seminar]:
    """Return the next seminars with a free seat, those of the same topic first."""
    rows = Seminar.objects.with_times().with_seats().upcoming(at)
    rows = rows.filter(state=SeminarState.OPEN, closes_at__gt=at).exclude(pk=seminar.pk)
    free = [row for row in rows[:SHOWN] if signing_up.free_seats(row)]
    return sorted(free, key=lambda row: row.topic != seminar.topic)[:NEXT]


def _seminar(http: ActorRequest, pk: int) -> Seminar:
    rows = Seminar.objects.visible_to(http.actor).with_times().with_seats()
    return get_object_or_404(rows.select_related("house"), pk=min(pk, _ID_MAX))


def _own(token: str) -> SignUp:
    found = signing_up.find(letters.uid_in(token))
    if found is None:
        raise Http404
    return found


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=timezone.get_current_timezone())
