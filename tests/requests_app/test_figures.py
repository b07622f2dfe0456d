"""Figures kept beforehand: equal to counting by hand, whatever happens to requests and when."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from math import floor
from statistics import median

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import actor_of
from disclosure.models import Building
from requests_app import lifecycle
from requests_app.figures import folding, keeping, squares
from requests_app.figures.folding import REST, SMALLEST, Counted
from requests_app.figures.forecast import YEAR, forecast
from requests_app.models import Figure, FigureMark, FigureScope, Request
from requests_app.statuses import OPEN, Outcome, Status
from tests.city_fixtures import EMERGENCY, NOON, an_act, owner_of

LATER = NOON + timedelta(days=120)
COUNTS = (
    "filed", "emergencies", "still_open", "fixed", "judged", "in_time", "presented", "reopened",
)  # fmt: skip


def by_hand(at: datetime) -> dict[tuple[str, date, str, str], dict[str, float | None]]:
    """Count every request in Python, as the docstring of Figure says it."""
    groups: dict[tuple[str, date, str, str], list[Request]] = defaultdict(list)
    for item in Request.objects.select_related("category__parent", "building"):
        day = timezone.localtime(item.registered_at).date()
        month, house = day.replace(day=1), item.building
        matter = (item.category.parent or item.category).slug
        square = ""
        if house.lat is not None and house.lon is not None:
            row, column = house.lat / squares.SQUARE_LAT, house.lon / squares.SQUARE_LON
            square = f"{floor(row)}:{floor(column)}"
        for key in (
            ("month", month, "city", ""),
            ("month", month, "matter", matter),
            ("month", month, "district", house.district),
            ("month", month, "executor", item.executor_inn),
            ("month", month, "house", str(house.pk)),
            ("month", month, "square", square),
            ("day", day, "city", ""),
            ("day", day, "matter", matter),
        ):
            groups[key].append(item)
    return {key: _counted(items, at) for key, items in groups.items()}


def _counted(items: list[Request], at: datetime) -> dict[str, float | None]:
    counted = [item for item in items if item.outcome in {"", Outcome.FIXED}]
    late = [item for item in counted if item.paused_at is None and item.due_at < at]
    done = [item for item in counted if item.done_at]
    hours = [(item.done_at - item.registered_at).total_seconds() / 3600 for item in done]
    return {
        "filed": len(items),
        "emergencies": sum(item.is_emergency for item in items),
        "still_open": sum(item.status in OPEN for item in items),
        "fixed": sum(item.outcome == Outcome.FIXED for item in items),
        "judged": len({item.pk for item in [*late, *done]}),
        "in_time": sum(item.done_at <= item.due_at for item in done),
        "presented": sum(bool(item.done_at or item.reopened_count) for item in counted),
        "reopened": sum(item.reopened_count > 0 for item in counted),
        "hours_median": median(hours) if hours else None,
    }


def kept() -> dict[tuple[str, date, str, str], dict[str, float | None]]:
    return {
        (row["span"], row["start"], row["scope"], row["key"]): {
            name: row[name] for name in (*COUNTS, "hours_median")
        }
        for row in Figure.objects.values()
    }


# On a busy machine a draw may take longer than a test should.
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def many(make_request, make_building, company, rival_company, supplier) -> list[Request]:
    """Return requests of every status, of two months, houses, districts and organisations."""
    houses = [
        make_building(company=company, supplier=supplier, district="Береговой"),
        make_building(company=rival_company, supplier=supplier, lat=54.31, lon=48.45),
        make_building(company=company, supplier=supplier, lat=None, lon=None, district="Нагорный"),
    ]
    made = []
    for number, status in enumerate([*Status, *Outcome]):
        outcome = status if status in set(Outcome) else ""
        made.append(
            make_request(
                status=Status.CLOSED if outcome else status,
                outcome=outcome,
                building=houses[number % 3].pk,
                category=EMERGENCY if number % 4 == 0 else "ht_riser",
                # 23:30 in Moscow and later is another day, and here and there another month.
                at=NOON + timedelta(days=9 * number, hours=number % 12),
            )
        )
    return made


def test_rebuilt_figures_are_what_counting_by_hand_gives(many):
    months = keeping.rebuild(at=LATER)
    found = by_hand(LATER)
    assert kept() == found
    assert len(months) == len({key[1] for key in found if key[0] == "month"})
    assert kept()["month", date(2026, 3, 1), "city", ""]["filed"] > 0


def test_the_first_minute_of_a_month_in_the_citys_zone_belongs_to_it(make_request):
    # 21:30 UTC of the last of March is the first of April in the city.
    zone = timezone.get_default_timezone()
    moment = datetime(2026, 4, 1, 0, 30, tzinfo=zone).astimezone(UTC)
    assert moment.date() == date(2026, 3, 31)
    make_request(at=moment)
    keeping.rebuild(at=LATER)
    assert set(Figure.objects.filter(span="month").values_list("start", flat=True)) == {
        date(2026, 4, 1)
    }


def test_a_refresh_counts_exactly_the_months_that_changed(many, operator, make_request):
    at = LATER
    keeping.rebuild(at=at)
    staff = actor_of(operator)
    item = next(one for one in many if one.status == Status.IN_PROGRESS)
    lifecycle.move(
        item, Status.DONE, by=staff, at=at + timedelta(hours=1),
        details=lifecycle.Details(act=an_act(signed_on=at.date())),
    )  # fmt: skip
    fresh = make_request(at=at + timedelta(hours=2))
    keeping.refresh(at=at + timedelta(hours=3))
    assert kept() == by_hand(at + timedelta(hours=3))
    lifecycle.move(fresh, Status.CLOSED, by=owner_of(fresh), at=at + timedelta(hours=4))
    keeping.refresh(at=at + timedelta(hours=5))
    assert kept() == by_hand(at + timedelta(hours=5))


def test_a_promise_breaks_by_time_alone(make_request):
    item = make_request()
    keeping.rebuild(at=NOON)
    assert kept()["month", date(2026, 3, 1), "city", ""]["judged"] == 0
    assert keeping.refresh(at=item.due_at + timedelta(minutes=1)) == [date(2026, 3, 1)]
    assert kept()["month", date(2026, 3, 1), "city", ""]["judged"] == 1


def test_a_line_committed_late_is_still_counted(make_request):
    """Ids are given before commits: the mark stays behind lines that are minutes old."""
    make_request(at=NOON)
    keeping.rebuild(at=NOON + timedelta(seconds=10))
    mark = FigureMark.objects.get()
    newest = max(Request.objects.get().events.values_list("id", flat=True))
    assert mark.settled_event < newest
    keeping.refresh(at=NOON + timedelta(minutes=30))
    assert FigureMark.objects.get().settled_event == newest


def test_nothing_new_counts_nothing(many):
    keeping.rebuild(at=LATER)
    assert keeping.refresh(at=LATER + timedelta(days=1)) == []


def test_a_house_moved_to_another_district_is_found_at_night(make_request, building):
    make_request()
    keeping.rebuild(at=NOON)
    Building.objects.filter(pk=building.pk).update(district="Нагорный")
    keeping.rebuild(at=NOON)
    districts = Figure.objects.filter(scope=FigureScope.DISTRICT).values_list("key", flat=True)
    assert list(districts) == ["Нагорный"]


def test_an_empty_city_counts_without_error(db):
    assert keeping.rebuild(at=NOON) == []
    assert keeping.refresh(at=NOON) == []


lines = st.lists(
    st.builds(
        Counted,
        key=st.uuids().map(str),
        word=st.text(max_size=5),
        filed=st.integers(1, 40),
        judged=st.integers(0, 40),
        presented=st.integers(0, 40),
        before=st.integers(0, 40),
    ),
    max_size=12,
)


@quick
@given(lines)
def test_folding_tells_nothing_of_fewer_than_five(found):
    shown = folding.fold(found)
    assert all(line.filed >= SMALLEST for line in shown)
    whole, told = sum(line.filed for line in found), sum(line.filed for line in shown)
    # Either all of it is told, or so little is left that no line of it could be shown at all.
    assert told == whole or (whole - told < SMALLEST and not shown)
    for line in shown:
        if line.key == REST:
            assert (line.judged, line.presented, line.before) == (0, 0, None)
        else:
            assert line.judged == 0 or line.judged >= SMALLEST
            assert line.before is None or line.before >= SMALLEST


def _days(count: int, value) -> dict[date, int]:
    first = date(2024, 1, 1)
    return {first + timedelta(days=n): value(first + timedelta(days=n)) for n in range(count)}


def test_an_even_city_is_foretold_evenly():
    counts = _days(800, lambda _day: 40)
    found = forecast(counts, first=max(counts) + timedelta(days=1))
    assert [round(day.expected) for day in found.days] == [40] * 7
    assert found.error.by_day < 0.01
    assert found.days[0].year_before == 40


def test_weekdays_and_seasons_are_followed():
    def value(day: date) -> int:
        return (100 if day.weekday() < 5 else 50) * (3 if day.month in {10, 11} else 1)

    counts = _days(640, value)
    # The heating began on the 1st of October of both years; this is the last day before it.
    first = date(2025, 10, 1)
    known = {day: count for day, count in counts.items() if day < first}
    found = forecast(known, first=first)
    expected = {day.date: day.expected for day in found.days}
    assert expected[date(2025, 10, 2)] > 240
    assert expected[date(2025, 10, 4)] < 0.6 * expected[date(2025, 10, 2)]


def test_a_held_out_week_is_never_looked_at():
    """The error is of weeks the method had not seen: what is in them changes no expectation."""
    counts = _days(500, lambda day: 20 + day.weekday())
    first = max(counts) + timedelta(days=1)
    spoiled = counts | {max(counts): 10_000}
    assert forecast(spoiled, first=first).error.by_day > forecast(counts, first=first).error.by_day
    before = forecast(counts, first=max(counts))
    assert before == forecast(
        {day: count for day, count in spoiled.items() if day < max(counts)}, first=max(counts)
    )


def test_too_little_history_foretells_nothing():
    counts = _days(40, lambda _day: 5)
    assert forecast(counts, first=max(counts) + timedelta(days=1)) is None
    assert forecast({}, first=date(2026, 1, 1)) is None


@quick
@given(st.dictionaries(st.integers(0, 800), st.integers(0, 500), min_size=1))
def test_a_forecast_is_never_negative_and_holds_its_middle(found):
    first = date(2024, 1, 1)
    counts = {first + timedelta(days=n): count for n, count in found.items()}
    made = forecast(counts, first=first + timedelta(days=801))
    if made:
        for day in made.days:
            assert 0 <= day.low <= day.expected + 1e-9
            assert day.expected <= day.high + 1e-9
            assert (day.date - YEAR in counts) == (day.year_before is not None)


def test_the_map_of_heat_has_north_on_top():
    picture = squares.heat([("10:20", 4), ("12:21", 100), ("", 7)])
    assert [(one.x, one.y, one.tone) for one in picture.squares] == [(0, 48, 1), (24, 0, 5)]
    assert squares.heat([("", 3)]) is None
