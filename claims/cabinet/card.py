"""One claim as the organisation that answers it sees it: paper, bill, evidence, and the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import uploads
from accounts.actors import Executor
from accounts.middleware import ActorRequest
from claims import lifecycle, steps
from claims.models import Claim
from claims.of_request.forms import StepForm
from claims.of_request.views import bill_of, paper_of, shown_claim
from claims.steps import Step
from requests_app.cabinet.doors import executor_of
from requests_app.models import Act
from requests_app.steps import Role
from requests_app.tracking.views import private


def _claim(http: ActorRequest, number: str, place: int) -> tuple[Claim, Executor]:
    """Return the claim and who asks; raise Http404 when it is not to their organisation."""
    actor = executor_of(http)
    rows = (
        Claim.objects.visible_to(actor)
        .with_flags()
        .select_related("request__building", "of_incident__incident")
    )
    return get_object_or_404(rows, number=f"{number}/{place}"), actor


@never_cache
@login_required
@require_safe
def card(http: ActorRequest, number: str, place: int) -> HttpResponse:
    """Show what is demanded, by which figures and evidence, and what may be answered."""
    item, actor = _claim(http, number, place)
    return _page(http, item, [_form(one) for one in lifecycle.steps_open_to(item, actor)])


def _form(step: Step) -> tuple[Step, StepForm]:
    return step, StepForm(step=step, today=timezone.localdate())


def _page(
    http: ActorRequest, item: Claim, forms: list[tuple[Step, StepForm]], *, status: int = 200
) -> HttpResponse:
    number, place = item.number.split("/")
    values = {
        **shown_claim(item, forms, address=reverse("claims_cabinet:card", args=[number, place])),
        "back": reverse("claims_cabinet:list"),
        "back_word": _("All claims"),
        "evidence": list(_evidence(item, http.actor)),
        "flat": item.request.flat,
    }
    return private(render(http, "claims/cabinet/card.html", values, status=status))


def _evidence(item: Claim, actor: Any) -> list[dict[str, str]]:
    """Return what proves the hours: incident, acts, and the request where it is theirs too."""
    found = []
    tied = getattr(item, "of_incident", None)
    if tied is not None:
        found.append(
            {
                "href": reverse("outages:outage", args=[tied.incident_id]),
                "word": tied.incident.title,
                "more": _period(tied.incident),
            }
        )
    for signed_on, signer in Act.objects.filter(request=item.request_id).values_list(
        "signed_on", "signer"
    ):
        words = _("Act of %(day)s, signed by %(signer)s.")
        day = date_format(signed_on, "j E Y")
        found.append({"href": "", "word": words % {"day": day, "signer": signer}, "more": ""})
    if item.request.executor_inn in actor.inns:
        found.append(
            {
                "href": reverse("requests_cabinet:card", args=[item.request.number]),
                "word": _("Request %(number)s") % {"number": item.request.number},
                "more": _("its timeline, photos and acts"),
            }
        )
    return found


def _period(incident: Any) -> str:
    start = date_format(timezone.localtime(incident.started_at), "j E, H:i")
    if incident.ended_at is None:
        return start
    return f"{start} – {date_format(timezone.localtime(incident.ended_at), 'j E, H:i')}"


@login_required
@require_POST
def do(http: ActorRequest, number: str, place: int, target: str) -> HttpResponse:
    """Answer: grant, grant a part or refuse, by the table of steps."""
    item, actor = _claim(http, number, place)
    chosen = steps.find(item.status, target, Role.EXECUTOR)
    if chosen is None:
        messages.error(http, _("The claim does not stand where this can be done."))
        return private(redirect("claims_cabinet:card", number, place))
    form = StepForm(http.POST, step=chosen, today=timezone.localdate())
    if form.is_valid():
        try:
            lifecycle.move(item, target, by=actor, at=now(), details=form.details())
        except lifecycle.NotFound:
            raise Http404 from None
        except lifecycle.Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(http, _("The answer is given; the resident gets a letter."))
            return private(redirect("claims_cabinet:card", number, place))
    forms = [
        (chosen, form) if one.name == chosen.name else _form(one)
        for one in lifecycle.steps_open_to(item, actor)
    ]
    return _page(http, item, forms, status=422)


@never_cache
@login_required
@require_safe
def letter(http: ActorRequest, number: str, place: int) -> HttpResponse:
    """Give the application or the pre-trial claim as PDF."""
    return private(paper_of(_claim(http, number, place)[0]))


@login_required
@require_safe
def bill(http: ActorRequest, number: str, place: int, upload_id: UUID) -> FileResponse:
    """Serve the photo of the bill."""
    return uploads.serve(bill_of(_claim(http, number, place)[0], upload_id))


@login_required
@require_safe
def bill_small(http: ActorRequest, number: str, place: int, upload_id: UUID) -> FileResponse:
    """Serve the small picture of the bill."""
    return uploads.serve_thumbnail(bill_of(_claim(http, number, place)[0], upload_id))
