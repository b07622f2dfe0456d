"""
Operations on a filed request: status, comments, notes, assignment, category.

Each locks the row, re-reads it, asks the table of steps, and writes row, event, audit and letters
in one transaction. Nothing else writes `Request.status`.

A file is one notion: `operation` (lock, version, event), `moving` (steps of the table), `saying`,
`placing` (operator, matter, incident), `clock`, `acts`, `executors`, `objecting`, `refusals`.
"""

from requests_app.lifecycle.details import ActDetails, Details, NewExecutor
from requests_app.lifecycle.moving import move, steps_open_to
from requests_app.lifecycle.objecting import CONFIRM_WITHIN, REOPEN_WITHIN
from requests_app.lifecycle.operation import TEXT_MAX, role_of
from requests_app.lifecycle.placing import assign, attach_to_incident, recategorise
from requests_app.lifecycle.refusals import NotFound, Refused, Stale
from requests_app.lifecycle.saying import comment, internal_note

__all__ = [
    "CONFIRM_WITHIN",
    "REOPEN_WITHIN",
    "TEXT_MAX",
    "ActDetails",
    "Details",
    "NewExecutor",
    "NotFound",
    "Refused",
    "Stale",
    "assign",
    "attach_to_incident",
    "comment",
    "internal_note",
    "move",
    "recategorise",
    "role_of",
    "steps_open_to",
]
