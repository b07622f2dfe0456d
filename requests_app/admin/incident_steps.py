"""
What follows on an incident at the desk: news, its end with the act, calling it off, merging.

Each goes through `incidents.news` and `incidents.ending`, which tell people; the page shows how
far that has come.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts import idempotency
from accounts.actors import Operator
from notifications.admin import background
from notifications.models import BackgroundWork, Deed, WorkState
from requests_app.admin import access
from requests_app.desk.forms import DATE, moment
from requests_app.incidents import ending, news
from requests_app.incidents.recording import REASON_MAX, TEXT_MAX
from requests_app.lifecycle import Refused
from requests_app.models import Incident, IncidentBuilding, IncidentJob, JobKind, Request
from requests_app.statuses import OPEN

CHANGE = "requests_app.change_incident"
NEWEST = 20


class StepForm(forms.Form):
    """One thing that may follow; `make` does it."""

    do = ""
    title: Promise
    hint: Promise
    # What undoes more than it does is no main button.
    is_main = True
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, *, incident: Incident) -> None:
        super().__init__(data, auto_id=f"{self.do}-%s", initial={"key": uuid.uuid4().hex})
        self.incident = incident

    @property
    def button(self) -> Promise:
        """What the button says."""
        return self.title

    @property
    def is_offered(self) -> bool:
        """Whether this may follow at all."""
        return True

    def make(self, pk: int, values: dict[str, Any], *, by: Operator, at: datetime) -> None:
        """Do it; raise Refused."""
        raise NotImplementedError

    @transaction.atomic
    def carry_out(self, pk: int, *, by: Operator, at: datetime) -> None:
        """Do it once, however often the form is sent; raise Refused or KeyReused."""
        values = {**self.cleaned_data}
        claimed = idempotency.claim(
            scope=f"incident:{self.do}:{pk}:{by.id}",
            key=values.pop("key"),
            fingerprint=idempotency.fingerprint_of(values),
            at=at,
        )
        if isinstance(claimed, idempotency.Fresh):
            self.make(pk, values, by=by, at=at)


def _words() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("What people read"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NewsForm(StepForm):
    """What is new, and by when it should end now."""

    do = "news"
    title = gettext_lazy("Tell news")
    hint = gettext_lazy("Everybody who waits for this incident gets a letter.")
    text = _words()
    expected_end_at = moment(gettext_lazy("Expected to end, if that changed"), required=False)

    def make(self, pk: int, values: dict[str, Any], *, by: Operator, at: datetime) -> None:
        """Add the line of news."""
        news.add_news(pk, **values, by=by, at=at)


class EndForm(StepForm):
    """The act that says it is over."""

    do = "end"
    title = gettext_lazy("It is over")
    hint = gettext_lazy(
        "Its requests are done together with this act; each resident is asked and may object."
    )
    signed_on = forms.DateField(label=gettext_lazy("Act signed on"), widget=DATE)
    signer = forms.CharField(label=gettext_lazy("Who signed the act"), max_length=200)
    text = _words()

    def make(self, pk: int, values: dict[str, Any], *, by: Operator, at: datetime) -> None:
        """End the incident."""
        ending.end(pk, **values, by=by, at=at)


class CancelForm(StepForm):
    """Why it is called off."""

    do = "cancel"
    is_main = False
    title = gettext_lazy("Call it off")
    hint = gettext_lazy("It was no incident, or the work will not be. Its requests go on alone.")
    reason = forms.CharField(
        label=gettext_lazy("Why (people read it)"),
        max_length=REASON_MAX,
    )

    def make(self, pk: int, values: dict[str, Any], *, by: Operator, at: datetime) -> None:
        """Call it off."""
        ending.cancel(pk, **values, by=by, at=at)


class MergeForm(StepForm):
    """The incident that this one turned out to be."""

    do = "merge"
    is_main = False
    title = gettext_lazy("It is the same as another")
    hint = gettext_lazy(
        "Its houses, open requests and followers go over to the other incident, and each person is "
        "told once. This cannot be undone."
    )
    into = forms.ChoiceField(label=gettext_lazy("The other incident"))
    reason = forms.CharField(
        label=gettext_lazy("Why (people read it)"),
        max_length=REASON_MAX,
    )

    def __init__(self, data: Any = None, *, incident: Incident) -> None:
        super().__init__(data, incident=incident)
        others = [(str(pk), words) for pk, words in _others(incident)]
        self.fields["into"].choices = [("", "—"), *others]  # type: ignore[attr-defined]
        self.others = len(others)

    @property
    def button(self) -> Promise:
        """What the button says."""
        return gettext_lazy("Merge them")

    @property
    def is_offered(self) -> bool:
        """Whether there is another one of this utility."""
        return self.others > 0

    def make(self, pk: int, values: dict[str, Any], *, by: Operator, at: datetime) -> None:
        """Let it go into the other one."""
        ending.merge(pk, into=int(values["into"]), reason=values["reason"], by=by, at=at)


def _others(incident: Incident) -> list[tuple[int, str]]:
    """Return incidents going on or planned that this may be, those with most houses of it first."""
    mine = IncidentBuilding.objects.filter(incident=incident).values("building_id")
    rows = (
        Incident.objects.filter(ended_at=None, utility=incident.utility)
        .exclude(pk=incident.pk)
        .annotate(
            houses=Count("incidentbuilding"),
            shared=Count("incidentbuilding", filter=Q(incidentbuilding__building__in=mine)),
        )
        .order_by("-shared", "-started_at")[:NEWEST]
    )
    return [
        (
            row.pk,
            f"{row.title}, {date_format(timezone.localtime(row.started_at), 'j E, H:i')}, "
            + ngettext("%(count)d house", "%(count)d houses", row.houses) % {"count": row.houses}
            + (", " + _("shared: %(count)d") % {"count": row.shared} if row.shared else ""),
        )
        for row in rows
    ]


def _work_of(incident: Incident) -> list[background.Shown]:
    """Return the incident's newest background work, with what stands in its way."""
    jobs = list(incident.jobs.order_by("-id")[:NEWEST])
    found = background.shown(jobs, name=_name, href=_hold)
    for job, row in zip(jobs, found, strict=True):
        if job.left_out:
            words = ngettext(
                "%(left)d request was left to a person",
                "%(left)d requests were left to a person",
                job.left_out,
            )
            row.notes.append(words % {"left": job.left_out})
        if job.state == WorkState.WAITING and any(
            earlier.pk < job.pk and earlier.state == WorkState.PAUSED for earlier in jobs
        ):
            row.notes.append(_("It waits for the earlier work that is paused."))
        if job.state == WorkState.CANCELLED and job.kind == JobKind.END:
            row.notes.append(_("Requests that it had not reached stay open: end them one by one."))
    return found


def _name(job: BackgroundWork) -> str:
    assert isinstance(job, IncidentJob), "an incident has no other work here"
    return job.get_kind_display()


def _hold(job: BackgroundWork, deed: Deed) -> str:
    assert isinstance(job, IncidentJob), "an incident has no other work here"
    return reverse("admin:requests_app_incident_job", args=[job.incident_id, job.pk, deed])


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(CHANGE)
def hold(http: HttpRequest, pk: int, job: int, deed: str) -> HttpResponse:
    """Ask, then hold, resume or cancel background work of the incident."""
    row = get_object_or_404(IncidentJob, pk=job, incident=pk)
    back = reverse("admin:requests_app_incident_next", args=[pk])
    return background.ask(http, row, deed, name=row.get_kind_display(), back=back)


_FORMS = (NewsForm, EndForm, MergeForm, CancelForm)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(CHANGE)
def show(http: HttpRequest, pk: int) -> HttpResponse:
    """Show what may follow; a POST does what its field `do` names."""
    incident = get_object_or_404(Incident, pk=pk)
    asked = http.POST.get("do", "")
    made = [form(http.POST if form.do == asked else None, incident=incident) for form in _FORMS]
    sent = next((form for form in made if form.is_bound), None)
    if sent is not None and sent.is_valid():
        try:
            sent.carry_out(pk, by=access.operator_of(http), at=timezone.now())
        except idempotency.KeyReused:
            sent.add_error(None, _("This form was sent before."))
        except Refused as refused:
            sent.add_error(refused.field if refused.field in sent.fields else None, refused.message)
        else:
            messages.success(http, _("Done. People are told in the background: see how far below."))
            return redirect("admin:requests_app_incident_next", pk)
    values = {
        **admin.site.each_context(http),
        "title": incident.title,
        "incident": incident,
        "forms": [] if incident.ended_at else [form for form in made if form.is_offered],
        "sent": sent,
        "waiting": Request.objects.filter(incident=incident, status__in=sorted(OPEN)).count(),
        "news": incident.updates.select_related("user").order_by("-at", "-id")[:NEWEST],
        "jobs": _work_of(incident),
    }
    return TemplateResponse(
        http,
        "admin/requests_app/incident/next.html",
        values,
        status=422 if sent is not None and sent.errors else 200,
    )
