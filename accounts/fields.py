"""Model fields of the lowest layer."""

from __future__ import annotations

from typing import Any

from django.db import models


class LowercaseEmailField(models.EmailField):
    """
    An e-mail address kept and compared in lower case.

    Every write and every equality look-up passes here, so the plain unique index is enough and
    nobody needs citext or `iexact`.
    """

    def get_prep_value(self, value: Any) -> Any:
        """Return the address as the database keeps it."""
        value = super().get_prep_value(value)
        return value.strip().lower() if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's
        """Show the saved form on the instance too, as a reload would."""
        value = self.get_prep_value(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value
