"""What answers about ratings are made of."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from accounts.rest import pages
from ratings.models import RatingResult, RatingSnapshot


class SnapshotShape(serializers.Serializer[Any]):
    """The published rating of a month; a correction is a further edition."""

    period = serializers.CharField(help_text="The month: 2026-10")
    edition = serializers.IntegerField(help_text="1, or more where something was corrected")
    erratum = serializers.CharField(help_text="What the edition corrects; empty for the first")
    methodology = serializers.IntegerField(help_text="Version of the methodology it was made by")
    frozen_at = serializers.DateTimeField(help_text="The data are as of that moment")
    published_at = serializers.DateTimeField()
    url = serializers.URLField(help_text="Its page for people")
    api = serializers.URLField(help_text="Its rows")


class SnapshotsShape(pages.PageShape):
    """A page of published ratings, the latest month first."""

    results = SnapshotShape(many=True)


class BandShape(serializers.Serializer[Any]):
    """A colour with its word: scores from `at_least` up to the band above."""

    code = serializers.CharField()
    name = serializers.CharField()
    meaning = serializers.CharField()
    at_least = serializers.FloatField()


class FilesShape(serializers.Serializer[Any]):
    """What anybody works the rating out from anew; `verify.py` needs nothing but Python."""

    results_csv = serializers.URLField()
    results_json = serializers.URLField()
    inputs_csv = serializers.URLField(help_text="What was counted, a company and age of houses")
    rows_csv = serializers.URLField(help_text="Each request that counted, without a person")
    methodology_json = serializers.URLField()
    manifest_json = serializers.URLField(help_text="SHA-256 of each file")
    signature_json = serializers.URLField(help_text="Ed25519 signature of the manifest")
    verify_py = serializers.URLField()


class StandingShape(serializers.Serializer[Any]):
    """Where a company stands; without band and places where too little is known of it."""

    position = serializers.IntegerField(help_text="Its line in the list of the month")
    reference = serializers.CharField(help_text="The company's ИНН, or r-<id>")
    name = serializers.CharField(help_text="As on that day")
    group = serializers.CharField(help_text="Companies of one size are compared with each other")
    is_rated = serializers.BooleanField()
    score = serializers.DecimalField(5, 2, help_text="0…100")
    low = serializers.DecimalField(5, 2, help_text="The true quality is not less, 95 % surely")
    high = serializers.DecimalField(5, 2, help_text="… and not more")
    band = serializers.CharField(help_text="Code of its colour; empty if not rated")
    certainty = serializers.DecimalField(
        4, 3, allow_null=True, help_text="How surely the colour is that one, 0…1"
    )
    best = serializers.IntegerField(allow_null=True, help_text="The best place it may hold")
    worst = serializers.IntegerField(allow_null=True)
    rivals = serializers.IntegerField(help_text="Companies of its size")
    url = serializers.URLField(help_text="Its page for people")


class PeriodShape(pages.PageShape):
    """The rating of a month: what it is, and a page of its rows, the best first in each size."""

    rating = SnapshotShape()
    bands = BandShape(many=True, help_text="The best first")
    files = FilesShape()
    results = StandingShape(many=True)


class IndicatorShape(serializers.Serializer[Any]):
    """One question put to the company, and what its answer is worth."""

    code = serializers.CharField()
    name = serializers.CharField()
    question = serializers.CharField()
    formula = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="Where the counts come from"
    )
    kind = serializers.ChoiceField(
        choices=[("share", "share"), ("rate", "rate")],
        help_text="`share`: count of `of`; `rate`: count against what was to be expected",
    )
    weight = serializers.IntegerField(help_text="Points of 100 that it can bring")
    count = serializers.IntegerField(help_text="Sum over the company's lines of the input")
    of = serializers.FloatField(help_text="What it is counted of, a sum too; 0: no data")
    value = serializers.FloatField(help_text="Drawn to the average where data are few")
    low = serializers.FloatField()
    high = serializers.FloatField()
    average = serializers.FloatField(help_text="Of companies of its size")
    points = serializers.FloatField(help_text="0…100 between floor and goal")
    earned = serializers.FloatField(help_text="points × weight / 100; their sum is the score")


class SignShape(serializers.Serializer[Any]):
    """A sign that somebody works on numbers instead of houses; it changes no score."""

    code = serializers.CharField()
    count = serializers.IntegerField()
    of = serializers.IntegerField()


class CompanyRatingShape(serializers.Serializer[Any]):
    """Why a company has its score."""

    rating = SnapshotShape()
    standing = StandingShape()
    indicators = IndicatorShape(many=True, help_text="In the methodology's order")
    signs = SignShape(many=True)
    rows_csv = serializers.URLField(help_text="The requests that counted for it, without a person")
    inputs_csv = serializers.URLField(help_text="The sums above come from its lines there")
    verify_py = serializers.URLField()


def full(name: str, *args: Any, edition: int | None = None) -> str:
    """Return the whole address of a page or file of the ratings."""
    more = f"?edition={edition}" if edition else ""
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}{more}"


def snapshot(row: RatingSnapshot) -> dict[str, Any]:
    """Return a rating as SnapshotShape says; `methodology` must be loaded."""
    return {
        "period": str(row),
        "edition": row.edition,
        "erratum": row.erratum,
        "methodology": row.methodology.version,
        "frozen_at": row.frozen_at,
        "published_at": row.published_at,
        "url": full("ratings:period", row.period, edition=row.edition),
        "api": full("api-rating", row.period, edition=row.edition),
    }


def files(row: RatingSnapshot) -> dict[str, str]:
    """Return the addresses of the month's files as FilesShape says."""
    names = {
        "results_csv": "results",
        "results_json": "results_json",
        "inputs_csv": "inputs",
        "rows_csv": "rows",
        "methodology_json": "methodology_file",
        "manifest_json": "manifest",
        "signature_json": "signature",
        "verify_py": "verifier",
    }
    return {
        name: full(f"ratings:{page}", row.period, edition=row.edition)
        for name, page in names.items()
    }


def standing(result: RatingResult, of: RatingSnapshot) -> dict[str, Any]:
    """Return a result as StandingShape says."""
    names = (
        *("position", "reference", "name", "group", "is_rated", "score", "low", "high"),
        *("band", "certainty", "best", "worst", "rivals"),
    )
    return {
        **{name: getattr(result, name) for name in names},
        "url": full("ratings:company", of.period, result.reference, edition=of.edition),
    }
