"""Refusals of Open311: 404 for what is not there, 403 for a key, 400 for nearly all else."""

from __future__ import annotations

from requests_app.open311.formats import Answer


class Wrong(Exception):
    """What came in cannot be answered; each of `descriptions` becomes an error of its own."""

    def __init__(self, status: int, *descriptions: object, retry_after_seconds: int = 0) -> None:
        super().__init__(status)
        self.status = status
        self.descriptions = [str(one) for one in descriptions]
        self.retry_after_seconds = retry_after_seconds

    def answer(self) -> Answer:
        """Return the body; the code in it is the status of HTTP, for clients that lose the one."""
        return Answer(
            "errors",
            [{"code": self.status, "description": one} for one in self.descriptions],
        )


def bad(field: str, message: object) -> Wrong:
    """Return the refusal of one field, named first."""
    return Wrong(400, f"{field}: {message}")
