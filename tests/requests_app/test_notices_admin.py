"""A pasted notice at the desk: understood, corrected, made into outages once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app.models import Incident, IncidentKind
from tests.requests_app.desk_cast import as_user

pytestmark = pytest.mark.django_db

PAGE = "/admin/requests_app/incident/notice/"
YEAR = timezone.localdate().year + 1
NOTICE = f"10.02.{YEAR} с 9:00 до 17:00 отключение холодной воды: ул. Вокзальная 1, 3, 5-9 (нечёт.)"


@pytest.fixture
def street(make_building, company, supplier, categories):
    return [
        make_building(company=company, supplier=supplier, street="ул. Вокзальная", house=str(n))
        for n in range(1, 11)
    ]


@pytest.fixture
def browser(chief):
    return as_user(chief)


def form(page, **changes):
    """Return what the preview would send, as the browser does."""
    context = page.context
    sent = {"make": "1", "text": context["text"], "key": context["key"], "stretch": []}
    for stretch in context["stretches"]:
        number = stretch["number"]
        sent["stretch"].append(str(number))
        sent[f"start-{number}"], sent[f"end-{number}"] = stretch["start"], stretch["end"]
        sent[f"houses-{number}"] = [
            house.pk for one in stretch["parts"] for house, chosen in one["houses"] if chosen
        ]
    initial = context["form"].initial
    sent |= {name: initial[name] or "" for name in ("kind", "utility", "category", "title")}
    return {**sent, **changes}


def test_the_preview_shows_hours_houses_and_matter_and_makes_nothing(browser, street):
    page = browser.post(PAGE, {"text": NOTICE})
    stretch = page.context["stretches"][0]
    assert (stretch["start"], stretch["end"]) == (f"{YEAR}-02-10T09:00", f"{YEAR}-02-10T17:00")
    shown = [house.house for house, _ in stretch["parts"][0]["houses"]]
    assert shown == ["1", "3", "5", "7", "9"]
    assert page.context["form"].initial["utility"] == "cold_water"
    assert page.context["form"].initial["kind"] == IncidentKind.PLANNED
    assert not Incident.objects.exists()


def test_one_press_makes_the_planned_outage(browser, street, chief):
    page = browser.post(PAGE, {"text": NOTICE})
    answer = browser.post(PAGE, form(page))
    incident = Incident.objects.get()
    assert answer.url == f"/admin/requests_app/incident/{incident.pk}/change/"
    zone = ZoneInfo(timezone.get_current_timezone_name())
    assert incident.started_at == datetime(YEAR, 2, 10, 9, tzinfo=zone)
    assert incident.expected_end_at == datetime(YEAR, 2, 10, 17, tzinfo=zone)
    assert incident.kind == IncidentKind.PLANNED
    assert incident.category.slug == "cw_planned"
    assert {house.house for house in incident.buildings.all()} == {"1", "3", "5", "7", "9"}
    assert incident.created_by_id == chief.pk


def test_what_the_operator_corrects_is_what_is_made(browser, street):
    page = browser.post(PAGE, {"text": NOTICE})
    changed = form(page, title="Замена задвижки", more_houses="Вокзальная 10")
    changed["houses-0"] = changed["houses-0"][:2]
    changed["end-0"] = f"{YEAR}-02-10T12:30"
    browser.post(PAGE, changed)
    incident = Incident.objects.get()
    assert incident.title == "Замена задвижки"
    assert {house.house for house in incident.buildings.all()} == {"1", "3", "10"}
    assert timezone.localtime(incident.expected_end_at).strftime("%H:%M") == "12:30"


def test_each_day_is_an_outage_of_its_own_and_one_may_be_left_out(browser, street):
    text = f"с 10 по 12 февраля {YEAR} с 9:00 до 17:00 ул. Вокзальная 1, 2 нет воды"
    page = browser.post(PAGE, {"text": text})
    assert len(page.context["stretches"]) == 3
    browser.post(PAGE, form(page, stretch=["0", "2"]))
    days = sorted(timezone.localtime(one.started_at).day for one in Incident.objects.all())
    assert days == [10, 12]


def test_an_impossible_date_is_refused_with_its_line_and_makes_nothing(browser, street):
    text = f"Отключение воды\n31.02.{YEAR} с 9:00 до 17:00 ул. Вокзальная 1"
    page = browser.post(PAGE, {"text": text})
    said = page.content.decode()
    assert f"Строка 2: «31.02.{YEAR}»." in said
    assert "Такого дня или часа не бывает" in said
    assert not page.context["can_make"]
    assert browser.post(PAGE, {"text": text, "make": "1", "title": "x"}).status_code == 422
    assert not Incident.objects.exists()


def test_what_is_not_understood_is_shown_beside_what_is(browser, street):
    text = f"10.02.{YEAR} с 9 до 17 часов ул. Вокзальная 1, 77, ул. Небывалая 5"
    said = browser.post(PAGE, {"text": text}).content.decode()
    assert "Такой улицы нет в реестре" in said
    assert "Нет в реестре:" in said
    assert "77" in said


def test_a_street_without_houses_is_taken_whole_and_says_so(browser, street):
    text = f"10.02.{YEAR} с 9 до 17 часов ул. Вокзальная"
    page = browser.post(PAGE, {"text": text})
    assert page.context["stretches"][0]["count"] == 10
    assert "дома не названы: вся улица" in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"end-0": f"{YEAR}-02-10T08:00"}, "Конец не может быть раньше начала"),
        ({"houses-0": []}, "Назовите хотя бы один дом"),
        ({"stretch": []}, "Выберите хотя бы одно отключение"),
        ({"start-0": "когда-нибудь"}, "Это не дата и время"),
        ({"title": ""}, "Обязательное поле"),
        ({"more_houses": "Луна 5"}, "Луна 5"),
    ],
)
def test_wrong_corrections_are_named_and_kept(browser, street, changes, said):
    page = browser.post(PAGE, {"text": NOTICE})
    answer = browser.post(PAGE, form(page, **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Incident.objects.exists()


def test_the_same_form_sent_twice_makes_one_outage(browser, street):
    sent = form(browser.post(PAGE, {"text": NOTICE}))
    browser.post(PAGE, sent)
    browser.post(PAGE, sent)
    assert Incident.objects.count() == 1


def test_reading_a_long_notice_costs_the_same_queries(browser, street, make_building):
    def queries(text: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.post(PAGE, {"text": text})
        return len(captured)

    for number in range(8):
        make_building(street=f"ул. {'АБВГДЕЖЗ'[number]}строительная", house="1")
    queries(NOTICE)
    long = f"10.02.{YEAR} с 9:00 до 17:00 нет холодной воды: " + ", ".join(
        f"ул. {letter}строительная 1" for letter in "АБВГДЕЖЗ"
    )
    assert queries(NOTICE) == queries(long)


def test_text_that_is_no_notice_is_answered(browser, street):
    for text in ("\x00", "<script>", "10.02", "ё" * 30_000):
        assert browser.post(PAGE, {"text": text}).status_code == 200
