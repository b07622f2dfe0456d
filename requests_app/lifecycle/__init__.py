"""
Operations on a filed request: status, comments, notes, assignment, category.

Each locks the row, re-reads it, asks the table of steps, and writes row, event, audit and letters
in one transaction. Nothing else writes `Request.status`.

A file is one notion: `operation` (lock, version, event), `moving` (steps of the table), `saying`,
`placing` (operator, matter, incident), `planning` and `timing` (planned, agreed and put off),
`stages` (what was reached), `clock`, `acts`, `executors`, `objecting`, `judging` (the resident's
mark), `overdue`, `refusals`.
"""

from requests_app.lifecycle.details import ActDetails, Details, NewExecutor
from requests_app.lifecycle.judging import MARK_WITHIN, mark, may_be_marked
from requests_app.lifecycle.moving import move, steps_open_to
from requests_app.lifecycle.objecting import CONFIRM_WITHIN, REOPEN_WITHIN
from requests_app.lifecycle.operation import TEXT_MAX, hold, keep_refused, role_of
from requests_app.lifecycle.overdue import escalate
from requests_app.lifecycle.placing import assign, attach_to_incident, recategorise
from requests_app.lifecycle.refusals import NotFound, Refused, Stale
from requests_app.lifecycle.saying import comment, internal_note
from requests_app.lifecycle.stages import (
    Inspection,
    answer_in_writing,
    record_inspection,
    stop_harm,
)
from requests_app.lifecycle.timing import (
    agree_visit,
    ask_extension,
    ask_redirect,
    extend,
    may_be_extended,
    plan,
)

__all__ = [
    "CONFIRM_WITHIN",
    "MARK_WITHIN",
    "REOPEN_WITHIN",
    "TEXT_MAX",
    "ActDetails",
    "Details",
    "Inspection",
    "NewExecutor",
    "NotFound",
    "Refused",
    "Stale",
    "agree_visit",
    "answer_in_writing",
    "ask_extension",
    "ask_redirect",
    "assign",
    "attach_to_incident",
    "comment",
    "escalate",
    "extend",
    "hold",
    "internal_note",
    "keep_refused",
    "mark",
    "may_be_extended",
    "may_be_marked",
    "move",
    "plan",
    "recategorise",
    "record_inspection",
    "role_of",
    "steps_open_to",
    "stop_harm",
]
