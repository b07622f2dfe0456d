"""The page that says «too often» kindly: why, when again, and the phone that always works."""

from __future__ import annotations

from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def too_many(http: HttpRequest, words: str, retry_after_seconds: int) -> HttpResponse:
    """Answer 429."""
    answer = render(
        http,
        "requests_app/too_many.html",
        {"words": words, "minutes": ceil(retry_after_seconds / 60)},
        status=429,
    )
    answer["Retry-After"] = str(retry_after_seconds)
    return answer
