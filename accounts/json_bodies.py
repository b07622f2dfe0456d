"""
JSON bodies of the API: a huge, bottomless or ambiguous one is refused, not swallowed.

A key that stands twice means one thing to us and another to whoever checked the body before us, so
neither reading is taken.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.utils.json import strict_constant

from accounts.problems import Problem


class BoundedJSONParser(BaseParser):
    """Reads at most `most` bytes, which Django itself asks of forms only; a room may take more."""

    # Of DRF's own JSONParser it would read the whole body itself, within Django's one bound.
    media_type = "application/json"
    most: ClassVar[int] = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    # What a number with a point becomes; a float by default.
    fraction: ClassVar[type[str] | None] = None

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """
        Return the value.

        Raise Problem 413 for a long body and 400 `duplicate_key` for a key that stands twice in
        one object, ParseError for what is not JSON.
        """
        body = stream.read(self.most + 1)
        if len(body) > self.most:
            raise Problem(
                _("The body is too large."),
                code="too_large",
                status_code=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
            )
        encoding = (parser_context or {}).get("encoding") or settings.DEFAULT_CHARSET
        try:
            return json.loads(
                codecs.decode(body, encoding),
                parse_constant=strict_constant,
                parse_float=self.fraction,
                object_pairs_hook=_once_each,
            )
        # Brackets by the thousand exhaust the reader; an unknown charset is a LookupError.
        except (ValueError, LookupError, RecursionError):
            raise ParseError(_("The body is not JSON.")) from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)[:100]
        # Half a surrogate pair cannot be written into the answer.
        twice = twice.encode(errors="replace").decode()
        raise Problem(
            _("The key «%(name)s» stands twice in one object.") % {"name": twice},
            code="duplicate_key",
            errors={twice: _("This key stands twice.")},
        )
    return read
