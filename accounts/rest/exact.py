"""Answers keep every digit: a decimal leaves as text, as the document says, never as a float."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


class _ExactEncoder(JSONEncoder):
    """DRF's own turns a decimal into a float where no serializer stands before it."""

    def default(self, obj: Any) -> Any:
        """Return what JSON can hold."""
        return f"{obj:f}" if isinstance(obj, Decimal) else super().default(obj)


class ExactJSONRenderer(JSONRenderer):
    """JSON of the API."""

    encoder_class = _ExactEncoder
