"""The money page of an incident: anybody reads it, and claims from it without a request."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from claims.incidents import offering
from claims.models import Claim, ClaimPaper
from disclosure.models import Residence
from notifications.models import Message
from requests_app.incidents import ending
from requests_app.models import Request, RequestContact
from tests.city_fixtures import SUPPLIER_INN
from tests.claims.incident_cast import AFTER, MATTER, STARTED, an_incident, ended
from tests.requests_app.filing_steps import picture

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef"


def words(answer):
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def incident(building, categories):
    return ended(an_incident([building.pk]))


def form(**fields):
    return {
        "flat": "7",
        "charge": "1 200,00",
        "metered": "yes",
        "account": "40817-1",
        "name": "Зинаида Фролова",
        "email": "zina@example.org",
        "phone": "",
        "consent": "on",
        "key": KEY,
        **fields,
    }


def rows():
    return Request.objects.count(), Claim.objects.count(), Message.objects.count()


def test_anybody_reads_what_the_hours_are_worth(client, incident):
    page = words(client.get(f"/outages/{incident.pk}/money/"))
    for part in ("31 час", "4,05 %", "8,22 %", "40 ₽ 50 к. с каждой 1000 ₽", "п. 4"):
        assert part in page
    assert f"/recalculation/?incident={incident.pk}&amp;month=2026-03" in page
    outage = words(client.get(f"/outages/{incident.pk}/"))
    assert f"/outages/{incident.pk}/money/" in outage


def test_the_page_names_no_person(client, incident, make_request):
    item = make_request(category=MATTER, at=STARTED)
    page = words(client.get(f"/outages/{incident.pk}/money/"))
    for secret in ("Анна", "resident@example.org", item.number):
        assert secret not in page


def test_the_calculator_knows_the_incident_by_its_number_alone(client, incident):
    address = f"/recalculation/?incident={incident.pk}"
    page = words(client.get(address))
    assert 'value="2026-03-02T16:00"' in page
    assert 'value="2026-03-03T23:00"' in page
    counted = client.get(
        address,
        {
            "incident": incident.pk,
            "utility": "hot_water",
            "month": "2026-03",
            "charge": "1200",
            "metered": "yes",
            "i0-kind": "interruption",
            "i0-start": "2026-03-02T16:00",
            "i0-end": "2026-03-03T23:00",
        },
    )
    assert "48 ₽ 60 к." in words(counted)
    assert f"/outages/{incident.pk}/money/claim/" in words(counted)


@pytest.mark.parametrize("number", ["0", "x", "99999999", "9" * 30, "-1", "²"])
def test_an_incident_that_is_none_fills_nothing_in(client, number):
    answer = client.get("/recalculation/", {"incident": number})
    assert answer.status_code == 200
    assert "i0-start" not in words(answer)


def test_one_that_goes_on_or_was_short_or_called_off_says_so(client, building, categories):
    goes_on = an_incident([building.pk])
    assert "ещё не закончилась" in words(client.get(f"/outages/{goes_on.pk}/money/"))
    assert client.get(f"/outages/{goes_on.pk}/money/claim/").status_code == 302
    short = ended(an_incident([building.pk]), at=STARTED + timedelta(hours=2))
    assert "не дольше" in words(client.get(f"/outages/{short.pk}/money/"))
    ending.cancel(goes_on.pk, reason="Ошибка", by=None, at=AFTER)  # type: ignore[arg-type]
    assert "отменено" in words(client.get(f"/outages/{goes_on.pk}/money/"))
    lift = an_incident([building.pk], utility="", matter="lf_stop")
    assert client.get(f"/outages/{lift.pk}/money/").status_code == 404
    assert client.get(f"/outages/{2**70}/money/").status_code == 404


def test_a_neighbour_without_a_request_files_both_in_one_go(client, incident, building):
    answer = client.post(f"/outages/{incident.pk}/money/claim/", form())
    item = Request.objects.get()
    assert answer["Location"] == f"/requests/new/sent/{item.number}/"
    assert (item.category.slug, item.incident, item.flat) == ("bl_recalc_quality", incident, "7")
    claim = Claim.objects.get()
    assert (claim.request, claim.amount_rub) == (item, Decimal("48.60"))
    # Hot water is the supplier's: whoever answered for the outage answers for its money.
    assert claim.executor_inn == item.executor_inn == SUPPLIER_INN
    assert claim.of_incident.incident == incident
    page = words(client.get(answer["Location"]))
    assert "48 ₽ 60 к." in page
    assert client.get(claim.get_absolute_url()).status_code == 200
    assert Client().get(claim.get_absolute_url()).status_code == 404


def test_a_double_click_files_one_of_each(client, incident):
    first = client.post(f"/outages/{incident.pk}/money/claim/", form())
    before = rows()
    again = client.post(f"/outages/{incident.pk}/money/claim/", form())
    assert again["Location"] == first["Location"]
    assert rows() == before


def test_the_same_flat_again_is_refused_and_nothing_is_written(client, incident):
    client.post(f"/outages/{incident.pk}/money/claim/", form())
    number = Claim.objects.get().number
    before = rows()
    again = client.post(f"/outages/{incident.pk}/money/claim/", form(key="another"))
    assert again.status_code == 422
    assert number in words(again)
    assert rows() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"flat": " "},
        {"flat": "1" * 13},
        {"charge": "0"},
        {"charge": "-5"},
        {"charge": "много"},
        {"charge": "1" * 60},
        {"name": ""},
        {"email": "zina"},
        {"email": ""},
        {"phone": "12"},
        {"consent": ""},
        {"month": "1999-01"},
        {"metered": "perhaps"},
        {"key": ""},
        {"key": "k" * 65},
        {"kept": "nonsense,00000000-0000-0000-0000-000000000000"},
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(client, incident, wrong):
    before = rows()
    answer = client.post(f"/outages/{incident.pk}/money/claim/", form(**wrong))
    assert answer.status_code == 422
    assert "field__error" in words(answer) or "error-summary" in words(answer)
    assert rows() == before


def test_of_many_houses_the_own_one_is_chosen_first(client, make_building, company, categories):
    houses = [make_building(company=company) for _ in range(3)]
    other = make_building(company=company, street="ул. Полевая")
    incident = ended(an_incident([house.pk for house in houses]))
    address = f"/outages/{incident.pk}/money/claim/"
    page = words(client.get(address))
    assert page.count("?building=") == 3
    assert f"?building={houses[1].pk}" in words(client.get(address, {"q": "Садовая 2"}))
    assert "не коснулась" in words(client.get(address, {"q": "Полевая 4"}))
    assert client.get(address, {"building": other.pk}).status_code == 404
    answer = client.post(f"{address}?building={houses[2].pk}", form())
    assert answer.status_code == 302
    assert Request.objects.get().building == houses[2]


def test_an_account_finds_its_home_and_itself_filled_in(client, incident, building, resident):
    Residence.objects.create(user=resident, building=building, flat="12")
    client.force_login(resident)
    page = words(client.get(f"/outages/{incident.pk}/money/claim/"))
    assert 'value="12"' in page
    assert "Анна Петрова" in page
    client.post(f"/outages/{incident.pk}/money/claim/", form())
    assert Request.objects.get().resident == resident


def test_too_many_from_one_address_wait(client, incident, settings):
    settings.FILING_LIMIT = 1
    client.post(f"/outages/{incident.pk}/money/claim/", form())
    answer = client.post(f"/outages/{incident.pk}/money/claim/", form(key="two", flat="8"))
    assert answer.status_code == 429
    assert Claim.objects.count() == 1


def test_the_photo_of_the_bill_goes_with_it(client, incident):
    bill = picture()
    bill.name = "квитанция 💧 Żółć.jpg"
    client.post(f"/outages/{incident.pk}/money/claim/", {**form(), "bills": bill})
    paper = ClaimPaper.objects.get()
    assert paper.upload.claimed_at is not None
    address = Claim.objects.get().get_absolute_url()
    assert f"{address}bill/{paper.upload_id}/" in words(client.get(address))
    assert client.get(f"{address}bill/{paper.upload_id}/").status_code == 200


def test_a_refused_form_keeps_the_photo_it_took_in(client, incident):
    client.post(f"/outages/{incident.pk}/money/claim/", form())
    bill = picture()
    refused = client.post(
        f"/outages/{incident.pk}/money/claim/", {**form(key="two"), "bills": bill}
    )
    assert refused.status_code == 422
    assert "Добавленные фото сохранены" in words(refused)
    assert not ClaimPaper.objects.exists()


def test_the_page_asks_a_fixed_number_of_queries(
    client, incident, make_building, company, django_assert_max_num_queries
):
    offering.begin_due(at=AFTER)
    with django_assert_max_num_queries(12):
        client.get(f"/outages/{incident.pk}/money/")
    many = ended(an_incident([make_building(company=company).pk for _ in range(20)]))
    with django_assert_max_num_queries(12):
        client.get(f"/outages/{many.pk}/money/")


def test_contact_and_consent_are_kept_as_of_any_request(client, incident):
    client.post(f"/outages/{incident.pk}/money/claim/", form())
    contact = RequestContact.objects.get()
    assert (contact.email, contact.name) == ("zina@example.org", "Зинаида Фролова")
    assert contact.consent_version
