"""What an attacker sends: issue 4, review. Every field of every form and call, and never a 500."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as project
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.actors import CodeHolder, Nobody
from contact_center import front_page
from disclosure import address_search, addresses
from notifications.models import Message
from notifications.rendering import render
from requests_app import intake, tracking_code
from requests_app.desk import search
from requests_app.models import Incident, Request
from requests_app.statuses import Status
from requests_app.tracking import holding
from tests.city_fixtures import ORDINARY
from tests.contact_center.test_who_sees_what import second_factor_of
from tests.requests_app.filing_steps import NEW, to_check, to_contact, to_matter, to_words

pytestmark = pytest.mark.django_db

# A zero byte ends most checks at once, so it stands alone; the rest come together.
HOSTILE = {
    "zero byte": "a\x00b",
    "mixture": "\u202eг👩‍👩‍👧\r\nBcc: v@example.org <script>'\"{{ 7|add:7 }}../..\x7f[[[[",
    "long": "я" * 100_000,
    "huge number": "9" * 5_000,
    "other digits": "٣²",
}


@pytest.fixture(autouse=True)
def _demo(settings, tmp_path) -> None:
    settings.DEMO = False
    settings.FILING_LIMIT = settings.CODE_LIMIT = 1_000_000


@pytest.fixture
def desk(operator) -> Client:
    client = second_factor_of(Client(), operator)
    client.raise_request_exception = False
    return client


@pytest.fixture
def browser(resident) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(resident)
    return client


def survives(answer: Any, *told: Any) -> None:
    assert answer.status_code < 500, (*told, answer.status_code)


def sent_one_by_one(client: Client, path: str, fields: dict[str, str], hostile: str) -> None:
    """Put the hostile text into each field with the others as they should be, then into all."""
    for name in fields:
        survives(client.post(path, {**fields, name: hostile}), path, name)
    survives(client.post(path, dict.fromkeys(fields, hostile)), path)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_the_forms_of_filing_take_anything(hostile, browser, building, categories):
    to_matter(browser, building.pk)
    address = {"building": str(building.pk), "flat": "1", "entrance": "1", "join": "", "home": ""}
    sent_one_by_one(browser, NEW, {**address, "category": ORDINARY}, hostile)
    to_words(browser, building.pk)
    sent_one_by_one(browser, f"{NEW}matter/", {"category": ORDINARY}, hostile)
    sent_one_by_one(browser, f"{NEW}call-first/", {"category": ORDINARY}, hostile)
    to_words(browser, building.pk)
    sent_one_by_one(browser, f"{NEW}words/", {"description": "x", "remove": "", "add": ""}, hostile)
    to_contact(browser, building.pk)
    contact = {"name": "x", "email": "a@example.org", "phone": "", "consent": "on", "public": ""}
    sent_one_by_one(browser, f"{NEW}contact/", contact, hostile)
    to_check(browser, building.pk)
    sent_one_by_one(browser, f"{NEW}check/", {"key": "x"}, hostile)
    sent_one_by_one(browser, f"{NEW}discard/", {"key": "x"}, hostile)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_the_forms_of_tracking_and_of_ones_account_take_anything(hostile, browser, make_request):
    item = make_request(status=Status.DONE)
    code = {"number": item.number, "code": "x"}
    sent_one_by_one(browser, "/requests/track/", code, hostile)
    sent_one_by_one(browser, "/requests/mine/add/", code, hostile)
    said = {"text": "x", "key": "1", "version": "", "kept": ""}
    for verb in ("comment", "confirm", "object", "withdraw", "answer", "reopen"):
        sent_one_by_one(browser, f"/requests/{item.number}/do/{verb}/", said, hostile)
    person = {"name": "x", "phone": "", "language": "ru"}
    sent_one_by_one(browser, "/accounts/profile/", person, hostile)
    stranger = Client(raise_request_exception=False)
    for path in ("login/", "login/code/", "signup/", "password/reset/"):
        fields = {"login": "a@example.org", "email": "a@example.org", "password": "x", "next": "/"}
        sent_one_by_one(stranger, f"/accounts/{path}", {**fields, "consent": "on"}, hostile)
    sent_one_by_one(stranger, "/theme/", {"theme": "dark", "next": "/"}, hostile)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_the_forms_of_the_desk_take_anything(hostile, desk, make_request, building, categories):
    item = make_request(status=Status.IN_PROGRESS)
    page = f"/admin/requests_app/request/{item.pk}/"
    step = {
        "version": str(item.version),
        "key": "1",
        "text": "x",
        "signed_on": "2026-03-02",
        "signer": "x",
        "scan_id": "",
        "executor": "",
        "executor_q": "",
        "outcome": "refused",
        "clause": "x",
        "duplicate_of": "",
    }
    for name in ("present_act", "redirect", "ask", "refuse"):
        sent_one_by_one(desk, f"{page}move/", {**step, "step": name}, hostile)
    sent_one_by_one(desk, f"{page}comment/", {"text": "x", "key": "2"}, hostile)
    sent_one_by_one(desk, f"{page}note/", {"text": "x"}, hostile)
    sent_one_by_one(desk, f"{page}assign/", {"operator": "", "version": "1"}, hostile)
    matter = {"category": ORDINARY, "text": "", "version": "1", "key": ""}
    sent_one_by_one(desk, f"{page}matter/", matter, hostile)
    sent_one_by_one(desk, f"{page}incident/", {"incident": ""}, hostile)
    sent_one_by_one(desk, "/admin/requests_app/request/search/", {"q": "x"}, hostile)
    chosen = {"chosen": str(item.pk), "key": "", "operator": "", "executor": "", "text": ""}
    for bulk in ("accept", "mine", "assign", "redirect"):
        fields = {**chosen, "bulk": bulk, "executor_q": "", "sure": "1"}
        sent_one_by_one(desk, "/admin/requests_app/request/", fields, hostile)
    phone = {
        "phone": "+7 900 000-00-01",
        "name": "x",
        "email": "",
        "address_q": "x",
        "building": str(building.pk),
        "flat": "1",
        "entrance": "",
        "matter_q": "x",
        "category": ORDINARY,
        "description": "x",
        "consent": "on",
        "key": "k",
    }
    sent_one_by_one(desk, "/admin/requests_app/request/add/", phone, hostile)
    sent_one_by_one(desk, "/admin/requests_app/request/add/caller/", {"phone": "x"}, hostile)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_the_forms_of_incidents_take_anything(hostile, admin_user, building, categories):
    admin = second_factor_of(Client(raise_request_exception=False), admin_user)
    # Every way of choosing pressed at once.
    houses = {
        "more_houses": building.address,
        "fewer_lines": "",
        "seen": "",
        "category": "1",
        "_add_street": "",
        "street-street": "x",
        "street-first": "1",
        "street-last": "2",
        "_add_zone": "",
        "zone-zone": "1/heating",
        "zone-district": "",
        "_add_area": "",
        "area-area": "54 48, 55 49",
    }
    sent_one_by_one(admin, "/admin/requests_app/incident/add/", houses, hostile)
    incident = Incident.objects.create(
        kind="fault", category=categories[ORDINARY], title="x", started_at=timezone.now()
    )
    Incident.objects.create(
        kind="fault", category=categories[ORDINARY], title="y", started_at=timezone.now()
    )
    page = f"/admin/requests_app/incident/{incident.pk}/"
    sent_one_by_one(admin, f"{page}change/", houses, hostile)
    merged = {"do": "merge", "key": "k", "into": "0", "reason": "x"}
    sent_one_by_one(admin, f"{page}next/", merged, hostile)


ASKED = {
    "/": ("q",),
    "/requests/": ("service", "state", "district", "cursor"),
    "/requests/points.geojson": ("service", "state", "district", "bbox"),
    "/requests/new/": ("q", "building", "category"),
    "/requests/new/matter/": ("q", "group"),
    "/requests/track/": ("number",),
    "/requests/mine/": ("show", "cursor"),
    "/requests/26-000001/": ("code",),
    "/buildings/": ("q",),
    "/buildings/suggest/": ("q",),
    "/companies/": ("q", "cursor"),
    "/companies/7325000006/": ("cursor",),
    "/accounts/login/": ("next",),
    "/api/v1/buildings/": ("q", "near", "company", "district", "bbox", "cursor", "fields"),
    "/api/v1/companies/": ("q", "kind", "district", "licence", "disclosed", "sort", "cursor"),
    "/api/v1/companies/7325000006/publications/": ("form", "year", "building", "cursor"),
    "/api/v1/requests/": (
        *("category", "status", "district", "company", "building", "bbox", "since", "until"),
        *("updated_since", "cursor"),
    ),
    "/api/v1/ratings/": ("cursor",),
    "/api/v1/tariffs/": ("kind", "utility", "settlement", "on", "cursor"),
    "/api/v1/won/rows/": ("kind", "year", "month", "utility", "district", "company", "cursor"),
    "/api/v1/questions/": ("q", "topic", "cursor"),
    "/api/v1/calendar/": ("kind", "district", "since", "until"),
    "/api/v1/statistics/": ("month",),
    "/api/v1/requests/26-000001/": ("code",),
    "/api/v1/incidents/": (
        *("state", "kind", "utility", "building", "district", "company", "executor", "since"),
        *("until", "updated_since", "cursor"),
    ),
    "/outages/": ("when", "utility", "q", "cursor"),
    "/admin/requests_app/incident/houses.geojson": ("bbox",),
    "/api/v1/schema/": ("format", "lang", "version"),
    "/api/v1/docs/": ("lang", "version", "script"),
    "/api/v1/desk/requests/": ("status", "category", "company", "overdue", "q", "cursor"),
    "/admin/requests_app/request/": (
        *("tab", "q", "meant", "caller", "cursor", "filters", "status", "category", "executor"),
        *("district", "operator", "channel", "emergency", "since", "until"),
    ),
    "/admin/requests_app/request/organisations/": ("executor_q",),
    "/admin/requests_app/request/add/addresses/": ("address_q",),
    "/admin/requests_app/request/add/matters/": ("matter_q",),
    "/admin/requests_app/request/add/answer/": ("building", "category"),
    "/admin/disclosure/building/": ("q", "p", "o", "_to_field"),
    "/admin/disclosure/managementcompany/": ("q", "p"),
    "/admin/notifications/message/": ("state", "number", "event", "before", "after"),
    "/admin/accounts/user/": ("q", "p", "is_staff__exact"),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_addresses_take_anything(hostile, desk, browser, admin_user, company, building):
    hostile = hostile[:3_000]
    admin = second_factor_of(Client(raise_request_exception=False), admin_user)
    stranger = Client(raise_request_exception=False)
    for path, names in ASKED.items():
        readers = [admin] if path.startswith("/admin/") else [stranger, browser]
        readers += [desk] if "request" in path else []
        for client in readers:
            for name in names:
                survives(client.get(path, {name: hostile}), path, name)
            survives(client.get(path, dict.fromkeys(names, hostile)), path)
    for place in ("companies", "notifications/unsubscribe", "api/v1/requests", "buildings"):
        survives(stranger.get(f"/{place}/{hostile[:200]}/"), place)


CURSORS = [
    json.dumps([0, "2026-01-01T00:00:00+00:00", 10**400]),
    json.dumps([0, "0001-01-01T00:00:00+23:59", 1]),
    json.dumps([0, "9999-12-31T23:59:59-23:59", 1]),
    json.dumps([0, "\ud800", 1]),
    json.dumps([1, None, []]),
    json.dumps({"0": 1, "1": 2, "2": 3}),
    json.dumps([0, "x\x00", 1]),
]


@pytest.mark.parametrize("said", CURSORS)
def test_a_tampered_cursor_starts_anew(said, desk, building, company):
    cursor = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    for path in (
        "/requests/",
        "/companies/",
        f"/companies/{company.inn}/",
        "/api/v1/desk/requests/",
        "/admin/requests_app/request/",
    ):
        survives(desk.get(path, {"cursor": cursor}), path)


JSON_VALUES = [
    *HOSTILE.values(), "\ud800",
    None, True, 0, -1, 10**30, 1.5e300, [], {}, [[]], {"$ne": 1}, ["x"] * 60,
]  # fmt: skip


@pytest.mark.parametrize("hostile", JSON_VALUES, ids=lambda value: repr(value)[:16])
def test_every_field_of_every_call_takes_anything(
    hostile, desk, building, categories, make_request, operator
):
    stranger = Client(raise_request_exception=False)
    stranger.handler.enforce_csrf_checks = False
    body = {
        "category": ORDINARY,
        "building": building.pk,
        "entrance": "1",
        "flat": "1",
        "description": "x",
        "contact": {"name": "x", "email": "a@example.org", "phone": "+7 900 000-00-01"},
        "consent": True,
        "public": False,
        "uploads": [],
        "incident": None,
    }
    item = make_request(status=Status.IN_PROGRESS, resident=None)
    step = {
        "to": "done",
        "text": "x",
        "act": {"signed_on": "2026-03-02", "signer": "x", "upload": None},
        "executor": {"company": None, "supplier": None},
        "outcome": "",
        "clause": "",
        "duplicate_of": "",
        "version": None,
    }
    said = {"code": tracking_code.of(item), "text": "x", "uploads": []}
    calls: list[tuple[Client, str, dict[str, Any]]] = [
        (stranger, "/api/v1/requests/", body),
        (desk, f"/api/v1/requests/{item.number}/transitions/", step),
        *(
            (stranger, f"/api/v1/requests/{item.number}/{verb}/", said)
            for verb in ("comment", "confirm", "object", "withdraw")
        ),
    ]
    for client, path, fields in calls:
        for name, value in fields.items():
            survives(as_json(client, path, {**fields, name: hostile}), path, name)
            for inner in value if isinstance(value, dict) else ():
                nested = {**fields, name: {**value, inner: hostile}}
                survives(as_json(client, path, nested), path, name, inner)
        key = str(hostile).encode("ascii", "replace").decode()[:150].replace("\n", " ")
        survives(as_json(client, path, fields, key=key.replace("\r", " ")), path, "key")


def as_json(client: Client, path: str, body: dict[str, Any], *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(path, json.dumps(body), "application/json", headers=headers)


EVIL = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"


def test_markup_in_what_people_write_stays_text(make_request, desk, browser, company, building):
    type(company).objects.update(name=EVIL, short_name=EVIL, phone="", email="a@example.org")
    type(building).objects.update(address=f"{EVIL}, д. 1")
    item = make_request(
        description=EVIL,
        flat="<b>'\"</b>",
        contact=intake.Contact(name=EVIL, email="a@example.org", phone=""),
        public=True,
        status=Status.NEEDS_INFO,
    )
    Request.objects.update(executor_name=EVIL)
    contact = desk.post(f"/admin/requests_app/request/{item.pk}/contact/")
    pages = [
        contact,
        desk.get("/admin/requests_app/request/"),
        desk.get(f"/admin/requests_app/request/{item.pk}/change/"),
        browser.get(f"/requests/{item.number}/"),
        browser.get("/requests/mine/"),
        browser.get("/requests/"),
        browser.get("/"),
        browser.get(f"/buildings/{building.pk}/"),
        browser.get("/companies/"),
        browser.get(f"/companies/{company.inn}/"),
        browser.get("/buildings/", {"q": EVIL}),
        browser.get("/requests/track/", {"number": EVIL}),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<img src=x" not in page.content.decode()
        assert "<script>alert" not in page.content.decode()
    points = browser.get("/requests/points.geojson")
    assert points["Content-Type"] == "application/geo+json"
    assert points["X-Content-Type-Options"] == "nosniff"
    for message in Message.objects.all():
        letter = render(message)
        assert "<img src=x" not in letter.html
        assert "\n" not in letter.subject


def test_no_header_is_smuggled_into_a_letter(new_request):
    for email in ("a@example.org\nBcc: v@example.org", "a@example.org\r\n\r\nHello", "a@b.c,d@e.f"):
        with pytest.raises(intake.Invalid) as refused:
            intake.file(
                new_request(contact=intake.Contact(email=email)), by=Nobody(), at=timezone.now()
            )
        assert list(refused.value.errors) == ["contact.email"]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_host(there, client, resident):
    resident.set_password("a long password")
    resident.save()
    EmailAddress.objects.create(user=resident, email=resident.email, verified=True, primary=True)
    answer = client.post(
        f"/accounts/login/?next={there}",
        {"login": resident.email, "password": "a long password", "next": there},
    )
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith(("//", "/\\"))


def test_passwords_cannot_be_tried_without_end(client, operator):
    EmailAddress.objects.create(user=operator, email=operator.email, verified=True, primary=True)
    for n in range(12):
        client.post(
            "/accounts/login/",
            {"login": operator.email, "password": f"wrong {n}"},
            headers={"X-Forwarded-For": f"198.51.100.{n}"},
        )
    answer = client.post(
        "/accounts/login/", {"login": operator.email, "password": "a long password"}
    )
    assert answer.status_code in (200, 429)
    assert "_auth_user_id" not in client.session


def test_a_foreign_host_is_refused_and_never_repeated(client, settings):
    settings.ALLOWED_HOSTS = ["portal.example"]
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    forwarded = {"Host": "portal.example", "X-Forwarded-Host": "evil.example"}
    assert "evil.example" not in client.get("/", headers=forwarded).content.decode()


def test_the_cookie_of_opened_requests_does_not_grow(make_request, rf):
    request = rf.get("/")
    for n in range(40):
        answer = HttpResponse()
        holding.keep(
            answer,
            CodeHolder(number=f"26-{n:012d}", code_hash=tracking_code.digest(str(n))),
            request,
        )
        request.COOKIES[holding.COOKIE] = answer.cookies[holding.COOKIE].value
    assert len(holding.held(request)) == holding.MOST
    assert len(answer.cookies[holding.COOKIE].OutputString()) < 4_000


def test_cookies_stay_within_https(client, settings, building, categories, make_request):
    """Not by `is_secure()`: behind a proxy that forgets its header they would leave in the open."""
    settings.SESSION_COOKIE_SECURE = True
    item = make_request()
    to_matter(client, building.pk)
    client.get(f"/requests/{item.number}/", {"code": tracking_code.of(item)})
    client.post("/theme/", {"theme": "dark"})
    for name in ("draft", "opened", "theme"):
        cookie = client.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")


def test_opening_by_code_starts_no_session(client, make_request):
    item = make_request()
    client.get(f"/requests/{item.number}/", {"code": tracking_code.of(item)})
    assert project.SESSION_COOKIE_NAME not in client.cookies


def test_no_long_text_reaches_the_patterns_of_addresses(db, monkeypatch):
    """The patterns are quadratic at worst: what keeps them cheap is that the text is short."""
    seen = []
    split = addresses.split_house
    monkeypatch.setattr(addresses, "split_house", lambda text: seen.append(text) or split(text))
    for text in ("5" * 100_000, "д 5 к " * 20_000, "- " * 50_000, "а" * 100_000 + " 5"):
        address_search.find(text)
        words = search.read(text)
        assert words is None or len(words.text) <= search.LONGEST
    assert seen
    assert max(map(len, seen)) <= address_search.LONGEST


def test_the_api_says_nothing_to_caches(make_request, client):
    item = make_request()
    answer = client.get(f"/api/v1/requests/{item.number}/", {"code": tracking_code.of(item)})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_an_error_page_tells_no_secret(client, settings, monkeypatch):
    def fail(at: object) -> None:
        secret = "hidden in a variable"
        raise RuntimeError(secret)

    monkeypatch.setattr(front_page, "values", fail)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    for word in ("hidden in", "RuntimeError", "Traceback", settings.SECRET_KEY):
        assert word not in answer.content.decode()
