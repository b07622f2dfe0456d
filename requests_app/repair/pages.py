"""What a repairman sees and does: where, what, whom to call; the work begins; the act."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import idempotency, uploads
from accounts.actors import Repairman
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from requests_app import lifecycle, repair_links
from requests_app.acts import presenting
from requests_app.acts.forms import MOST_PHOTOS, WrittenForm
from requests_app.cabinet import contact
from requests_app.filing.forms import FilesField
from requests_app.models import Attachment, RepairLink, Request, RequestEvent
from requests_app.statuses import Status
from requests_app.taking_in import ids_of, take
from requests_app.tracking import story
from requests_app.tracking.views import private

Page = Callable[[ActorRequest, Request, Repairman, RepairLink, str], HttpResponseBase]


class StartForm(forms.Form):
    """The work begins: how the place looks before it."""

    use_required_attribute = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    photos = FilesField(
        label=gettext_lazy("Photos before the work"),
        required=False,
        help_text=gettext_lazy("Up to four, 10 MB each. The resident sees them."),
    )
    kept = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def clean_kept(self) -> tuple[UUID, ...]:
        """Return the ids of photos kept from the refused form."""
        return ids_of(self.cleaned_data["kept"])


def by_link(page: Page) -> Callable[..., HttpResponseBase]:
    """
    Open the page to who holds a link that still opens its request.

    An unknown token answers 404; one that has done its work says so and shows nothing else.
    """

    @wraps(page)
    def opened(http: ActorRequest, token: str, **more: UUID) -> HttpResponseBase:
        found = repair_links.find(token, at=now())
        if found is None:
            raise Http404
        link, holder = found
        rows = Request.objects.visible_to(holder).for_its_page() if holder else None
        item = next(iter(rows[:1]), None) if rows is not None else None
        if holder is None or item is None:
            return private(render(http, "requests_app/repair/over.html", status=410))
        return page(http, item, holder, link, token, **more)

    return never_cache(opened)


@require_safe
@by_link
def job(
    http: ActorRequest, item: Request, holder: Repairman, link: RepairLink, token: str
) -> HttpResponse:
    """Show the job, and the next thing to do."""
    return _job_page(http, item, link, token, StartForm(initial={"key": uuid.uuid4().hex}))


@require_http_methods(["POST"])
@by_link
def start(
    http: ActorRequest, item: Request, holder: Repairman, link: RepairLink, token: str
) -> HttpResponse:
    """Begin the work, with photos of the place as it was found."""
    at = now()
    form = StartForm(http.POST, http.FILES)
    if not form.is_valid():
        return _job_page(http, item, link, token, form)
    photos, wrong = take(
        form.cleaned_data["photos"],
        kept=form.cleaned_data["kept"],
        most=MOST_PHOTOS,
        item=item,
        by=holder,
        address=client_address(http),
        at=at,
    )
    for words in wrong:
        form.add_error("photos", words)
    if not wrong:
        try:
            lifecycle.move(
                item,
                Status.IN_PROGRESS,
                by=holder,
                at=at,
                details=lifecycle.Details(uploads=photos),
                idempotency_key=form.cleaned_data["key"],
            )
        except idempotency.KeyReused:
            pass
        except lifecycle.Refused as refused:
            form.add_error(None, refused.message)
    if form.errors:
        data = http.POST.copy()
        data["kept"], data["key"] = ",".join(str(one) for one in photos), uuid.uuid4().hex
        form.data = data
        return _job_page(http, item, link, token, form)
    messages.success(http, _("The work is begun; the resident is told."))
    return private(redirect("repair:job", token))


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def act(
    http: ActorRequest, item: Request, holder: Repairman, link: RepairLink, token: str
) -> HttpResponse:
    """Fill the act in; presented, it closes the link behind itself."""
    at = now()
    if http.method != "POST":
        if item.status != Status.IN_PROGRESS:
            return private(redirect("repair:job", token))
        form = WrittenForm(item=item, at=at)
        form.initial["signer"] = link.for_whom
    else:
        form = WrittenForm(http.POST, http.FILES, item=item, at=at)
        try:
            done = presenting.submit(form, by=holder, address=client_address(http), at=at)
        except lifecycle.NotFound:
            return private(render(http, "requests_app/repair/over.html", status=410))
        if done:
            return private(render(http, "requests_app/repair/done.html", {"number": item.number}))
    values = {"item": item, "form": form, "token": token}
    status = 422 if form.is_bound else 200
    return private(render(http, "requests_app/repair/act.html", values, status=status))


@require_safe
@by_link
def file(
    http: ActorRequest, item: Request, holder: Repairman, link: RepairLink, token: str, **more: UUID
) -> HttpResponseBase:
    """Serve a picture of the request in its small size; papers are not for here."""
    attached = get_object_or_404(
        Attachment.objects.select_related("upload").filter(
            request=item, event__in=RequestEvent.objects.of(item, holder)
        ),
        upload_id=more["upload_id"],
    )
    return uploads.serve_thumbnail(attached.upload)


def _job_page(
    http: ActorRequest, item: Request, link: RepairLink, token: str, form: StartForm
) -> HttpResponse:
    zone = timezone.get_current_timezone()
    shown = Attachment.objects.filter(request=item, event__public=True).select_related("upload")
    values = {
        "item": item,
        "link": link,
        "token": token,
        "form": form,
        "reach": contact.of(item),
        "clock": story.clock(item, now=now(), zone=zone),
        "photos": [one.upload_id for one in shown[:12] if one.upload.thumbnail_key],
        "may_start": item.status in {Status.ACCEPTED, Status.REOPENED},
        "may_present": item.status == Status.IN_PROGRESS,
    }
    status = 422 if form.is_bound else 200
    return private(render(http, "requests_app/repair/job.html", values, status=status))
