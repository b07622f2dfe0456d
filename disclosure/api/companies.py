"""Companies for programs: the list with its filters, and one company whole."""

from __future__ import annotations

from typing import Any

from django.db.models import Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from accounts.rest.refusals import not_found
from disclosure import facts, licences
from disclosure.api import parts as joining
from disclosure.api.shapes import CompletenessShape, HoursShape, completeness, page_url
from disclosure.directory.choice import DISCLOSED_WORDS, SORTS, Choice
from disclosure.models import (
    Building,
    CompanyKind,
    DisclosureValue,
    ManagementCompany,
    Publication,
    ResponseFigures,
)
from disclosure.publications import scoring
from disclosure.publications.hours import hours_of

SIZE = 50
FRESH_SECONDS = 300
_DISCLOSED = [code for code, _words in DISCLOSED_WORDS]


class ResponseShape(serializers.Serializer[Any]):
    """How the company treated its requests of the last days; counts, no people."""

    days = serializers.IntegerField(help_text="How many days back")
    total = serializers.IntegerField()
    fixed = serializers.IntegerField()
    judged = serializers.IntegerField(help_text="Of which it can be said whether in time")
    in_time = serializers.IntegerField()
    in_time_percent = serializers.IntegerField(allow_null=True)
    presented = serializers.IntegerField(help_text="Shown to their residents as done")
    reopened = serializers.IntegerField(help_text="Of them sent back")
    reopened_percent = serializers.IntegerField(allow_null=True)
    counted_at = serializers.DateTimeField()


class ListedCompanyShape(serializers.Serializer[Any]):
    """A company as the list shows it."""

    reference = serializers.CharField(help_text="Its ИНН, or r-<id> while it has none")
    inn = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=CompanyKind.choices)
    is_active = serializers.BooleanField()
    houses = serializers.IntegerField(help_text="How many it manages today")
    disclosed_percent = serializers.DecimalField(
        5, 2, allow_null=True, help_text="Houses included; null while nothing is known"
    )
    response = ResponseShape(allow_null=True)
    url = serializers.URLField(help_text="Its page for people")


class CompaniesShape(pages.PageShape):
    """A page of companies."""

    results = ListedCompanyShape(many=True)


class Companies(PublicRead):
    """GET /api/v1/companies/: companies by name, filters and order, page by page."""

    @extend_schema(
        operation_id="companies_list",
        parameters=[
            OpenApiParameter(
                "q", str, description="Words of a name, or the first four and more digits of an ИНН"
            ),
            OpenApiParameter("kind", str, enum=CompanyKind.values),
            OpenApiParameter(
                "district", str, description="A district where it manages a house today"
            ),
            OpenApiParameter(
                "licence",
                bool,
                description="Only those whose published licence is in force today",
            ),
            OpenApiParameter(
                "disclosed",
                str,
                enum=_DISCLOSED,
                description="How much of what is owed is disclosed: 80 % and more, from 50, less; "
                "anything at all; nothing",
            ),
            OpenApiParameter(
                "sort",
                str,
                enum=list(SORTS),
                description="`name` by default; by the others the largest first",
            ),
            pages.CURSOR,
        ],
        responses={200: CompaniesShape},
        tags=["companies"],
    )
    def get(self, http: Request) -> Response:
        """Return who manages houses: companies, associations and cooperatives."""
        choice = Choice(
            q=asked.words(http, "q"),
            kind=asked.one_of(http, "kind", CompanyKind.values),
            district=asked.words(http, "district"),
            licence=asked.flag(http, "licence"),
            disclosed=asked.one_of(http, "disclosed", _DISCLOSED),
            sort=asked.one_of(http, "sort", SORTS, "name"),
        )
        rows = choice.rows(on=timezone.localdate())
        page = pages.page(http, rows, SORTS[choice.sort], size=SIZE)
        return Response(pages.body(page, map(_listed, page)))


def _listed(company: Any) -> dict[str, Any]:
    hundredths = company.disclosed
    figures = getattr(company, "response_figures", None)
    return {
        "reference": company.reference,
        "inn": company.inn,
        "name": str(company),
        "kind": company.kind,
        "is_active": company.is_active,
        "houses": company.houses,
        "disclosed_percent": f"{hundredths / 100:.2f}" if hundredths >= 0 else None,
        "response": response(figures) if figures and figures.judged else None,
        "url": page_url(company.get_absolute_url()),
    }


def response(figures: ResponseFigures) -> dict[str, Any]:
    """Return figures as ResponseShape says."""
    names = (
        *("days", "total", "fixed", "judged", "in_time", "in_time_percent"),
        *("presented", "reopened", "reopened_percent", "counted_at"),
    )
    return {name: getattr(figures, name) for name in names}


class LicenceShape(serializers.Serializer[Any]):
    """The licence as the company published it."""

    number = serializers.CharField()
    received_on = serializers.DateField()
    until = serializers.DateField(help_text="The first day without it")
    is_in_force = serializers.BooleanField()


class CompanyLinksShape(serializers.Serializer[Any]):
    """Where more of the company is told."""

    page = serializers.URLField(help_text="Its page for people")
    houses = serializers.URLField(help_text="The houses it manages today")
    disclosure = serializers.URLField(help_text="Its own forms with what they say")
    publications = serializers.URLField(help_text="All it ever published")
    requests = serializers.URLField(help_text="Public requests it answers for")


class CompanyShape(serializers.Serializer[Any]):
    """A company: requisites, how to reach it, its licence, its houses in number."""

    reference = serializers.CharField()
    inn = serializers.CharField(allow_null=True)
    ogrn = serializers.CharField()
    name = serializers.CharField(help_text="The full one")
    short_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=CompanyKind.choices)
    is_active = serializers.BooleanField()
    address = serializers.CharField()
    phone = serializers.CharField()
    dispatcher_phone = serializers.CharField(help_text="Day and night")
    site = serializers.CharField()
    hours = HoursShape()
    licence = LicenceShape(
        allow_null=True, help_text="Null where none is published; associations need none"
    )
    houses = serializers.IntegerField(help_text="How many it manages today")
    area_m2 = serializers.DecimalField(14, 2, allow_null=True, help_text="Of those houses")
    completeness = CompletenessShape(allow_null=True)
    links = CompanyLinksShape()


MOVED: dict[int, OpenApiResponse] = {
    301: OpenApiResponse(description="The company has an ИНН by now: the same call by it.")
}
LOCATION = OpenApiParameter(
    "Location", str, OpenApiParameter.HEADER, response=[301], description="The call by the ИНН"
)


class Moved(Exception):
    """The reference is the one that the company had before its ИНН."""

    def __init__(self, company: ManagementCompany) -> None:
        super().__init__(company.reference)
        self.company = company


class OfCompany(PublicRead):
    """A call about one company; an old reference leads to the new one, as on the page."""

    other_answers = MOVED

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an old reference with the address of the same call by the ИНН."""
        if not isinstance(exc, Moved):
            return super().handle_exception(exc)
        http = self.request._request
        match = http.resolver_match
        assert match is not None  # it led here
        address = reverse(match.view_name, args=[exc.company.reference])
        asked_more = http.META["QUERY_STRING"]
        answer = Response(status=status.HTTP_301_MOVED_PERMANENTLY)
        answer["Location"] = f"{address}?{asked_more}" if asked_more else address
        return answer


class OneCompany(OfCompany):
    """GET /api/v1/companies/<ИНН>/: one company whole."""

    shape = CompanyShape
    fresh_seconds = FRESH_SECONDS
    parts: joining.Parts = ()

    @extend_schema(
        operation_id="companies_read",
        parameters=[LOCATION],
        responses={200: CompanyShape, **MOVED},
        tags=["companies"],
    )
    def get(self, http: Request, reference: str) -> Response:
        """Return a company by its ИНН, or by r-<id> while the register knows none."""
        at = timezone.now()
        day = timezone.localtime(at).date()
        company = found_company(reference)
        hours = hours_of(company)
        licence = _licence_of(company)
        count, area = facts.managed_sums(Building.objects.managed_by(company, on=day))
        return Response(
            {
                "reference": company.reference,
                "inn": company.inn,
                "ogrn": company.ogrn,
                "name": company.name,
                "short_name": company.short_name,
                "kind": company.kind,
                "is_active": company.is_active,
                "address": company.address,
                "phone": company.phone,
                "dispatcher_phone": company.dispatcher_phone,
                "site": company.site,
                "hours": {"dispatcher": hours.dispatcher, "office": hours.office},
                "licence": {
                    "number": licence.number,
                    "received_on": licence.received_on,
                    "until": licence.until,
                    "is_in_force": licence.received_on <= day < licence.until,
                }
                if licence
                else None,
                "houses": count,
                "area_m2": area,
                "completeness": completeness(scoring.latest(company)),
                "links": _links(company),
                **joining.make(self.parts, company, at=at),
            }
        )


def found_company(reference: str) -> ManagementCompany:
    """Return the company; raise Moved for a reference it had before its ИНН, else Problem 404."""
    company = ManagementCompany.objects.by_reference(reference).first()
    if company is not None:
        return company
    moved = ManagementCompany.objects.once_referred_as(reference).first()
    if moved is not None:
        raise Moved(moved)
    raise not_found(_("There is no such company."))


def _licence_of(company: ManagementCompany) -> licences.Licence | None:
    """Return the licence of the newest version that counts; one query."""
    newest = Publication.objects.filter(
        company=company, building=None, form_code="1.1", year=0, returned=None
    ).order_by("-version")
    rows: dict[int, dict[str, str]] = {}
    for row, code, text in DisclosureValue.objects.filter(
        publication=Subquery(newest.values("pk")[:1]), table="licenses"
    ).values_list("row", "code", "text"):
        rows.setdefault(row, {})[code] = text
    return licences.newest(rows.values())


def _links(company: ManagementCompany) -> dict[str, str]:
    mine = f"?company={company.reference}"
    return {
        "page": page_url(company.get_absolute_url()),
        "houses": page_url(reverse("api-buildings") + mine),
        "disclosure": page_url(reverse("api-company-disclosure", args=[company.reference])),
        "publications": page_url(reverse("api-company-publications", args=[company.reference])),
        "requests": page_url(reverse("api-requests") + mine),
    }
