"""Refusals of the API as RFC 9457 problems; `contact_center.problems` writes them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import status
from rest_framework.exceptions import APIException


class Problem(APIException):
    """
    A refusal with a stable `code` and the fields it is about.

    `errors` maps a field's name («contact.email») to what is wrong with it, in the reader's words.
    `more` are members that this kind of refusal adds to the usual ones.
    """

    def __init__(
        self,
        title: str,
        *,
        code: str,
        status_code: int = status.HTTP_400_BAD_REQUEST,
        errors: Mapping[str, str] | None = None,
        retry_after_seconds: int | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail=title, code=code)
        self.status_code = status_code
        self.code = code
        self.errors = dict(errors or {})
        self.more = dict(more or {})
        # DRF's own name: its handler turns it into Retry-After.
        self.wait = retry_after_seconds
