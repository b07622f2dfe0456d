"""Saved filters of the work list for programs: one's own, and those that colleagues share."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Operator
from accounts.problems import Problem
from accounts.rest import pages, repeats
from accounts.rest.refusals import not_found, wrong
from requests_app.api import door
from requests_app.api.door import ID_MAX, DeskCall
from requests_app.desk import saved_filters, tabs
from requests_app.models import SavedFilter
from requests_app.statuses import Channel, Status

_TEXTS = ("tab", "category", "executor", "district", "operator", "channel")
_DAYS = ("since", "until")
_EXAMPLE = {
    "name": "Аварии Заречного",
    "shared": True,
    "filter": {"tab": "open", "district": "Заречный", "emergency": True},
}


class NarrowsShape(serializers.Serializer[Any]):
    """What a filter narrows the work list by; empty fields narrow nothing."""

    tab = serializers.ChoiceField(
        choices=["", *tabs.BY_CODE], required=False, default="", help_text="View of the list"
    )
    status = serializers.ListField(
        child=serializers.ChoiceField(choices=Status.choices),
        required=False,
        default=list,
        max_length=len(Status),
    )
    category = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=64, help_text="Slug of a matter"
    )
    executor = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=100,
        help_text="ИНН or words of the name",
    )
    district = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    operator = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=20,
        help_text="Account, or `none` for nobody",
    )
    channel = serializers.ChoiceField(
        choices=[("", ""), *Channel.choices], required=False, default=""
    )
    emergency = serializers.BooleanField(required=False, default=False)
    since = serializers.DateField(required=False, allow_null=True, default=None)
    until = serializers.DateField(required=False, allow_null=True, default=None)


class FilterShape(serializers.Serializer[Any]):
    """A filter under a name."""

    id = serializers.IntegerField(help_text="For `filter` of desk/requests/")
    name = serializers.CharField()
    owner = serializers.CharField(help_text="Whose it is")
    mine = serializers.BooleanField()
    shared = serializers.BooleanField(help_text="Whether colleagues see it")
    filter = NarrowsShape()


class FilterPageShape(pages.PageShape):
    """A page of filters."""

    results = FilterShape(many=True)


class NewFilterShape(serializers.Serializer[Any]):
    """A filter to be kept."""

    name = serializers.CharField(max_length=400)
    shared = serializers.BooleanField(required=False, default=False)
    filter = NarrowsShape()


class FilterChangeShape(serializers.Serializer[Any]):
    """What changes; what is left out stays."""

    name = serializers.CharField(required=False, max_length=400)
    shared = serializers.BooleanField(required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Want one of the two."""
        if not values:
            raise serializers.ValidationError({"name": _("Say what changes.")})
        return values


class Filters(DeskCall):
    """GET, POST /api/v1/desk/filters/: the caller's filters of the work list and shared ones."""

    needs_write = door.VIEW

    @extend_schema(
        operation_id="desk_filters",
        parameters=[pages.CURSOR],
        responses={200: FilterPageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List them by name."""
        by = door.operator_of(http)
        page = pages.page(http, saved_filters.usable_by(by), ["name", "id"])
        return Response(pages.body(page, (_row(one, by) for one in page)))

    @extend_schema(
        operation_id="desk_filters_save",
        request=NewFilterShape,
        parameters=[repeats.KEY],
        responses={200: FilterShape, 201: FilterShape},
        examples=[OpenApiExample("request", value=_EXAMPLE, request_only=True)],
        tags=["desk"],
    )
    def post(self, http: HttpRequest) -> Response:
        """Keep one: 201; a filter of the caller's that has this name is replaced: 200."""
        said, by = door.read(NewFilterShape, http), door.operator_of(http)

        def keep() -> dict[str, Any]:
            saved, is_new = saved_filters.save(
                _address(said["filter"]), name=said["name"], is_shared=said["shared"], by=by
            )
            return {"id": saved.pk, "is_new": is_new}

        try:
            kept = repeats.once(http, name="filter.save", at=timezone.now(), do=keep)
        except saved_filters.CannotSave as problem:
            raise _refusal(problem) from None
        code = status.HTTP_201_CREATED if kept["is_new"] else status.HTTP_200_OK
        return Response(_row(_find(by, kept["id"]), by), status=code)


class OneFilter(DeskCall):
    """GET, PATCH, DELETE /api/v1/desk/filters/<id>/: a filter; only its owner changes it."""

    needs_write = door.VIEW

    @extend_schema(operation_id="desk_filter", responses={200: FilterShape}, tags=["desk"])
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Return it."""
        by = door.operator_of(http)
        return Response(_row(_find(by, pk), by))

    @extend_schema(
        operation_id="desk_filter_change",
        request=FilterChangeShape,
        parameters=[repeats.KEY],
        responses={200: FilterShape},
        examples=[OpenApiExample("request", value={"shared": False}, request_only=True)],
        tags=["desk"],
    )
    def patch(self, http: HttpRequest, pk: int) -> Response:
        """Rename it, show it to colleagues or hide it."""
        said, by = door.read(FilterChangeShape, http), door.operator_of(http)
        found = _find(by, pk)

        def alter() -> dict[str, Any]:
            changed = saved_filters.change(
                found.pk, by=by, name=said.get("name"), is_shared=said.get("shared")
            )
            if changed is None:
                raise not_found()
            return {}

        try:
            repeats.once(http, name=f"filter.change:{found.pk}", at=timezone.now(), do=alter)
        except saved_filters.CannotSave as problem:
            raise _refusal(problem) from None
        return Response(_row(_find(by, pk), by))

    @extend_schema(operation_id="desk_filter_delete", responses={204: None}, tags=["desk"])
    def delete(self, http: HttpRequest, pk: int) -> Response:
        """Delete it; deleted before, it is 404."""
        if not saved_filters.delete(min(pk, ID_MAX), by=door.operator_of(http)):
            raise not_found()
        return Response(status=status.HTTP_204_NO_CONTENT)


def _find(by: Operator, pk: int) -> SavedFilter:
    found = saved_filters.usable_by(by).filter(pk=min(pk, ID_MAX)).first()
    if found is None:
        raise not_found()
    return found


def _row(saved: SavedFilter, by: Operator) -> dict[str, Any]:
    asked = QueryDict(saved.query)
    return {
        "id": saved.pk,
        "name": saved.name,
        "owner": saved.owner.get_short_name(),
        "mine": saved.owner_id == by.id,
        "shared": saved.is_shared,
        "filter": {
            **{name: asked.get(name, "") for name in _TEXTS},
            "status": asked.getlist("status"),
            "emergency": "emergency" in asked,
            **{name: asked.get(name) for name in _DAYS},
        },
    }


def _address(narrows: dict[str, Any]) -> QueryDict:
    """Return the filter as the list's address says it."""
    asked = QueryDict(mutable=True)
    asked.setlist("status", narrows["status"])
    for name in _TEXTS:
        asked[name] = narrows[name]
    for name in _DAYS:
        asked[name] = narrows[name].isoformat() if narrows[name] else ""
    asked["emergency"] = "on" if narrows["emergency"] else ""
    return asked


def _refusal(problem: saved_filters.CannotSave) -> Problem:
    field = "name" if problem.field == "name" else f"filter.{problem.field}".rstrip(".")
    return wrong(field, str(problem), code="cannot_save")
