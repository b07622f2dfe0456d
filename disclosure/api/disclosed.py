"""What companies disclosed, for programs: values as they stand, all versions, completeness."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Nobody
from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from accounts.rest.refusals import not_found
from disclosure import facts
from disclosure.api.companies import LOCATION, MOVED, OfCompany, found_company
from disclosure.api.shapes import (
    ID_MAX,
    CompletenessShape,
    OrganisationShape,
    completeness,
    organisation,
    page_url,
)
from disclosure.forms_standard.checking import Content
from disclosure.forms_standard.definition import Form, Type
from disclosure.forms_standard.due import Standing
from disclosure.models import Building, ManagementCompany, Publication
from disclosure.publications import duties, scoring
from disclosure.publications.contents import content_of
from disclosure.publications.scoring import Scored
from disclosure.publications.showing import file_url

SIZE = 50
# A year of a form is a small number in the database.
_YEAR_MAX = 10_000
COMPANY, STAFF = "company", "staff"


class PublishedShape(serializers.Serializer[Any]):
    """A version of a form as it was published; it never changes."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="1, 2, …: of this form, subject and year")
    published_at = serializers.DateTimeField()
    author = serializers.ChoiceField(
        choices=[(COMPANY, COMPANY), (STAFF, STAFF)],
        help_text="The company itself, or staff on its behalf; never a person",
    )
    is_returned = serializers.BooleanField(
        help_text="Staff returned it with a remark: it no longer counts"
    )
    url = serializers.URLField(help_text="Its permanent page for people")
    api = serializers.URLField(help_text="The version with its values")


class GapShape(serializers.Serializer[Any]):
    """What is not filled in, and the points it costs."""

    name = serializers.CharField()
    points = serializers.DecimalField(8, 2)


class ContentShape(serializers.Serializer[Any]):
    """
    Canonical texts by the codes of the form: dates as 2026-03-31, decimals with a point, choices
    by their codes, documents by their addresses.
    """

    values = serializers.DictField(child=serializers.CharField())
    tables = serializers.DictField(
        child=serializers.ListField(child=serializers.DictField(child=serializers.CharField())),
        help_text="By the table's code: its rows",
    )


class DisclosedFormShape(serializers.Serializer[Any]):
    """A form that is owed, and what counts of it."""

    code = serializers.CharField()
    title = serializers.CharField()
    year = serializers.IntegerField(help_text="0 for a form that is not yearly")
    standing = serializers.ChoiceField(choices=[(one.value, one.value) for one in Standing])
    due_on = serializers.DateField(help_text="By when it must be there, or confirmed anew")
    percent = serializers.DecimalField(5, 2, help_text="How much of it is filled in")
    gaps = GapShape(many=True)
    publication = PublishedShape(
        allow_null=True, help_text="The version that counts; null while nothing is published"
    )
    content = ContentShape(allow_null=True)


class CompanyDisclosureShape(serializers.Serializer[Any]):
    """What a company owes and published about itself."""

    company = OrganisationShape()
    completeness = CompletenessShape(allow_null=True)
    history = CompletenessShape(many=True, help_text="The last changes, newest first")
    forms = DisclosedFormShape(many=True, help_text="In the order of the standard")


class BuildingDisclosureShape(serializers.Serializer[Any]):
    """What today's company owes and published about a house."""

    building = serializers.IntegerField()
    company = OrganisationShape(allow_null=True)
    completeness = CompletenessShape(allow_null=True)
    forms = DisclosedFormShape(many=True, help_text="Empty while nobody manages the house")


class CompanyDisclosure(OfCompany):
    """GET /api/v1/companies/<ИНН>/disclosure/: its own forms as they stand."""

    @extend_schema(
        operation_id="companies_disclosure",
        parameters=[LOCATION],
        responses={200: CompanyDisclosureShape, **MOVED},
        tags=["disclosure"],
    )
    def get(self, http: Request, reference: str) -> Response:
        """Return each form the company owes for itself, with the values that count."""
        company = found_company(reference)
        owed = duties.of_company(company, on=timezone.localdate())
        return Response(
            {
                "company": organisation(company),
                "completeness": completeness(scoring.latest(company)),
                "history": [completeness(one) for one in scoring.over_time(company)],
                "forms": _forms(scoring.scored(owed), company),
            }
        )


class BuildingDisclosure(PublicRead):
    """GET /api/v1/buildings/<id>/disclosure/: what its company published about a house."""

    @extend_schema(
        operation_id="buildings_disclosure",
        responses={200: BuildingDisclosureShape},
        tags=["disclosure"],
    )
    def get(self, http: Request, pk: int) -> Response:
        """Return each form that today's company owes about the house, with its values."""
        day = timezone.localdate()
        house = Building.objects.filter(pk=min(pk, ID_MAX)).first()
        if house is None:
            raise not_found(_("There is no such house."))
        current = next((term for term in facts.terms_of(house, on=day) if term.is_current), None)
        company = current.company if current else None
        owed = duties.of_houses(company, [house], on=day) if company else []
        return Response(
            {
                "building": house.pk,
                "company": organisation(company) if company else None,
                "completeness": completeness(scoring.latest(company, house) if company else None),
                "forms": _forms(scoring.scored(owed), company) if company else [],
            }
        )


def _forms(scored: Iterable[Scored], company: ManagementCompany) -> list[dict[str, Any]]:
    return [_form(each, company) for each in scored]


def _form(each: Scored, company: ManagementCompany) -> dict[str, Any]:
    counting, report = each.duty.counting, each.duty.report
    if counting is not None:
        # Loaded already: the address of the version needs them.
        counting.company, counting.form = company, report.edition
    return {
        "code": report.form.code,
        "title": report.form.title,
        "year": report.year,
        "standing": each.duty.standing,
        "due_on": each.duty.timing.due_on,
        "percent": each.points.percent,
        "gaps": [{"name": gap.name, "points": gap.points} for gap in each.points.gaps],
        "publication": _published(counting, is_returned=False) if counting else None,
        "content": _content(counting, each.content, report.form)
        if counting and each.content
        else None,
    }


def _published(row: Publication, *, is_returned: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "version": row.version,
        "published_at": row.published_at,
        "author": STAFF if row.on_behalf else COMPANY,
        "is_returned": is_returned,
        "url": page_url(row.get_absolute_url()),
        "api": page_url(reverse("api-publication", args=[row.pk])),
    }


def _content(row: Publication, content: Content, form: Form) -> dict[str, Any]:
    files = {
        (table.code if table else "", field.code)
        for table, field in form.every_field()
        if field.type is Type.FILE
    }

    def told(table: str, values: dict[str, str]) -> dict[str, str]:
        return {
            code: page_url(file_url(row, text)) if text and (table, code) in files else text
            for code, text in values.items()
        }

    return {
        "values": told("", content.fields),
        "tables": {
            code: [told(code, line) for line in rows] for code, rows in content.tables.items()
        },
    }


class ListedPublicationShape(PublishedShape):
    """A version in a list."""

    form = serializers.CharField()
    title = serializers.CharField()
    year = serializers.IntegerField()
    building = serializers.IntegerField(allow_null=True)
    address = serializers.CharField(help_text="Of that house; empty for the company's own forms")


class PublicationsShape(pages.PageShape):
    """A page of versions, newest first."""

    results = ListedPublicationShape(many=True)


class ChangeShape(serializers.Serializer[Any]):
    """What differs from the version before."""

    table = serializers.CharField(help_text="Empty for a value outside tables")
    row = serializers.IntegerField()
    code = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class PublicationShape(ListedPublicationShape):
    """A version with its values."""

    company = OrganisationShape()
    content = ContentShape()
    changes = ChangeShape(many=True)


class CompanyPublications(OfCompany):
    """GET /api/v1/companies/<ИНН>/publications/: all it ever published."""

    @extend_schema(
        operation_id="companies_publications",
        parameters=[
            OpenApiParameter("form", str, description="Code of a form: 2.4"),
            OpenApiParameter("year", int, description="Of yearly forms"),
            OpenApiParameter(
                "building", int, description="Id of a house; 0: the company's own forms"
            ),
            pages.CURSOR,
            LOCATION,
        ],
        responses={200: PublicationsShape, **MOVED},
        tags=["disclosure"],
    )
    def get(self, http: Request, reference: str) -> Response:
        """Return every version of every form, returned ones included, newest first."""
        company = found_company(reference)
        rows = (
            Publication.objects.visible_to(Nobody())
            .filter(company=company)
            .select_related("form", "company", "building", "returned")
        )
        if form := asked.words(http, "form"):
            rows = rows.filter(form_code=form)
        if (year := asked.number(http, "year")) is not None:
            rows = rows.filter(year=year) if year < _YEAR_MAX else rows.none()
        if (building := asked.number(http, "building")) is not None:
            rows = rows.filter(building=building or None)
        page = pages.page(http, rows, ["-id"], size=SIZE)
        return Response(pages.body(page, map(listed, page)))


class OnePublication(PublicRead):
    """GET /api/v1/publications/<id>/: one version with its values."""

    @extend_schema(
        operation_id="publications_read",
        responses={200: PublicationShape},
        tags=["disclosure"],
    )
    def get(self, http: Request, pk: int) -> Response:
        """Return a version exactly as it was published."""
        rows = Publication.objects.visible_to(Nobody()).select_related(
            "form", "company", "building", "returned"
        )
        row = rows.filter(pk=min(pk, ID_MAX)).first()
        if row is None:
            raise not_found(_("There is no such publication."))
        form = row.form.form
        files = {field.code for _table, field in form.every_field() if field.type is Type.FILE}
        return Response(
            {
                **listed(row),
                "company": organisation(row.company),
                "content": _content(row, content_of(row), form),
                # A document changed is told by its code alone: its old file has an old version.
                "changes": [
                    change | ({"before": "", "after": ""} if change["code"] in files else {})
                    for change in row.changes
                ],
            }
        )


def listed(row: Publication) -> dict[str, Any]:
    """Return a version as ListedPublicationShape says; all that it names is loaded."""
    return {
        **_published(row, is_returned=hasattr(row, "returned")),
        "form": row.form_code,
        "title": row.form.title,
        "year": row.year,
        "building": row.building_id,
        "address": row.building.address if row.building else "",
    }
