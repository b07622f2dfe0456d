"""Fields whose form only shows that they must be filled: the operation behind judges the value."""

from __future__ import annotations

from typing import TypeVar

from django import forms

F = TypeVar("F", bound=forms.Field)


def shown_as_needed(field: F) -> F:
    """Return the field without «optional» beside its label, and with no check of its own."""
    field.required = True
    field.validate = lambda value: None  # type: ignore[method-assign]
    return field
