"""The calculator's page: its address is its state, it works without a script, bad input is told."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from claims.recalculation.values import Service

URL = "/recalculation/"
pytestmark = pytest.mark.django_db


def query(**fields):
    return {
        "utility": "cold_water",
        "month": "2026-04",
        "charge": "800",
        "metered": "yes",
        "i0-kind": "interruption",
        "i0-start": "2026-04-10T08:00",
        "i0-end": "2026-04-11T14:00",
        **fields,
    }


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_first_the_services(client):
    answer = client.get(URL)
    assert answer.status_code == 200
    for service in Service:
        assert f'href="?utility={service}"' in answer.content.decode()


@pytest.mark.parametrize("service", list(Service))
def test_each_service_has_its_form_without_mistakes(client, service):
    answer = client.get(URL, {"utility": service})
    assert answer.status_code == 200
    assert "field__error" not in answer.content.decode()
    assert "i0-start" in answer.content.decode()


def test_the_sum_is_shown_with_hours_percent_and_clause(client):
    answer = client.get(URL, query())
    assert answer.status_code == 200
    said = text_of(answer)
    for part in ("31 ₽ 20 к.", "26 часов", "3,9 %", "768 ₽ 80 к.", "ПП РФ № 354, прил. 1, п. 1"):
        assert part in said


def test_the_permanent_link_gives_the_same_sum(client):
    page = client.get(URL, query(junk="1", **{"i7-end": ""})).content.decode()
    link = re.search(r'href="http[^"]*/recalculation/\?([^"]+)"', page)
    assert link is not None
    kept = link[1].replace("&amp;", "&")
    assert "junk" not in kept
    assert "i7" not in kept
    assert "31 ₽ 20 к." in text_of(client.get(f"{URL}?{kept}"))


def test_a_request_may_offer_the_form_filled_in(client):
    offered = {
        name: value for name, value in query().items() if name not in {"month", "charge", "metered"}
    }
    page = client.get(URL, offered).content.decode()
    assert 'value="2026-04-10T08:00"' in page
    assert "found__sum" not in page


def test_a_stretch_is_added_without_a_script(client):
    page = client.get(URL, query(more="1")).content.decode()
    assert "i1-start" in page
    assert "found__sum" not in page


def test_planned_hot_water_has_an_allowance_of_its_own(client):
    rows = {"utility": "hot_water", "i0-kind": "planned"}
    assert "По закону возвращать нечего" in text_of(client.get(URL, query(**rows)))


def test_no_end_yet_is_preliminary(client):
    assert "Пока вам должны вернуть" in text_of(client.get(URL, query(**{"i0-end": ""})))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"charge": ""}, "Обязательное поле"),
        ({"charge": "-5"}, "от 0 до"),
        ({"charge": "много"}, "должно быть число"),
        ({"charge": "9" * 4000}, "должно быть число"),
        ({"month": "1999-01"}, "с сентября 2012"),
        ({"month": "<script>"}, "Месяц пишут так"),
        ({"i0-end": "2026-04-09T00:00"}, "Конец должен быть позже"),
        ({"i0-start": "завтра"}, "Дату и время пишут так"),
        ({"i0-start": "", "i0-end": ""}, "Укажите, когда услуга была плохой"),
        ({"i0-kind": "pressure"}, "Обязательное поле"),
        ({"i0-kind": "voltage"}, "такого нарушения нет"),
        ({"i0-kind": "💣"}, "Одно из"),
        ({"i0-start": "\x00"}, "Дату и время пишут так"),
    ],
)
def test_a_mistake_is_told_beside_its_field(client, wrong, words):
    answer = client.get(URL, query(**wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in text_of(answer)
    assert "error-summary" in page
    assert "<script>" not in page.split("<main")[1].split("</main")[0]


def test_what_nobody_asked_for_is_no_matter(client):
    assert client.get(URL, {"utility": "steam"}).status_code == 200
    assert client.get(URL, {"utility": "' OR 1=1 --"}).status_code == 200
    hostile = query(**{f"i{n}-start": "x" for n in range(99)})
    answer = client.get(URL, hostile)
    assert answer.status_code == 422
    assert answer.content.decode().count("reckon__row") == 30


def test_nothing_but_reading_is_served():
    client = Client(enforce_csrf_checks=True)
    assert client.post(URL, query()).status_code in {403, 405}


def test_the_number_of_queries_does_not_grow(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(URL, {"utility": "heating"})
    rows = {f"i{n}-start": f"2026-04-{n + 1:02}T08:00" for n in range(20)}
    ends = {f"i{n}-end": f"2026-04-{n + 1:02}T18:00" for n in range(20)}
    with django_assert_num_queries(1):
        answer = client.get(f"{URL}?{urlencode(query(**rows, **ends))}")
    assert answer.status_code == 200
