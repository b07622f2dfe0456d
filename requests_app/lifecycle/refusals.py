"""Why an operation upon a request is refused."""

from __future__ import annotations

from django.utils.translation import gettext as _


class Refused(Exception):
    """The step is not made; `field` says what is wrong, `message` is for people."""

    def __init__(self, field: str, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.field, self.message, self.code = field, message, code


class NotFound(Refused):
    """The actor may not know of this request: looks the same as if it did not exist."""

    def __init__(self) -> None:
        super().__init__("", _("There is no such request."), "not_found")


class Stale(Refused):
    """Another save came first; what was meant is kept beside what stands."""

    def __init__(self, *, seen: int, current: int) -> None:
        super().__init__(
            "",
            _("Someone changed this request while you had it open. Look at it again and repeat."),
            "stale",
        )
        self.seen, self.current = seen, current
