"""The Python client against the running portal: each job, retries, refusals, cursors."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils.timezone import now
from housing_contact_center import (
    Conflict,
    NotAllowed,
    NotFound,
    Portal,
    PortalError,
    Unreachable,
)

from accounts import tokens
from accounts.actors import System, actor_of
from outreach.guides import api as guides_api
from outreach.models import Host
from outreach.reception import api as reception_api
from outreach.seminars import api as seminars_api
from ratings import publishing
from requests_app.incidents import opening
from requests_app.models import Request
from tests.city_fixtures import COMPANY_INN, NOON, ORDINARY
from tests.outreach.conftest import guides  # noqa: F401
from tests.outreach.test_calendar import meeting, slot
from tests.ratings.conftest import AFTER, draft, year  # noqa: F401
from tests.requests_app.filing_steps import picture

pytestmark = pytest.mark.service


@pytest.fixture
def portal(live_portal):
    return Portal(live_portal.url, timeout=20)


def file(portal, building, **more):
    return portal.file_request(
        **{
            "category": ORDINARY, "building": building.pk, "description": "Батарея холодная",
            "contact": {"name": "Анна Петрова", "email": "anna@example.org"}, **more,
        }
    )  # fmt: skip


def test_a_request_from_its_photo_to_a_step_of_staff(
    live_portal, portal, categories, building, resident, operator
):
    photo = portal.upload(picture().read(), name="battery.jpg")
    mine = Portal(live_portal.url, token=tokens.issue(resident, name="t"))
    filed = file(mine, building, uploads=[photo["id"]], flat="12", public=True)
    code, number = filed["tracking_code"], filed["number"]
    assert portal.track(number, code=code)["status"] == "new"
    told = portal.comment(number, "Дома после 18:00", code=code)
    assert "Дома после 18:00" in [line["text"] for line in told["events"]]
    assert [row["number"] for row in mine.my_requests()] == [number]
    (shown,) = portal.public_requests(building=building.pk)
    assert shown["category"] == ORDINARY
    staff = Portal(live_portal.url, token=tokens.issue(operator, name="t"))
    assert staff.transition(number, "accepted", text="Принято")["status"] == "accepted"
    with pytest.raises(Conflict) as refused:
        staff.transition(number, "new")
    assert refused.value.code == "forbidden_step"


def test_reads_of_the_registry_outages_money_and_ratings(
    portal,
    categories,
    building,
    company,
    operator,
    draft,  # noqa: F811
):
    publishing.publish(draft.pk, by=System(), at=AFTER, waiver="Для проверки")
    opening.open_incident(
        kind="fault", utility="heating", category=categories["ht_none"].pk, title="Нет тепла",
        buildings=[building.pk], started_at=NOON, by=actor_of(operator), at=NOON,
    )  # fmt: skip
    house = next(one for one in portal.find_buildings("садовая") if one["id"] == building.pk)
    whole = portal.building(house["id"])
    assert [one["title"] for one in whole["outages"]["now"]] == ["Нет тепла"]
    assert [one["title"] for one in portal.incidents(building=building.pk)] == ["Нет тепла"]
    assert portal.company(COMPANY_INN)["houses"] == 1
    assert portal.disclosure(inn=COMPANY_INN)["company"]["inn"] == COMPANY_INN
    (month,) = portal.ratings()
    rows = list(portal.standings(month["period"]))
    assert {row["reference"] for row in rows} >= {COMPANY_INN}
    score = portal.rating_of(month["period"], COMPANY_INN)
    assert abs(sum(one["earned"] for one in score["indicators"])
               - float(score["standing"]["score"])) < 0.01  # fmt: skip
    reduced = portal.recalculate(
        {
            "utility": "cold_water", "month": "2026-04", "charge": "800.00",
            "intervals": [{"kind": "interruption", "start": "2026-04-10T08:00:00+04:00",
                           "end": "2026-04-11T14:00:00+04:00"}],
        }
    )  # fmt: skip
    assert float(reduced["reduction"]) > 0


def test_lists_are_read_to_their_end_page_by_page(portal, make_building, company):
    made = {make_building(company=company).pk for _ in range(103)}
    found = [one["id"] for one in portal.buildings(company=company.inn)]
    assert len(found) == len(made)
    assert set(found) == made
    assert len(list(portal.buildings(limit=5))) == 5
    assert list(portal.buildings(limit=0)) == []


def test_help_is_listed_to_its_end_and_read(portal, guides, monkeypatch):  # noqa: F811
    monkeypatch.setattr(guides_api, "SIZE", 3)
    monkeypatch.setattr(reception_api, "SIZE", 2)
    monkeypatch.setattr(seminars_api, "SIZE", 2)
    start = now() + timedelta(days=3)
    seminars = [meeting(start + timedelta(days=n)).seminar.pk for n in range(5)]
    host = Host.objects.create(name="Киселёв А. П.", post="Юрист")
    slots = [slot(host, start + timedelta(hours=n)).pk for n in range(5)]
    titles = [one["title"] for one in portal.guides()]
    assert sorted(titles) == sorted(one.title for one in guides.values())
    assert next(iter(portal.guides("застрял в лифте")))["slug"] == "lift"
    assert portal.guide("lift")["clauses"]
    assert [one["id"] for one in portal.reception_slots(kind="office")] == slots
    assert [one["id"] for one in portal.seminars(limit=4)] == seminars[:4]
    assert [one["id"] for one in portal.seminars(topic="bills")] == seminars
    assert portal.seminar(seminars[0])["meetings"][0]["start"]
    with pytest.raises(NotFound):
        portal.seminar(10**9)


def test_refusals_have_their_code_and_fields(live_portal, portal, categories, building):
    with pytest.raises(NotFound):
        portal.company("7325999999")
    with pytest.raises(PortalError) as wrong:
        file(portal, building, contact={"name": "", "email": "no"})
    assert wrong.value.status == 400
    assert any(name.startswith("contact") for name in wrong.value.errors)
    with pytest.raises(NotAllowed) as stranger:
        list(Portal(live_portal.url, token="hcc_wrong").my_requests())
    assert stranger.value.code
    with pytest.raises(PortalError) as unknown:
        portal.get("buildings/", colour="red")
    assert (unknown.value.code, list(unknown.value.errors)) == ("unknown_parameter", ["colour"])
    assert Request.objects.count() == 0


class _Lossy(BaseHTTPRequestHandler):
    """Hands calls on to the portal, and loses the first answers."""

    portal = ""
    lost = 0
    keys: list[str] = []

    def do_POST(self) -> None:
        import urllib.request

        body = self.rfile.read(int(self.headers["Content-Length"]))
        _Lossy.keys.append(self.headers["Idempotency-Key"])
        call = urllib.request.Request(_Lossy.portal + self.path, body, dict(self.headers))
        with urllib.request.urlopen(call, timeout=20) as answer:
            status, said = answer.status, answer.read()
        if _Lossy.lost:
            _Lossy.lost -= 1
            # The portal has done it; the answer never comes.
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_words: object) -> None:
        """Keep quiet."""


def test_a_lost_answer_is_asked_for_again_and_done_once(live_portal, categories, building):
    _Lossy.portal, _Lossy.lost, _Lossy.keys = live_portal.url, 2, []
    between = HTTPServer(("127.0.0.1", 0), _Lossy)
    threading.Thread(target=between.serve_forever, daemon=True).start()
    try:
        waits: list[float] = []
        client = Portal(f"http://127.0.0.1:{between.server_port}", sleep=waits.append)
        filed = file(client, building)
    finally:
        between.shutdown()
        between.server_close()
    assert (len(_Lossy.keys), len(set(_Lossy.keys)), len(waits)) == (3, 1, 2)
    assert Request.objects.get().number == filed["number"]


def test_no_portal_is_said_so_after_all_attempts():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    waits: list[float] = []
    with pytest.raises(Unreachable):
        Portal(f"http://127.0.0.1:{port}", attempts=3, sleep=waits.append).company("1")
    assert len(waits) == 2
