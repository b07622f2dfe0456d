"""
What answers hold, as the portal's OpenAPI document describes them.

Moments are ISO 8601 texts with an offset, days are 2026-11-29, decimals are text. An answer may
hold more than is named here: within /api/v1/ things are only added.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class Contact(TypedDict):
    """Who files: a name, and an e-mail or a phone."""

    name: str
    email: NotRequired[str]
    phone: NotRequired[str]


class Executor(TypedDict):
    """The organisation that answers for a request, or mends a fault."""

    name: str
    inn: str
    phone: str


class Upload(TypedDict):
    """A file taken in."""

    id: str
    media_type: str
    size: int


class Norm(TypedDict):
    """The norm that promises the term."""

    clause: str
    text: str


class Filed(TypedDict):
    """A request as taken in; the code is shown here and nowhere else."""

    number: str
    tracking_code: str
    tracking_url: str
    status: str
    due_at: str
    norm: Norm
    executor: Executor | None


class Event(TypedDict):
    """A line of the timeline."""

    at: str
    status: str
    text: str


class Tracked(TypedDict):
    """A request as its owner sees it."""

    number: str
    status: str
    outcome: str
    category: str
    address: str
    due_at: str
    executor: Executor | None
    events: list[Event]


class OwnRequest(TypedDict):
    """A row of the account's own list."""

    number: str
    status: str
    outcome: str
    category: str
    address: str
    registered_at: str
    due_at: str
    overdue: bool


class PublicRequest(TypedDict):
    """A request whose resident agreed to show it."""

    id: int
    category: str
    service: str
    title: str
    place: str
    district: str
    building: int | None
    status: str
    outcome: str
    executor: str
    executor_inn: str
    registered_at: str
    closed_at: str | None
    updated_at: str


class FoundCompany(TypedDict):
    """Who manages a house today."""

    inn: str | None
    name: str


class FoundBuilding(TypedDict):
    """A house of a search or list; `guess`: ask before taking it."""

    id: int
    address: str
    company: FoundCompany | None
    lat: float | None
    lon: float | None
    guess: bool


class Incident(TypedDict):
    """A fault or a planned outage."""

    id: int
    url: str
    kind: str
    state: str
    utility: str
    category: str
    title: str
    cause: str
    executor: Executor | None
    started_at: str
    expected_end_at: str | None
    ended_at: str | None
    houses: int
    updated_at: str


class Outages(TypedDict):
    """What is off in a house, and what will be."""

    now: list[Incident]
    planned: list[Incident]


class Building(TypedDict):
    """A house whole; see the document for what the rest of its members hold."""

    id: int
    address: str
    district: str
    takes_requests: bool
    passport: dict[str, Any]
    managed_by: dict[str, Any] | None
    management: list[dict[str, Any]]
    suppliers: list[dict[str, Any]]
    outages: Outages
    links: dict[str, Any]


class ListedCompany(TypedDict):
    """A company in the list."""

    reference: str
    inn: str | None
    name: str
    kind: str
    is_active: bool
    houses: int
    disclosed_percent: str | None
    url: str


class Standing(TypedDict):
    """Where a company stands in a rating."""

    position: int
    reference: str
    name: str
    group: str
    is_rated: bool
    score: str
    low: str
    high: str
    band: str
    best: int | None
    worst: int | None
    rivals: int


class Company(TypedDict):
    """A company whole."""

    reference: str
    inn: str | None
    ogrn: str
    name: str
    short_name: str
    kind: str
    is_active: bool
    phone: str
    dispatcher_phone: str
    licence: dict[str, Any] | None
    houses: int
    area_m2: str | None
    completeness: dict[str, Any] | None
    rating: dict[str, Any] | None
    requests: dict[str, Any] | None
    links: dict[str, str]


class Rating(TypedDict):
    """The published rating of a month."""

    period: str
    edition: int
    methodology: int
    published_at: str
    url: str
    api: str


class Guide(TypedDict):
    """A guide as lists show it."""

    slug: str
    title: str
    question: str
    topic: str
    summary: str
    reviewed_on: str
    url: str


class GuideText(Guide):
    """A guide with its text and the clauses it rests on."""

    html: str
    clauses: list[str]
    sources: list[str]
    confidence: str


class Slot(TypedDict):
    """A free time of the personal reception."""

    id: int
    host: str
    post: str
    start: str
    end: str
    kind: str
    place: str
    district: str


class Meeting(TypedDict):
    """A meeting of a seminar."""

    start: str
    end: str
    title: str


class Seminar(TypedDict):
    """A seminar, or a course of several meetings."""

    id: int
    title: str
    topic: str
    about: str
    speaker: str
    place: str
    district: str
    state: str
    meetings: list[Meeting]
    seats: int
    free: int
    closes_at: str
    url: str


class WholeSeminar(Seminar):
    """A seminar as its page shows it; its meetings also have a `recording`."""

    audience: str
    online: bool
    building: int | None
    takes_sign_ups: bool
    waiting: int
    cancel_reason: str
    certificate_after: int
    materials: list[dict[str, Any]]
    mark: dict[str, Any] | None
    calendar: str
