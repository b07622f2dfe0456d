"""Why an operation on a case is not made."""

from __future__ import annotations

from django.utils.translation import gettext as _


class Refused(Exception):
    """The operation is not made; `field` says what is wrong, `message` is for people."""

    def __init__(self, field: str, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.field, self.message, self.code = field, message, code


class NotFound(Refused):
    """The actor may not know of it: looks the same as if it did not exist."""

    def __init__(self) -> None:
        super().__init__("", _("There is no such case."), "not_found")


class Stale(Refused):
    """Somebody else changed the file since it was read."""

    def __init__(self) -> None:
        said = _("Somebody has changed the case meanwhile. Look at it again, then repeat.")
        super().__init__("", said, "stale")
