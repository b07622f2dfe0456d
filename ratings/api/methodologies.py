"""Methodologies for programs: each version that a rating was made by, word for word."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import pages
from accounts.rest.call import PublicRead
from accounts.rest.refusals import not_found
from ratings.api import shapes
from ratings.models import Methodology

FRESH_SECONDS = 3600
_VERSION_MAX = 2**31 - 1


class MethodologyShape(serializers.Serializer[Any]):
    """A version of the methodology; a change is another version."""

    version = serializers.IntegerField()
    dated = serializers.DateField()
    sha256 = serializers.CharField(help_text="Of its canonical text, as manifests name it")
    api = serializers.URLField(help_text="With the whole document")


class MethodologiesShape(pages.PageShape):
    """A page of versions, the newest first."""

    results = MethodologyShape(many=True)


class WholeMethodologyShape(MethodologyShape):
    """A version with its document: groups, ages, bands, indicators and their weights."""

    document = serializers.JSONField()


class Methodologies(PublicRead):
    """GET /api/v1/ratings/methodologies/: the versions."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="ratings_methodologies",
        parameters=[pages.CURSOR],
        responses={200: MethodologiesShape},
        tags=["ratings"],
    )
    def get(self, http: Request) -> Response:
        """Return each methodology that a rating was ever made by."""
        page = pages.page(http, Methodology.objects.defer("document"), ["-version"])
        return Response(pages.body(page, map(_shown, page)))


class OneMethodology(PublicRead):
    """GET /api/v1/ratings/methodologies/<version>/: one version whole."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="ratings_methodology", responses={200: WholeMethodologyShape}, tags=["ratings"]
    )
    def get(self, http: Request, version: int) -> Response:
        """Return a methodology with its whole document."""
        row = Methodology.objects.filter(version=min(version, _VERSION_MAX)).first()
        if row is None:
            raise not_found(_("There is no such methodology."))
        return Response({**_shown(row), "document": row.document})


def _shown(row: Methodology) -> dict[str, Any]:
    return {
        "version": row.version,
        "dated": row.dated,
        "sha256": row.sha256,
        "api": shapes.full("api-methodology", row.version),
    }
