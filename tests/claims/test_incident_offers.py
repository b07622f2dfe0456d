"""Offering an ended incident's recalculation to everybody it touched, each once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Resident
from claims import lifecycle
from claims.incidents import offering, standing
from claims.models import Claim, IncidentClaim, IncidentOffer, Offer
from notifications import said
from notifications.models import Message, WorkState
from requests_app import tracking_code
from requests_app.incidents import ending
from tests.claims.incident_cast import AFTER, ENDED, MATTER, STARTED, an_incident, ended
from tests.requests_app import followers

pytestmark = pytest.mark.django_db


def offered(at=AFTER):
    offering.begin_due(at=at)
    offering.run(at=at)


def letters():
    return Message.objects.filter(template="claims/mail/offer").order_by("pk")


@pytest.fixture
def item(make_request):
    return make_request(category=MATTER, at=STARTED + timedelta(minutes=5))


@pytest.fixture
def incident(building, item):
    return ended(an_incident([building.pk], requests=[item]))


def follow(email, building, incident=None):
    return followers.add(
        email=email, building=building, incident=incident, created_at=ENDED, confirmed_at=ENDED
    )


def test_a_resident_is_offered_the_hours_of_the_incident_once(incident, item):
    offered()
    offered(AFTER + timedelta(minutes=1))
    (one,) = Offer.objects.all()
    assert (one.request_id, one.amount_rub) == (item.pk, None)
    (letter,) = letters()
    assert letter.recipient == "resident@example.org"
    assert said.in_words(letter.context)["hours"] == "31 час"
    assert [month["norm"] for month in said.in_words(letter.context)["months"]] == ["8,22 %"]
    assert letter.context["link"] == {"link": "money_of_request", "id": item.pk}


def test_the_letter_carries_neither_name_nor_code(incident, item):
    offered()
    said = str(letters().get().context)
    for secret in ("Анна", "resident@example.org", tracking_code.of(item) or "?"):
        assert secret not in said


def test_a_known_bill_makes_rubles_of_the_hours(building, make_request, resident):
    owner = Resident(id=resident.pk)
    before = make_request(category=MATTER, at=STARTED - timedelta(days=40))
    lifecycle.file(before, january(), by=owner, at=STARTED - timedelta(days=10))
    item = make_request(category=MATTER, at=STARTED)
    ended(an_incident([building.pk], requests=[item]))
    offered()
    (one,) = Offer.objects.all()
    # 1200.00 of the last claim, with a meter: 4.05 %.
    assert (one.charge_rub, one.amount_rub) == (Decimal("1200.00"), Decimal("48.60"))
    assert said.in_words(letters().get().context)["amount"] == "48 ₽ 60 к."


def test_the_bill_of_another_account_in_the_same_flat_is_not_told(
    building, make_request, resident, neighbour
):
    before = make_request(category=MATTER, resident=neighbour, at=STARTED - timedelta(days=40))
    lifecycle.file(before, january(), by=Resident(id=neighbour.pk), at=STARTED)
    item = make_request(category=MATTER, at=STARTED)
    ended(an_incident([building.pk], requests=[item]))
    offered()
    assert Offer.objects.get().amount_rub is None


def january():
    return {
        "utility": "hot_water",
        "month": "2026-01",
        "charge": "1200",
        "metered": True,
        "intervals": [
            {
                "kind": "interruption",
                "start": "2026-01-22T08:00:00+04:00",
                "end": "2026-01-23T14:00:00+04:00",
            }
        ],
    }


def test_who_claimed_these_hours_already_is_not_written_to(building, make_request, resident):
    item = make_request(category=MATTER, at=STARTED)
    incident = ended(an_incident([building.pk], requests=[item]))
    lifecycle.file(item, of_incident(), by=Resident(id=resident.pk), at=AFTER)
    offered()
    assert not Offer.objects.exists()
    assert not letters().exists()
    assert IncidentClaim.objects.get().incident == incident


def of_incident(charge="1200"):
    return {
        "utility": "hot_water",
        "month": "2026-03",
        "charge": charge,
        "metered": True,
        "intervals": [
            {"kind": "interruption", "start": STARTED.isoformat(), "end": ENDED.isoformat()}
        ],
    }


def test_followers_and_subscribers_get_the_public_page_and_nobody_two_letters(
    building, incident, item
):
    follow("follower@example.org", building, incident)
    follow("house@example.org", building)
    follow("resident@example.org", building)
    offered()
    told = {letter.recipient: letter.context["link"]["link"] for letter in letters()}
    assert told == {
        "resident@example.org": "money_of_request",
        "follower@example.org": "money_of_incident",
        "house@example.org": "money_of_incident",
    }
    assert IncidentOffer.objects.get().told == 2


@pytest.mark.parametrize("way", ["short", "old", "cancelled", "going_on"])
def test_nobody_is_written_to_where_nothing_is_due(building, make_request, way):
    item = make_request(category=MATTER, at=STARTED)
    incident = an_incident([building.pk], requests=[item])
    at = AFTER
    if way == "short":
        ended(incident, at=STARTED + timedelta(hours=3))
    elif way == "old":
        ended(incident)
        at = ENDED + offering.OFFERED_WITHIN + timedelta(hours=1)
    elif way == "cancelled":
        ending.cancel(incident.pk, reason="Ошибка", by=None, at=ENDED)  # type: ignore[arg-type]
    offered(at)
    assert not letters().exists()
    assert not Offer.objects.exists()


def test_offers_wait_until_people_are_told_that_it_is_over(building, make_request):
    item = make_request(category=MATTER, at=STARTED)
    incident = an_incident([building.pk], requests=[item])
    ending.end(incident.pk, signed_on=ENDED.date(), signer="Мастер", text="", by=None, at=ENDED)  # type: ignore[arg-type]
    offered()
    assert not IncidentOffer.objects.exists()


def test_batches_go_on_where_the_last_one_stopped(building, make_request, resident, monkeypatch):
    monkeypatch.setattr(offering, "BATCH", 2)
    items = [make_request(category=MATTER, flat=str(n), at=STARTED) for n in range(1, 6)]
    ended(an_incident([building.pk], requests=items))
    offering.begin_due(at=AFTER)
    assert offering.run(at=AFTER, batches=2) == 2
    assert Offer.objects.count() == 4
    assert IncidentOffer.objects.get().state == WorkState.RUNNING
    offering.run(at=AFTER)
    whole = IncidentOffer.objects.get()
    assert (whole.state, whole.offers.count()) == (WorkState.FINISHED, 5)
    # One address, five flats: a letter for each.
    assert letters().count() == 5


def test_a_batch_that_fails_leaves_no_trace(building, make_request, monkeypatch):
    item = make_request(category=MATTER, at=STARTED)
    ended(an_incident([building.pk], requests=[item]))
    offering.begin_due(at=AFTER)
    with monkeypatch.context() as patch:
        patch.setattr(offering.offer_letters, "to_residents", boom)
        with pytest.raises(ZeroDivisionError):
            offering.run(at=AFTER)
    assert not Offer.objects.exists()
    assert IncidentOffer.objects.get().place == 0
    offering.run(at=AFTER)
    assert letters().count() == 1


def boom(*_args, **_more):
    raise ZeroDivisionError


def test_the_queries_of_a_batch_do_not_grow_with_it(building, make_request, resident):
    # The resident's bill of each flat is known: rubles are counted for all of them.
    for flat in ("1", "2", "3", "4", "5", "6"):
        before = make_request(category=MATTER, flat=flat, at=STARTED - timedelta(days=40))
        lifecycle.file(before, january(), by=Resident(id=resident.pk), at=STARTED)

    def spent(flats):
        items = [make_request(category=MATTER, flat=flat, at=STARTED) for flat in flats]
        ended(an_incident([building.pk], requests=items))
        offering.begin_due(at=AFTER)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            offering.run(at=AFTER, batches=1)
        offering.run(at=AFTER)
        return len(queries)

    assert spent(["1"]) == spent(["2", "3", "4", "5", "6"])


def test_the_resident_fills_one_field_and_the_offer_is_taken_up(client, incident, item, resident):
    offered()
    client.force_login(resident)
    address = f"/requests/{item.number}/money/"
    page = client.get(address).content.decode()
    assert "31 час" in page
    assert "4,05" in page
    # A look, as a mail scanner makes it, is not taking it up.
    assert Offer.objects.get().opened_at is None
    assert client.post(f"{address}count/", {"charge": "много"}).status_code == 422
    counted = client.post(f"{address}count/", {"charge": "1 200,00", "metered": "yes"})
    assert counted.status_code == 302
    assert Offer.objects.get().opened_at is not None
    application = client.get(counted["Location"]).content.decode()
    assert "48 ₽ 60 к." in application.replace("\N{NO-BREAK SPACE}", " ")
    assert client.post(counted["Location"]).status_code == 302
    found = standing.of(incident)
    assert (found.offered, found.opened, found.filed) == (1, 1, 1)
    assert found.asked_rub == Decimal("48.60")


def test_the_link_of_the_letter_opens_the_offer_without_signing_in(incident, item):
    visitor = Client()
    address = f"/requests/{item.number}/money/"
    answer = visitor.get(address, {"code": tracking_code.of(item)})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert visitor.get(address).status_code == 200
    assert Client().get(address).status_code == 404


def test_three_hundred_flats_add_up_to_the_kopeck(building, make_request, resident, incident):
    owner = Resident(id=resident.pk)
    first = make_request(category=MATTER, flat="100", at=STARTED)
    one = lifecycle.file(first, of_incident("1234.57"), by=owner, at=AFTER)
    # The other 299 as the first: what is summed is each flat's rounded kopecks.
    rows = [
        Claim(
            **{
                **{
                    f.attname: getattr(one, f.attname)
                    for f in Claim._meta.concrete_fields
                    if f.name != "id"
                },
                "place": place,
                "number": f"{first.number}/{place}",
                "amount_rub": Decimal(place) / 100 + Decimal("0.01"),
            }
        )
        for place in range(2, 301)
    ]
    Claim.objects.bulk_create(rows)
    IncidentClaim.objects.filter(claim=one).delete()
    IncidentClaim.objects.bulk_create(
        IncidentClaim(claim=claim, incident=incident) for claim in Claim.objects.all()
    )
    parts = sum(Claim.objects.values_list("amount_rub", flat=True))
    assert standing.of(incident).asked_rub == parts
    assert standing.of(incident).filed == 300


# Offers as a worker does; dies in the middle of its second page of letters, if told to.
_WORKER = """
import os, signal, sys, django
django.setup()
from django.utils.dateparse import parse_datetime
from claims.incidents import offering
dies, at, calls = sys.argv[1] == "dies", parse_datetime(sys.argv[2]), 0
offering.BATCH = 3
write = offering.offer_letters.to_residents
def dying(*args, **more):
    global calls
    calls += 1
    write(*args, **more)
    if dies and calls == 2:
        os.kill(os.getpid(), signal.SIGKILL)
offering.offer_letters.to_residents = dying
offering.begin_due(at=at)
offering.run(at=at)
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_the_rest_to_the_next(building, make_request):
    items = [make_request(category=MATTER, flat=str(n), at=STARTED) for n in range(1, 9)]
    ended(an_incident([building.pk], requests=items))
    assert worker("dies").returncode == -signal.SIGKILL
    # The first page stands, of the second nothing does.
    assert Offer.objects.count() == letters().count() == 3
    done = worker("lives")
    assert done.returncode == 0, done.stderr
    assert Offer.objects.values("request").distinct().count() == 8
    assert letters().values("dedupe_key").distinct().count() == letters().count() == 8
    assert IncidentOffer.objects.get().state == WorkState.FINISHED


def worker(how):
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME']}"
    settings = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "contact_center.settings"}
    return subprocess.run(
        [sys.executable, "-c", _WORKER, how, AFTER.isoformat()],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_offers_are_held_and_cancelled_at_the_desk(
    building, make_request, monkeypatch, client, chief
):
    monkeypatch.setattr(offering, "BATCH", 2)
    items = [make_request(category=MATTER, flat=str(n), at=STARTED) for n in range(1, 6)]
    incident = ended(an_incident([building.pk], requests=items))
    offering.begin_due(at=AFTER)
    offering.run(at=AFTER, batches=1)
    client.force_login(chief)
    page = reverse("admin:requests_app_incident_change", args=[incident.pk])
    pause = reverse("admin:claims_incident_offers", args=[incident.pk, "pause"])
    assert pause in client.get(page).content.decode()
    assert client.post(pause, {"reason": "Сверяем часы"})["Location"] == page
    assert offering.run(at=AFTER) == 0
    assert "Сверяем часы" in client.get(page).content.decode()
    cancel = reverse("admin:claims_incident_offers", args=[incident.pk, "cancel"])
    client.post(cancel, {"reason": "Часы неверны"})
    assert offering.run(at=AFTER) == 0
    assert {letter.state for letter in letters()} == {"cancelled"}
    assert letters().count() == 2
