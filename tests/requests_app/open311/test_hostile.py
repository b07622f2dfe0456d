"""What strangers and broken programs send: refused in the format asked for, never a 500."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from requests_app.models import Request
from requests_app.open311 import rows, searching
from tests.requests_app.open311.asking import BASE, errors_of, get, read_xml

pytestmark = pytest.mark.django_db

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
    '<!ENTITY f SYSTEM "file:///etc/passwd">]><r>&b;&f;</r>'
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (BOMB, "text/xml"),
        (BOMB, "application/xml"),
        ('{"api_key": "x"}', "application/json"),
        ("api_key=x", "text/plain"),
        ("api_key=x", ""),
    ],
)
def test_only_forms_are_read(body, content_type):
    for path in ("requests", "servicerequestupdates"):
        answer = Client().post(f"{BASE}{path}.xml", body, content_type=content_type)
        assert answer.status_code == 403, "what is no form holds no key"
        assert read_xml(answer.content.decode())[0]["code"] == "403"
        assert b"root:" not in answer.content


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("a=1", "application/x-www-form-urlencoded; charset=windows-1251", 400),
        ("no boundary", "multipart/form-data", 400),
        ("--x\r\n", "multipart/form-data; boundary=" + "x" * 300, 400),
        ("&".join(f"a{n}=1" for n in range(4100)), "application/x-www-form-urlencoded", 400),
        ("a=" + "x" * (3 * 1024 * 1024), "application/x-www-form-urlencoded", 413),
        ("api_key=%FF%FE&service_code=%00", "application/x-www-form-urlencoded", 403),
    ],
)
def test_a_broken_form_is_refused_in_words(body, content_type, status):
    answer = Client().post(f"{BASE}requests.json", body, content_type=content_type)
    assert answer.status_code == status, answer.content
    assert errors_of(answer)


def test_fifty_megabytes_are_refused_by_their_header(form):
    answer = Client().post(
        f"{BASE}requests.json",
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(50 * 1024 * 1024),
    )
    assert answer.status_code == 413
    assert errors_of(answer)


FIELDS = (
    "service_code", "address_string", "address_id", "lat", "email", "phone", "first_name",
    "attribute[flat]", "attribute[consent]", "attribute[client_reference]", "media_url",
    "api_key", "description",
)  # fmt: skip


@pytest.mark.parametrize(
    "text", ["\x00", "a\r\nSet-Cookie: x=1", "<script>", "' OR 1=1 --", "%s%n", "🐍" * 99]
)
def test_any_text_in_any_field_is_taken_or_refused(text, form):
    for name in FIELDS:
        answer = Client().post(f"{BASE}requests.json", {**form(), name: text})
        assert answer.status_code in {200, 400, 403, 404}, answer.content
        assert "x" not in answer.cookies


PARAMETERS = (
    "service_request_id", "service_code", "start_date", "updated_after", "page", "page_size",
    "status", "extensions", "jurisdiction_id",
)  # fmt: skip


def test_any_text_in_any_parameter_is_answered(categories):
    for name in PARAMETERS:
        for text in ("\x00", "x" * 4000, "'", "-1", "NaN", "١", "[]"):
            answer = Client().get(f"{BASE}requests.xml", {name: text})
            assert answer.status_code in {200, 400, 404}
            read_xml(answer.content.decode())


def test_the_database_gone_is_a_503_in_the_clients_format(monkeypatch):
    def gone(*_args: Any) -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr(searching, "_chosen", gone)
    answer = Client().get(f"{BASE}requests.xml")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert read_xml(answer.content.decode())[0]["code"] == "503"


def test_a_fault_of_ours_is_loud(make_request, monkeypatch):
    make_request(public=True, at=timezone.now())
    monkeypatch.setattr(rows, "thing", lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Client().get(f"{BASE}requests.json")


def test_nothing_planted_is_read_by_anybody(form):
    """As nobody, every answer is searched for what one request holds."""
    said = form(**{"attribute[entrance]": "в8842", "media_url": "https://тайна.example/1.jpg"})
    filed = Client().post(f"{BASE}requests.json", said)
    item = Request.objects.get()
    secrets = [
        "Звездочётов", "Аристарх", "zvezda@secret", "9005557733", "555-77-33", "к7731", "в8842",
        "секрет описания", item.code_hash, "тайна.example", said["api_key"],
    ]  # fmt: skip
    shown = [filed.content.decode()]
    queries: list[dict[str, str]] = [{}, {"extensions": "true"}]
    places = (
        *("discovery", "services", f"services/{item.category.slug}", "requests"),
        *(f"requests/{item.number}", f"tokens/{item.number}", "servicerequestupdates"),
    )
    for path in places:
        shown += [str(get(path, query)) for query in queries]
        for query in queries:
            answer = Client().get(f"{BASE}{path}.xml", query)
            shown.append(b"".join(answer).decode() + str(answer.headers))
    assert item.number in "".join(shown)
    assert [secret for secret in secrets if secret in "".join(shown)] == []
