"""The forms of the disclosure standard for programs: which there are, and what each asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import asked
from accounts.rest.call import PublicRead
from accounts.rest.refusals import not_found
from disclosure.api.shapes import page_url
from disclosure.forms_standard.definition import Field, Filler, Subject, Type
from disclosure.models import DisclosureForm

_SUBJECTS = [(subject.value, subject.value) for subject in Subject]


class FormShape(serializers.Serializer[Any]):
    """A form of the standard in the edition asked for."""

    code = serializers.CharField(help_text="As the order № 882/пр numbers them: 1.1, 2.4")
    title = serializers.CharField()
    subject = serializers.ChoiceField(choices=_SUBJECTS)
    is_yearly = serializers.BooleanField(help_text="Published anew for each year")
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(
        allow_null=True, help_text="The first day of the next edition; null while in force"
    )
    url = serializers.URLField(help_text="The form with all its fields")


class FormsShape(serializers.Serializer[Any]):
    """All forms in force on the day, in the order of the standard."""

    results = FormShape(many=True)


class ChoiceShape(serializers.Serializer[Any]):
    """A value that may be chosen."""

    code = serializers.CharField()
    name = serializers.CharField()


class ConditionShape(serializers.Serializer[Any]):
    """The field is asked only where another one has one of the values."""

    code = serializers.CharField(help_text="Of the other field")
    is_one_of = serializers.ListField(child=serializers.CharField())


class FieldShape(serializers.Serializer[Any]):
    """A field of a form, or a column of its table."""

    code = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in Type])
    unit = serializers.CharField()
    hint = serializers.CharField()
    is_required = serializers.BooleanField()
    filled_by = serializers.ChoiceField(choices=[(one.value, one.value) for one in Filler])
    weight = serializers.IntegerField(help_text="Points of completeness it is worth")
    clause = serializers.CharField()
    choices = ChoiceShape(many=True)
    when = ConditionShape(allow_null=True)


class TableShape(serializers.Serializer[Any]):
    """A group of fields that repeats: licences, lifts, works."""

    code = serializers.CharField()
    name = serializers.CharField()
    is_required = serializers.BooleanField()
    columns = FieldShape(many=True)


class WholeFormShape(FormShape):
    """A form with its fields and tables."""

    hint = serializers.CharField()
    clause = serializers.CharField()
    values = FieldShape(many=True, help_text="Asked once")
    tables = TableShape(many=True, help_text="Asked row by row")


class Forms(PublicRead):
    """GET /api/v1/disclosure/forms/: the forms of the standard."""

    fresh_seconds = 3600

    @extend_schema(
        operation_id="disclosure_forms",
        parameters=[
            OpenApiParameter(
                "subject",
                str,
                enum=[subject.value for subject in Subject],
                description="Those about companies, or those about houses",
            ),
            OpenApiParameter("on", date, description="In force on that day; today without it"),
        ],
        responses={200: FormsShape},
        tags=["disclosure"],
    )
    def get(self, http: Request) -> Response:
        """Return the forms in force on a day."""
        rows = DisclosureForm.objects.in_force(asked.day(http, "on") or timezone.localdate())
        if subject := asked.one_of(http, "subject", list(Subject)):
            rows = rows.about(Subject(subject))
        return Response({"results": [_listed(row) for row in rows.defer("definition")]})


class OneForm(PublicRead):
    """GET /api/v1/disclosure/forms/<code>/: a form with its fields."""

    fresh_seconds = 3600

    @extend_schema(
        operation_id="disclosure_form",
        responses={200: WholeFormShape},
        tags=["disclosure"],
    )
    def get(self, http: Request, code: str) -> Response:
        """Return the edition of a form in force today, field by field."""
        row = DisclosureForm.objects.in_force(timezone.localdate()).filter(code=code[:12]).first()
        if row is None:
            raise not_found(_("There is no such form."))
        return Response(
            {
                **_listed(row),
                "hint": row.form.hint,
                "clause": row.form.clause,
                "values": [_field(each) for each in row.form.fields],
                "tables": [
                    {
                        "code": table.code,
                        "name": table.name,
                        "is_required": table.required,
                        "columns": [_field(each) for each in table.fields],
                    }
                    for table in row.form.tables
                ],
            }
        )


def _listed(row: DisclosureForm) -> dict[str, Any]:
    return {
        "code": row.code,
        "title": row.title,
        "subject": row.subject,
        "is_yearly": row.is_yearly,
        "since": row.during.lower,
        "until": row.during.upper,
        "url": page_url(reverse("api-disclosure-form", args=[row.code])),
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "code": field.code,
        "name": field.name,
        "type": field.type,
        "unit": field.unit,
        "hint": field.hint,
        "is_required": field.required,
        "filled_by": field.filled_by,
        "weight": field.weight,
        "clause": field.clause,
        "choices": [{"code": code, "name": name} for code, name in field.choices],
        "when": {"code": field.when.field, "is_one_of": list(field.when.is_one_of)}
        if field.when
        else None,
    }
