"""The list of companies: found, filtered, sorted, paged, on the map, side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now

from disclosure import licences
from disclosure.directory.bands import band_of
from disclosure.directory.side_by_side import best_of
from disclosure.models import (
    Building,
    CompletenessScore,
    ManagementCompany,
    ResponseFigures,
)
from disclosure.publications import reports
from tests.city_fixtures import NOON
from tests.disclosure.forms.conftest import FINANCES

pytestmark = pytest.mark.django_db
LIST, MAP, POINTS, COMPARE = (
    f"/companies/{rest}" for rest in ("", "map/", "map/points/", "compare/")
)


def score(company, percent, *, own=None, total=True, day=date(2026, 3, 1)) -> None:
    CompletenessScore.objects.create(
        company=company,
        day=day,
        asked=10,
        filled=5,
        forms=5,
        in_time=4,
        percent=Decimal(own if own is not None else percent),
        total=Decimal(percent) if total else None,
    )


def answered(company, in_time, judged) -> None:
    ResponseFigures.objects.create(
        company=company, counted_at=now(), days=90, total=judged, fixed=in_time,
        judged=judged, in_time=in_time, presented=judged, reopened=0,
    )  # fmt: skip


def names(client, **asked) -> list[str]:
    return [str(row.company) for row in client.get(LIST, asked).context["rows"]]


@pytest.fixture
def four(company, rival_company, make_building):
    """Return four companies: of two, one, no and no houses."""
    tsj = ManagementCompany.objects.create(inn="7325000045", name="ТСЖ «Мир»", kind="tsj")
    old = ManagementCompany.objects.create(name="Безномерная")
    make_building(company=company, district="Заречный", lat=54.3, lon=48.3)
    make_building(company=company, district="Нагорный", lat=54.4, lon=48.4)
    make_building(company=rival_company, district="Нагорный", lat=54.5, lon=48.5)
    return company, rival_company, tsj, old


class TestList:
    def test_every_company_is_told_with_its_houses_disclosure_and_answers(self, client, four):
        score(four[0], "64.99")
        answered(four[0], 9, 10)
        page = client.get(LIST).content.decode()
        for words in ("Раскрыто 64 %", "заявок в срок: 90 % (9 из 10)", "2 дома", "Найдено 4"):
            assert words in page, words

    def test_the_newest_score_counts_and_own_forms_stand_in_for_a_missing_total(self, client, four):
        score(four[0], "10", day=date(2026, 1, 1))
        score(four[0], "90", day=date(2026, 2, 1))
        score(four[1], "70", total=False)
        rows = {row.company.pk: row for row in client.get(LIST).context["rows"]}
        assert rows[four[0].pk].band.code == "most"
        assert rows[four[1].pk].band.code == "half"
        assert rows[four[2].pk].band is None

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"kind": "tsj"}, ["ТСЖ «Мир»"]),
            ({"district": "Заречный"}, ["УК «Причал»"]),
            ({"district": "Нагорный"}, ["УК «Причал»", "УК «Соседний двор»"]),
            ({"district": "Нагорный", "q": "сосед"}, ["УК «Соседний двор»"]),
            ({"disclosed": "most"}, []),
            ({"disclosed": "nothing", "kind": "tsj"}, ["ТСЖ «Мир»"]),
            ({"kind": "tsj", "district": "Заречный"}, []),
        ],
    )
    def test_filters_narrow_the_list(self, client, four, settings, asked, found):
        assert sorted(names(client, **asked)) == found

    def test_the_filters_that_are_set_are_said_and_stay_folded(self, client, four):
        page = client.get(LIST, {"kind": "tsj", "disclosed": "nothing"})
        assert page.context["choice"].filters == ["ТСЖ", "Ничего не опубликовано"]
        assert 'class="directory-filters">' in page.content.decode()
        none = client.get(LIST, {"kind": "tsj", "licence": "yes"}).content.decode()
        assert 'class="directory-filters" open>' in none

    @pytest.mark.parametrize("asked", ["kind", "district", "disclosed", "sort", "licence"])
    def test_an_unknown_value_chooses_nothing(self, client, four, asked):
        assert len(names(client, **{asked: "zzz"})) == 4

    def test_nobody_found_says_how_to_go_on(self, client, four):
        page = client.get(LIST, {"kind": "tsj", "q": "причал"}).content.decode()
        assert "Уберите одно из них" in page
        assert "Показать всё" in page or "Показать все" in page

    def test_an_empty_register_says_so(self, client, db):
        assert "Найден" not in client.get(LIST).content.decode()

    def test_who_published_and_how_much_is_a_filter(self, client, four, finances, publish):
        publish(finances, FINANCES)
        assert names(client, disclosed="published") == ["УК «Причал»"]
        assert "УК «Причал»" not in names(client, disclosed="nothing")
        CompletenessScore.objects.all().delete()
        score(four[0], "79.99")
        # Scored as well, but it published nothing at all.
        score(four[1], "60")
        assert names(client, disclosed="half") == ["УК «Причал»"]
        assert names(client, disclosed="most") == []

    def test_a_licence_counts_for_five_years(self, client, standard, company, publish):
        report = reports.find(company, "company", "1.1", on=NOON.date())
        today = localdate()
        for received, is_found in (
            (today.replace(year=today.year - 6), False),
            (today.replace(year=today.year - 1), True),
        ):
            publish(
                report,
                {"name_full": "ООО"},
                {
                    "licenses": [
                        {"license_number": "7", "license_receipt_date": received.isoformat()}
                    ]
                },
                at=now(),
            )
            assert (names(client, licence="yes") == ["УК «Причал»"]) is is_found


class TestOrder:
    @pytest.fixture(autouse=True)
    def figures(self, four):
        score(four[0], "20")
        score(four[1], "85")
        answered(four[0], 1, 3)
        answered(four[1], 1, 2)
        answered(four[2], 0, 0)

    @pytest.mark.parametrize(
        ("sort", "first", "last"),
        [
            ("houses", "УК «Причал»", "ТСЖ «Мир»"),
            ("disclosed", "УК «Соседний двор»", "ТСЖ «Мир»"),
            ("in_time", "УК «Соседний двор»", "ТСЖ «Мир»"),
            ("name", "Безномерная", "ТСЖ «Мир»"),
        ],
    )
    def test_each_order_puts_the_unknown_last(self, client, sort, first, last):
        found = names(client, sort=sort)
        assert found[0] == first
        # Of what is known of neither the newer row comes first; the other unknown is last.
        assert last in found[-2:]

    @pytest.mark.parametrize("sort", ["name", "houses", "disclosed", "in_time"])
    def test_pages_hold_every_company_once_there_and_back(self, client, sort, monkeypatch):
        monkeypatch.setattr("disclosure.directory.listing.PAGE", 1)
        whole, url, last = [], f"{LIST}?{urlencode({'sort': sort})}", ""
        while url:
            values = client.get(url).context
            whole += [row.company.pk for row in values["rows"]]
            url, last = values["after"], values["before"] or last
        assert sorted(whole) == sorted(ManagementCompany.objects.values_list("pk", flat=True))
        assert [row.company.pk for row in client.get(last).context["rows"]] == [whole[-2]]

    def test_a_cursor_of_another_order_leads_to_the_first_page(self, client, monkeypatch):
        monkeypatch.setattr("disclosure.directory.listing.PAGE", 1)
        after = client.get(LIST).context["after"]
        cursor = after.partition("cursor=")[2]
        answer = client.get(f"{LIST}?sort=houses&cursor={cursor}")
        assert (answer.status_code, answer.url) == (302, f"{LIST}?sort=houses")


class TestMap:
    def test_houses_are_told_with_their_company_and_its_disclosure(self, client, four):
        score(four[0], "30")
        told = client.get(POINTS).json()
        assert told["complete"] is True
        dots = {one["properties"]["status"]: one["properties"]["tone"] for one in told["features"]}
        assert dots == {
            "УК «Причал»: Раскрыто 30 %": "bad",
            "УК «Соседний двор»: пока ничего не известно": "quiet",
        }

    def test_the_map_shows_the_houses_of_the_list(self, client, four):
        asked = {"q": "причал", "district": "Нагорный"}
        page = client.get(MAP, asked)
        assert [str(row.company) for row in page.context["rows"]] == ["УК «Причал»"]
        told = client.get(page.context["points"]).json()["features"]
        assert [one["geometry"]["coordinates"] for one in told] == [[48.4, 54.4]]

    def test_only_what_is_in_view_is_told(self, client, four):
        told = client.get(POINTS, {"bbox": "48.35,54.35,48.45,54.45"}).json()["features"]
        assert len(told) == 1

    def test_a_map_of_nobody_says_so(self, client, four):
        page = client.get(MAP, {"q": "нету"}).content.decode()
        assert "Такой компании не нашли" in page
        assert client.get(POINTS, {"q": "нету"}).json()["features"] == []


class TestSideBySide:
    def test_facts_of_three_stand_in_the_order_asked(self, client, four, finances, publish):
        publish(finances, FINANCES)
        CompletenessScore.objects.all().delete()
        score(four[0], "64.5", own="80")
        score(four[1], "30")
        answered(four[0], 9, 10)
        answered(four[1], 1, 2)
        page = client.get(COMPARE, {"inn": [four[2].inn, four[0].inn, four[1].inn]})
        heads = [str(column["company"]) for column in page.context["columns"]]
        assert heads == ["ТСЖ «Мир»", "УК «Причал»", "УК «Соседний двор»"]
        lines = {
            line.name: line.cells for _title, group in page.context["groups"] for line in group
        }
        told = {name: [cell.text for cell in cells] for name, cells in lines.items()}
        assert told["Доходы"] == ["не раскрыто", "1,0 млн ₽", "не раскрыто"]
        assert told["Лицензия"] == ["не нужна", "не раскрыто", "не раскрыто"]
        assert told["Раскрыто, вместе с домами"] == ["не раскрыто", "64 %", "30 %"]
        assert told["Выполнено в срок"] == ["заявок не было", "90 %", "50 %"]
        assert [cell.is_best for cell in lines["Выполнено в срок"]] == [False, True, False]
        assert lines["Раскрыто, вместе с домами"][1].note == "свои формы: 80 %"

    def test_violations_works_and_licence_are_told(
        self, client, standard, company, publish, make_building
    ):
        on = NOON.date()
        publish(
            reports.find(company, "company", "1.5", on=on),
            {"has_disturbances": "yes"},
            {
                "disturbances": [
                    {"date_of_responsibility": "2026-01-15", "amount_of_penalty": "125000"},
                    {"date_of_responsibility": "2026-02-15", "amount_of_penalty": "5000.50"},
                ]
            },
        )
        publish(
            reports.find(company, "company", "1.1", on=on),
            {"staff_regular_total": "42"},
            {"licenses": [{"license_number": "073", "license_receipt_date": "2020-02-29"}]},
        )
        for price in ("10", "12"):
            house = make_building(company=company)
            rows = [{"name": "1", "unit_price": price}, {"name": "2", "unit_price": "5.50"}]
            publish(reports.find(company, str(house.pk), "2.3", on=on), {}, {"services": rows})
        page = client.get(COMPARE, {"inn": company.inn})
        cells = {
            line.name: line.cells[0] for _title, group in page.context["groups"] for line in group
        }
        assert (cells["Нарушения и штрафы"].text, cells["Нарушения и штрафы"].note) == (
            "2 случая",
            "штрафы 130 тыс. ₽",
        )
        assert cells["Лицензия"].text == "срок вышел 1 марта 2025"
        assert cells["Работников"].text == "42"
        works = cells["Все работы, за 1 м² в месяц"]
        assert (works.text, works.note) == ("16,50 ₽", "по планам 2 домов")

    def test_three_are_the_most_and_the_rest_is_said(self, client, four):
        fourth = ManagementCompany.objects.create(inn="7325000052", name="Четвёртая")
        inns = [each.inn for each in (*four[:3], fourth)]
        page = client.get(COMPARE, {"inn": inns})
        assert len(page.context["columns"]) == 3
        assert "здесь первые три" in page.content.decode()

    def test_a_company_without_a_number_and_nonsense_are_met_calmly(self, client, four):
        asked = [
            four[3].reference,
            "zzz",
            "",
            "r-99999999999999999999999",
            "\x00",
            four[3].reference,
        ]
        page = client.get(COMPARE, {"inn": asked})
        assert [str(column["company"]) for column in page.context["columns"]] == ["Безномерная"]

    def test_another_company_is_found_and_added(self, client, four):
        page = client.get(COMPARE, {"inn": four[0].inn, "q": "сосед"}).content.decode()
        assert f"?inn={four[0].inn}&amp;inn={four[1].inn}" in page
        # Whoever stands there already is not offered again.
        again = client.get(COMPARE, {"inn": four[0].inn, "q": "причал"})
        assert again.context["offered"] == []

    def test_without_a_choice_the_page_says_how_to_choose(self, client, db):
        assert "Пока никто не выбран" in client.get(COMPARE).content.decode()


def queries(client, url) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_more_companies_and_houses_cost_no_more_queries(
    client, four, finances, publish, make_building
):
    publish(finances, FINANCES)
    three = "&".join(f"inn={each.inn}" for each in four[:3])
    urls = [LIST, f"{LIST}?sort=in_time&disclosed=published", MAP, POINTS, f"{COMPARE}?{three}"]
    before = [queries(client, url) for url in urls]
    for number in range(30):
        more = ManagementCompany.objects.create(name=f"УК {number}")
        make_building(company=more, lat=54.3, lon=48.3)
        score(more, "50")
        answered(more, 1, 2)
    assert [queries(client, url) for url in urls] == before
    assert before[0] == 2
    assert max(before) <= 8
    one = queries(client, f"{COMPARE}?inn={four[0].inn}")
    assert one <= before[4]


def test_a_part_is_never_larger_than_its_whole(company):
    with pytest.raises(IntegrityError), transaction.atomic():
        answered(company, 3, 2)
    assert not ResponseFigures.objects.exists()


@pytest.mark.parametrize(
    ("received", "over"),
    [("2021-03-01", "2026-03-01"), ("2020-02-29", "2025-03-01"), ("2019-02-28", "2024-02-28")],
)
def test_a_licence_is_over_on_one_day_for_list_and_page(received, over):
    received_on, over_on = date.fromisoformat(received), date.fromisoformat(over)
    assert licences.until(received_on) == over_on
    assert received_on <= licences.received_since(over_on)
    assert received_on > licences.received_since(date.fromordinal(over_on.toordinal() - 1))


@pytest.mark.parametrize(
    ("percent", "code"),
    [
        *((0, "little"), (49.99, "little"), (50, "half")),
        *((79.99, "half"), (80, "most"), (100, "most")),
    ],
)
def test_bands_meet_without_a_gap(percent, code):
    assert band_of(percent).code == code


@pytest.mark.parametrize(
    ("values", "best"),
    [
        ([1, 3, 2], [False, True, False]),
        ([3, None, 3], [False, False, False]),
        ([None, 3], [False, False]),
        ([3, 3, 1], [True, True, False]),
    ],
)
def test_the_best_is_better_than_somebody(values, best):
    assert best_of(values, choose=max) == best


def test_the_page_of_a_company_leads_to_comparing(client, company):
    assert f"{COMPARE}?inn={company.inn}" in client.get(company.get_absolute_url()).content.decode()
    assert Building.objects.count() == 0
