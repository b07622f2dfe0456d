"""A request taken in by phone: from the first digit to the code read aloud."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ContactLook
from requests_app import tracking_code
from requests_app.admin import phone_intake
from requests_app.models import Incident, IncidentBuilding, Request, RequestContact
from requests_app.statuses import Channel
from tests.city_fixtures import everything
from tests.requests_app.desk_cast import as_user, at

pytestmark = pytest.mark.django_db
PHONE = "8 (900) 000-00-01"


@pytest.fixture
def call(categories, building):
    """Return what the form sends at the end of a usual call."""
    return {
        "key": "one-call",
        "phone": PHONE,
        "address_q": "садовая 1",
        "building": building.pk,
        "entrance": "2",
        "flat": "17",
        "matter_q": "батарея",
        "category": "ht_riser",
        "description": "Холодная батарея в комнате",
        "name": "Анна Петровна",
        "email": "",
        "consent": "on",
    }


def test_a_call_becomes_a_request_with_number_and_code(operator, call):
    browser = as_user(operator)
    answer = browser.post(at("add"), call)
    item = Request.objects.get()
    assert answer.url == at("filed", item.pk)
    assert (item.channel, item.flat, item.entrance, item.resident) == (
        Channel.PHONE,
        "17",
        "2",
        None,
    )
    assert item.contact.phone == "+79000000001"
    first = item.events.get()
    assert (first.author, first.user) == ("operator", operator)
    aloud = browser.get(answer.url).content.decode()
    assert item.number in aloud
    assert tracking_code.of(item) in aloud


def test_sent_twice_is_one_request(operator, call):
    first = as_user(operator).post(at("add"), call)
    second = as_user(operator).post(at("add"), call)
    assert first.url == second.url
    assert Request.objects.count() == 1


def test_next_call_with_an_old_form_is_refused(operator, call):
    as_user(operator).post(at("add"), call)
    page = as_user(operator).post(at("add"), {**call, "flat": "18"})
    assert page.status_code == 422
    assert Request.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "shown_at"),
    [
        ("phone", "", "email"),
        ("phone", "восемь", "phone"),
        ("building", "", "address_q"),
        ("building", "99999999", "address_q"),
        ("category", "", "matter_q"),
        ("category", "no-such", "matter_q"),
        ("description", " ", "description"),
        ("description", "а" * 50_000, "description"),
        ("consent", "", "consent"),
        ("flat", "1" * 20, "flat"),
        ("name", "я" * 300, "name"),
    ],
)
def test_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    operator, call, field, value, shown_at
):
    before = everything()
    page = as_user(operator).post(at("add"), {**call, field: value})
    assert page.status_code == 422
    assert shown_at in page.context["form"].errors
    assert everything() == before
    if field != "name":
        assert "Анна Петровна" in page.content.decode()


def test_code_is_shown_only_to_who_took_it_in_and_only_then(operator, chief, call, monkeypatch):
    as_user(operator).post(at("add"), call)
    item = Request.objects.get()
    assert as_user(chief).get(at("filed", item.pk)).status_code == 404
    assert (
        tracking_code.of(item) not in as_user(operator).get(at("change", item.pk)).content.decode()
    )
    assert as_user(operator).get(at("filed", item.pk)).status_code == 200
    monkeypatch.setattr(phone_intake, "CODE_SHOWN_FOR", timedelta(seconds=-1))
    assert as_user(operator).get(at("filed", item.pk)).status_code == 404


def test_callers_earlier_requests_are_shown_and_noted(operator, call, make_request):
    earlier = make_request(flat="33")
    browser = as_user(operator)
    part = browser.post(at("intake_caller"), {"phone": PHONE}).content.decode()
    assert earlier.number in part
    assert "33" in part
    assert ContactLook.objects.get().subject == f"request:{earlier.pk}"
    assert (
        earlier.number
        not in browser.post(at("intake_caller"), {"phone": "+7 900 000-00-99"}).content.decode()
    )
    # A number in an address would stay in logs and histories.
    assert browser.get(at("intake_caller")).status_code == 405


def test_houses_and_matters_are_found_while_typing(operator, call, categories):
    browser = as_user(operator)
    houses = browser.get(at("intake_addresses"), {"address_q": "садовая 1"}).content.decode()
    assert 'name="building"' in houses
    assert "Причал" in houses
    name = categories["ht_riser"].name
    found = browser.get(at("intake_matters"), {"matter_q": name}).content.decode()
    assert 'value="ht_riser"' in found
    for hostile in ("\x00", "<script>", "'; --", "я" * 5000, ""):
        for address, field in (
            (at("intake_addresses"), "address_q"),
            (at("intake_matters"), "matter_q"),
        ):
            page = browser.get(address, {field: hostile})
            assert page.status_code == 200
            assert "<script>" not in page.content.decode()


def test_desk_says_at_once_who_answers_and_by_when(operator, call, building, make_request):
    known = make_request()
    incident = Incident.objects.create(
        kind="fault",
        category=known.category,
        title="Нет тепла в квартале",
        started_at=timezone.now(),
    )
    IncidentBuilding.objects.create(incident=incident, building=building)
    said = as_user(operator).get(
        at("intake_answer"), {"building": building.pk, "category": "ht_riser"}
    )
    text = said.content.decode()
    for words in ("Причал", "до ", known.number, "Нет тепла в квартале"):
        assert words in text
    for asked in ({}, {"building": "x"}, {"category": "no-such"}, {"building": 10**15}):
        assert as_user(operator).get(at("intake_answer"), asked).status_code == 200


def test_call_joins_an_incident(operator, call, building, categories):
    incident = Incident.objects.create(
        kind="fault",
        category=categories["ht_riser"],
        title="Нет тепла",
        started_at=timezone.now() - timedelta(hours=1),
    )
    IncidentBuilding.objects.create(incident=incident, building=building)
    as_user(operator).post(at("add"), {**call, "incident": incident.pk})
    assert Request.objects.get().incident == incident


def test_stop_message_is_said(operator, call, categories):
    matter = categories["ht_riser"]
    matter.stop_kind, matter.stop_message = "call_first", "Позвоните 112"
    matter.save()
    said = as_user(operator).get(at("intake_answer"), {"category": "ht_riser"})
    assert "Позвоните 112" in said.content.decode()


def test_without_javascript_look_up_answers_and_writes_nothing(operator, call):
    before = everything()
    page = as_user(operator).post(
        at("add"), {**call, "building": "", "category": "", "consent": "", "look": "1"}
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert 'name="building"' in text
    assert everything() == before
    assert not page.context["form"].errors


def test_hostile_name_is_shown_as_text(operator, call):
    attack = "<script>alert(1)</script>"
    browser = as_user(operator)
    browser.post(at("add"), {**call, "name": attack})
    item = RequestContact.objects.get().request
    shown = browser.post(at("contact", item.pk)).content.decode()
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


@pytest.mark.parametrize(("who", "status"), [("chief", 200), ("editor", 403), ("clerk", 403)])
def test_who_takes_calls(request, who, status, categories):
    browser = as_user(request.getfixturevalue(who))
    for name in ("add", "intake_addresses", "intake_matters", "intake_answer"):
        assert browser.get(at(name)).status_code == status


def test_intake_costs_the_same_however_much_the_house_asks(operator, call, building, make_request):
    browser = as_user(operator)
    asked = {"building": building.pk, "category": "ht_riser"}
    make_request()
    browser.get(at("intake_answer"), asked)
    with CaptureQueriesContext(connection) as few:
        browser.get(at("intake_answer"), asked)
    for _turn in range(7):
        make_request()
    with CaptureQueriesContext(connection) as many:
        browser.get(at("intake_answer"), asked)
    assert len(few) == len(many)


def test_the_callers_words_raise_flags_and_find_who_told_the_same(operator, make_request, building):
    known = make_request(description="Холодные батареи в комнате", category="ht_riser")
    make_request(description="Не вывозят мусор вторую неделю", category="ht_riser")
    page = as_user(operator).post(
        at("intake_words"),
        {"description": "батарея холодная, в комнате дети", "building": building.pk},
    )
    heard = page.context["heard"]
    assert [str(one.flag) for one in heard.flags] == ["children"]
    assert [one.item.number for one in heard.alike] == [known.number]
    text = page.content.decode()
    assert "дети" in text
    # Words of another resident are not read out to the caller.
    assert "Холодные батареи" not in text


def test_words_without_a_house_or_with_a_broken_one_are_answered(operator):
    for building in ("", "x", "9" * 30, "0"):
        answer = as_user(operator).post(
            at("intake_words"), {"description": "пожар\x00", "building": building}
        )
        assert answer.status_code == 200


def test_the_callers_words_never_stand_in_an_address(operator):
    assert as_user(operator).get(at("intake_words")).status_code == 405
