"""The operators' desk in Django admin; each file registers what it knows."""

from requests_app.admin import (
    answers,
    categories,
    escalations,
    evidence,
    incidents,
    norms,
    outside,
    proposals,
    quality_calls,
    requests,
    special_days,
    suggestions,
)

__all__ = [
    "answers",
    "categories",
    "escalations",
    "evidence",
    "incidents",
    "norms",
    "outside",
    "proposals",
    "quality_calls",
    "requests",
    "special_days",
    "suggestions",
]
