"""A front as FixMyStreet is: what it reads every night, sends at once, and asks every hour."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actors import Operator
from requests_app import lifecycle
from requests_app.models import Request
from requests_app.statuses import Status
from tests.requests_app.filing_steps import picture

pytestmark = pytest.mark.django_db


class FixMyStreet:
    """Its client, by what it sends: XML, forms, everything appended to one endpoint."""

    endpoint = "/open311/v2/"

    def __init__(self, key: str) -> None:
        self.key = key
        self.http = Client(HTTP_USER_AGENT="libwww-perl/6.67")

    def get(self, path: str, **params: str) -> ET.Element:
        answer = self.http.get(self.endpoint + path, {"jurisdiction_id": "city", **params})
        assert answer.status_code == 200, answer.content
        return ET.fromstring(b"".join(answer))

    def send(self, path: str, pairs: list[tuple[str, str]]) -> ET.Element:
        body = urlencode([("jurisdiction_id", "city"), ("api_key", self.key), *pairs])
        answer = self.http.post(
            self.endpoint + path, body, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 200, answer.content.decode()
        return ET.fromstring(answer.content)


def test_a_day_of_a_front(key, building, categories, operator, front):
    fms = FixMyStreet(key)
    # At night: the categories, and the questions of those that have some.
    services = fms.get("services.xml").findall("service")
    chosen = next(one for one in services if one.findtext("metadata") == "true")
    code = chosen.findtext("service_code") or ""
    asked = fms.get(f"services/{code}.xml").findall("attributes/attribute")
    assert "fixmystreet_id" in [one.findtext("code") for one in asked]
    for one in asked:
        assert one.findtext("variable") in {"true", "false"}

    # A report: pinned on the map, with attributes repeated as its forms repeat them.
    report = [
        ("service_code", code),
        ("lat", "54.3"),
        ("long", "48.4"),
        ("email", "reporter@fms.example"),
        ("first_name", "Ольга"),
        ("last_name", "Петрова"),
        ("description", "title: Сыро\n\ndetail: Со вчера\n\nurl: https://fms.example/report/9"),
        ("media_url", "https://fms.example/photo/9.0.jpeg"),
        ("media_url", "https://fms.example/photo/9.1.jpeg"),
        ("deviceid", "fms"),
        ("attribute[fixmystreet_id]", "9"),
        ("attribute[easting]", "123"),
        ("attribute[flat]", ""),
        ("attribute[flat]", "4"),
    ]
    sent = fms.send("requests.xml", report)
    number = sent.findtext("request/service_request_id") or ""
    assert sent.find("request/token") is None
    # Its queue lost the answer and sends the report again.
    assert fms.send("requests.xml", report).findtext("request/service_request_id") == number
    item = Request.objects.get()
    assert (item.number, item.flat, item.building) == (number, "4", building)

    # The city works; the front asks what is new since.
    since = timezone.now() - timedelta(hours=1)
    desk = Operator(id=operator.pk, sees_contacts=False, is_admin=False)
    item = lifecycle.move(item, Status.ACCEPTED, by=desk, at=timezone.now())
    window = {
        "start_date": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end_date": (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    (update,) = fms.get("servicerequestupdates.xml", **window, api_key=key)
    assert update.tag == "request_update"
    assert update.findtext("service_request_id") == number
    assert update.findtext("status") == "action_scheduled"
    assert fms.get("requests.xml", service_request_id=number)[0].findtext("status") == "open"

    # A reporter writes below the report; then says it is gone.
    said = [
        ("service_request_id", number),
        ("update_id", "77"),
        ("update_id_ext", "77"),
        ("status", "OPEN"),
        ("updated_datetime", timezone.now().isoformat()),
        ("description", "Стало хуже"),
        ("title", ""),
        ("public_anonymity_required", "TRUE"),
        ("email", "reporter@fms.example"),
    ]
    first = fms.send("servicerequestupdates.xml", said).findtext("request_update/update_id")
    assert fms.send("servicerequestupdates.xml", said).findtext("request_update/update_id") == first
    assert item.events.filter(text="Стало хуже").count() == 1
    gone = dict(said) | {"update_id": "78", "status": "CANCELLED", "description": "Прошло само"}
    fms.send("servicerequestupdates.xml", list(gone.items()))
    ended = list(fms.get("servicerequestupdates.xml", **window))
    assert ended[-1].findtext("status") == "cancelled"
    assert fms.get(f"requests/{number}.xml")[0].findtext("status") == "closed"


def test_photos_by_multipart(key, form):
    answer = Client().post(
        "/open311/v2/requests.xml", form(photo1=picture(), photo2=picture(colour=(1, 1, 1)))
    )
    assert answer.status_code == 200
    assert Request.objects.get().attachments.count() == 2


def test_a_refusal_reads_as_its_client_reads_it(key):
    answer = Client().post("/open311/v2/requests.xml", {"api_key": key})
    error = ET.fromstring(answer.content).find("error")
    assert error is not None
    assert (error.findtext("code"), answer.status_code) == ("400", 400)
    assert (error.findtext("description") or "").startswith("service_code:")
