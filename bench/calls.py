"""The portal's calls that are measured, and what each needs from the city."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection
from django.db.models import Count
from django.test import Client

from accounts.models import User
from bench.cursors import PUBLIC, SMALL, middle
from disclosure.models import ManagementCompany
from requests_app import tracking_code
from requests_app.models import Category, Request
from requests_app.statuses import Status

API, PAGE, ADMIN = 2.5, 4.0, 6.0
OPEN311 = "/open311/v2/requests.json"


@dataclass
class Call:
    """One address, read or written, and its target as a multiple of the bare view."""

    name: str
    path: str
    target: float
    method: str = "GET"
    body: Callable[[], dict[str, Any]] | None = None
    # Values of the recorded call that each further one replaces: taken one by one.
    paths: Iterator[str] | None = None
    instead: Iterator[dict[str, Any]] | None = None
    token: str = ""
    session: bool = False
    # An address that gives the cookie with which the page opens.
    visit: str = ""
    expected: tuple[int, ...] = (200, 201)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The name of its script."""
        return "".join(sign if sign.isalnum() else "_" for sign in self.name)


@dataclass
class City:
    """What the calls ask for, found in the city once."""

    accounts: dict[str, dict[str, str]]

    @property
    def operator(self) -> User:
        """The demo's operator."""
        return User.objects.get(email=self.accounts["operator"]["email"])

    def session(self) -> str:
        """Return the cookie of a session in which the operator is logged in."""
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(self.operator, "django.contrib.auth.backends.ModelBackend")
        return f"sessionid={client.cookies['sessionid'].value}"


def reads(city: City, deep: dict[str, str]) -> list[Call]:
    """Return the calls that change nothing; `deep` holds cursors of far pages by list."""
    token = city.accounts["operator"]["token"]
    item = Request.objects.filter(status=Status.CLOSED).order_by("-id")[100]
    code = tracking_code.of(item)
    desk = "/api/v1/desk/requests/"
    rare, several, common = words()
    return [
        Call("Tracking by API", f"/api/v1/requests/{item.number}/?code={code}", API),
        Call(
            "Tracking page",
            f"/requests/{item.number}/",
            PAGE,
            visit=f"/requests/{item.number}/?code={code}",
        ),
        Call("Desk API, first page", desk, API, token=token),
        Call("Desk API, deep page", f"{desk}?cursor={deep['desk']}", API, token=token),
        Call(
            "Desk API, all, deep page", f"{desk}?status=all&cursor={deep['all']}", API, token=token
        ),
        Call("Work list in admin, first page", "/admin/requests_app/request/", ADMIN, session=True),
        Call(
            "Work list in admin, deep page",
            f"/admin/requests_app/request/?tab=all&cursor={deep['newest']}",
            ADMIN,
            session=True,
        ),
        Call("Queue page, first", "/admin/requests_app/request/queue/", ADMIN, session=True),
        Call(
            "Queue page, deep",
            f"/admin/requests_app/request/queue/?view=everything&cursor={deep['queue']}",
            ADMIN,
            session=True,
        ),
        Call("Search, rare word", f"{desk}?q={quote(rare)}", API, token=token),
        Call("Search, several words", f"{desk}?q={quote(several)}", API, token=token),
        Call("Search, common word", f"{desk}?q={quote(common)}", API, token=token),
        Call(
            "Search in admin, common word",
            f"/admin/requests_app/request/?tab=all&q={quote(common)}",
            ADMIN,
            session=True,
        ),
        Call("Address search API", f"/api/v1/buildings/?q={quote('строителей 12')}", API),
        Call("Address suggestions page", f"/buildings/suggest/?q={quote('строителей 12')}", PAGE),
        Call("Address search API, misspelt", f"/api/v1/buildings/?q={quote('строитилей 7')}", API),
        Call("Public requests API, first page", PUBLIC, API),
        Call("Public requests API, deep page", f"{PUBLIC}?cursor={deep['public_api']}", API),
        Call("Company list API", "/api/v1/companies/", API),
        Call("House API", f"/api/v1/buildings/{item.building_id}/", API),
        Call("Guide search API", f"/api/v1/guides/?q={quote('холодные батареи')}", API),
        Call(
            "Guide search API, a story with slips",
            f"/api/v1/guides/?q={quote('сидим мерзнем атопление еле греет куда жаловаться')}",
            API,
        ),
        Call("Guide search page", f"/guides/?q={quote('холодные батареи')}", PAGE),
        Call("Consultations page", "/consultations/", PAGE),
        Call("Public list, first page", "/requests/", PAGE),
        Call("Public list, deep page", f"/requests/?cursor={deep['public']}", PAGE),
        Call("Open311 list, first page", f"{OPEN311}?page_size={SMALL}", API),
        Call("Open311 list, deep page", f"{OPEN311}?page_size={SMALL}&page={deep['open311']}", API),
        Call("Open311 list, a thousand rows", OPEN311, API),
        Call("Feed of a district, Atom", district_feed(item), PAGE),
        Call("First page of the portal", "/", PAGE),
        Call("Company list", "/companies/", PAGE),
        Call("Company page", largest_company().get_absolute_url(), PAGE),
        Call("House page", item.building.get_absolute_url(), PAGE),
        Call("Dashboard", "/dashboard/", PAGE),
        Call("Money won", "/recalculation/won/", PAGE),
        Call("Operators' board", "/admin/requests_app/request/board/", ADMIN, session=True),
    ]


def district_feed(item: Request) -> str:
    """Return the address of the feed of the district where the request's house stands."""
    return f"/feeds/requests.atom?{urlencode({'district': item.building.district})}"


def largest_company() -> ManagementCompany:
    """Return the company that runs most houses: its page has most to tell."""
    return ManagementCompany.objects.annotate(count=Count("management_periods")).order_by(
        "-count", "pk"
    )[0]


def filing(city: City) -> Call:
    """Return the call that files a request by API."""
    building = Request.objects.order_by("-id").values_list("building_id", flat=True)[0]
    category = Category.objects.filter(slug="ht_riser").values_list("slug", flat=True)[0]

    def body() -> dict[str, Any]:
        return {
            "category": category,
            "building": building,
            "flat": "12",
            "description": "Батарея в комнате холодная со вчерашнего вечера, стояк еле тёплый.",
            "contact": {"name": "Анна Петрова", "email": "bench@post.example", "phone": ""},
            "consent": True,
            "public": False,
            "uploads": [],
        }

    return Call(
        "Filing by API", "/api/v1/requests/", API, method="POST", body=body,
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )  # fmt: skip


def words() -> tuple[str, str, str]:
    """Return a rare word, several words and a word that very many requests hold."""
    return "ревизионка", "лифт пожилой этаж", "прошу"


def plant_rare_word() -> None:
    """Let three old requests hold the rare word: the same few at any size."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_request SET description = description || ' Ревизионка течёт.'"
            " WHERE id IN (SELECT id FROM requests_app_request WHERE status = 'closed'"
            " ORDER BY id LIMIT 3) AND description NOT LIKE '%Ревизионка%'"
        )


def tell_ids_apart() -> None:
    """Move small ids far off: a player of recorded statements knows an id by its value alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(name, greatest(700000000, nextval(name)))"
            " FROM (SELECT pg_get_serial_sequence('accounts_idempotentcall', 'id')::regclass)"
            " AS sequence(name)"
        )


def cursors() -> dict[str, str]:
    """Return cursors into the middle of each list."""
    return middle()


def accounts(path: Any) -> dict[str, dict[str, str]]:
    """Return the demo's accounts as seed_demo printed them."""
    found: dict[str, dict[str, str]] = json.loads(path.read_text())["accounts"]
    return found
