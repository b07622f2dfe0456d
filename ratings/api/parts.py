"""What this room adds to the answer about a company: where it stands now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from disclosure.api.parts import Part
from disclosure.models import ManagementCompany
from ratings.api import shapes
from ratings.panels import newest_of


class NewestRatingShape(shapes.StandingShape):
    """The standing in the newest published rating that holds the company."""

    period = serializers.CharField(help_text="The month: 2026-10")
    api = serializers.URLField(help_text="Why it has that score")


def _rating(company: ManagementCompany, _at: datetime) -> dict[str, Any] | None:
    result = newest_of(company)
    if result is None:
        return None
    of = result.snapshot
    return {
        **shapes.standing(result, of),
        "period": str(of),
        "api": shapes.full("api-company-rating", of.period, result.reference, edition=of.edition),
    }


RATING_OF_COMPANY = Part(
    "rating",
    lambda: NewestRatingShape(allow_null=True, help_text="Null while no rating holds it"),
    _rating,
)
