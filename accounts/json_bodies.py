"""JSON bodies of the API, read only so far: a huge or bottomless one is refused, not swallowed."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant

from accounts.problems import Problem


class BoundedJSONParser(JSONParser):
    """Reads at most DATA_UPLOAD_MAX_MEMORY_SIZE, which Django itself asks of forms only."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the value; raise Problem 413 for a long body, ParseError for one that is none."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise Problem(
                _("The body is too large."),
                code="too_large",
                status_code=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
            )
        encoding = (parser_context or {}).get("encoding") or settings.DEFAULT_CHARSET
        try:
            return json.loads(codecs.decode(body, encoding), parse_constant=strict_constant)
        # Brackets by the thousand exhaust the reader; an unknown charset is a LookupError.
        except (ValueError, LookupError, RecursionError):
            raise ParseError(_("The body is not JSON.")) from None
