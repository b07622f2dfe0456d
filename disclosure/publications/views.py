"""Public pages of what a company published: its forms today, their history, each version."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from accounts import keyset, uploads
from accounts.actors import Executor, Operator
from accounts.middleware import ActorRequest
from accounts.models import Upload
from accounts.revalidation import modified, revalidated
from disclosure.models import DisclosureValue, ManagementCompany, Publication
from disclosure.publications import duties, scoring
from disclosure.publications.contents import content_of
from disclosure.publications.showing import as_shown

PAGE = 30


def _company(reference: str) -> ManagementCompany:
    company = ManagementCompany.objects.by_reference(reference).first()
    if company is None:
        raise Http404
    return company


@require_safe
@revalidated
def history(request: ActorRequest, reference: str) -> HttpResponse:
    """Show how complete the company's own forms are, and all it ever published, newest first."""
    company = _company(reference)
    on = timezone.localtime(now()).date()
    address = reverse("publications:history", args=[company.reference])
    rows = (
        Publication.objects.visible_to(request.actor)
        .filter(company=company)
        .select_related("form", "company", "building", "returned")
    )
    try:
        page = keyset.page(rows, ["-id"], size=PAGE, cursor=request.GET.get("cursor", "")[:2000])
    except keyset.BadCursor:
        return redirect(address)
    return render(
        request,
        "disclosure/publications/history.html",
        {
            "company": company,
            "scored": scoring.scored(duties.of_company(company, on=on)),
            "scores": scoring.over_time(company),
            "rows": page.rows,
            "before": f"{address}?cursor={page.previous}" if page.previous else "",
            "after": f"{address}?cursor={page.next}" if page.next else "",
        },
    )


def _found(
    request: ActorRequest, reference: str, place: str, key: str, version: int
) -> Publication:
    company = _company(reference)
    code, _dash, year = key.partition("-")
    if not (year.isdecimal() or not year) or len(year) > 4 or len(code) > 12:
        raise Http404
    if place != "company" and not (place.isdecimal() and len(place) < 16):
        raise Http404
    return get_object_or_404(
        Publication.objects.visible_to(request.actor).select_related(
            "form", "company", "building", "returned"
        ),
        company=company,
        building_id=None if place == "company" else int(place),
        form_code=code,
        year=int(year or 0),
        version=min(version, 2**31 - 1),
    )


@require_safe
@revalidated
def version(
    request: ActorRequest, reference: str, place: str, key: str, number: int
) -> HttpResponseBase:
    """Show one version exactly as it was published; its address is for ever."""
    publication = _found(request, reference, place, key, number)
    others = list(
        Publication.objects.visible_to(request.actor)
        .filter(
            company=publication.company_id,
            building=publication.building_id,
            form_code=publication.form_code,
            year=publication.year,
        )
        .select_related("company", "returned")
        .order_by("-version")[:50]
    )
    for other in others:
        # Same row, one object: the address of each needs its company.
        other.company = publication.company
    returned = getattr(publication, "returned", None)
    moments = [other.published_at for other in others]
    moments += [other.returned.at for other in others if hasattr(other, "returned")]
    page = render(
        request,
        "disclosure/publications/version.html",
        {
            "publication": publication,
            "company": publication.company,
            "house": publication.building,
            "shown": as_shown(publication, content_of(publication)),
            "others": others,
            "newest": others[0],
            "returned": returned,
            "remark": returned.remark if returned and _is_inside(request, publication) else "",
        },
    )
    return modified(page, max(moments))


def _is_inside(request: ActorRequest, publication: Publication) -> bool:
    """Whether the reader is the company or staff: remarks are between the two."""
    match request.actor:
        case Operator():
            return True
        case Executor(inns=inns):
            return publication.company.inn in inns
    return False


@require_safe
def file(
    request: ActorRequest, reference: str, place: str, key: str, number: int, upload_id: UUID
) -> HttpResponseBase:
    """Serve a document of a version."""
    publication = _found(request, reference, place, key, number)
    if not DisclosureValue.objects.filter(publication=publication, upload_id=upload_id).exists():
        raise Http404
    return uploads.serve(get_object_or_404(Upload, pk=upload_id))
