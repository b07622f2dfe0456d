"""Of many hundred queries over every house of four cities, the first answer is the house meant."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db import connection

from disclosure import address_search, addresses
from disclosure.models import Building, Street
from tests.disclosure import address_cases

DAY = date(2026, 3, 2)
PRECISION = 0.97


@pytest.fixture
def cities(db) -> dict[int, Building]:
    """Return every house of the open registers by its number here."""
    rows = address_cases.registry()
    streets = Street.objects.bulk_create(
        Street(
            settlement=settlement,
            name=name,
            search_name=addresses.street_text(city=settlement, name=name),
        )
        for settlement, name, _houses in rows
    )
    houses = []
    for street, (settlement, name, numbers) in zip(streets, rows, strict=True):
        # As the import does it: two writings of one number are one house.
        known = {addresses.house_key(number): number for number in reversed(numbers)}
        place = ", ".join(part for part in (settlement, name) if part)
        houses += [
            Building(
                street=street,
                house=number,
                search_house=key,
                address=addresses.display(city="", street=place, house=number),
            )
            for key, number in known.items()
            if len(number) <= 40
        ]
    Building.objects.bulk_create(houses, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE disclosure_street, disclosure_building")
    return {house.pk: house for house in houses}


def test_the_labels_name_houses_that_stand(cities):
    by_street: dict[str, list[Building]] = {}
    for house in cities.values():
        by_street.setdefault(house.street.name, []).append(house)
    for case in (*address_cases.by_hand(), *address_cases.mutations()):
        assert any(
            case.is_met(house.street.settlement, house.street.name, house.house)
            for house in by_street[case.street]
        ), case


def test_the_first_answer_is_the_house_that_was_meant(cities, capsys):
    cases = [*address_cases.by_hand(), *address_cases.mutations()]
    assert len(cases) >= 800
    assert len({case.query for case in cases if case.kind == "by hand"}) >= 170
    asked, met, missed = Counter(), Counter(), []
    for case in cases:
        found = address_search.find(case.query, on=DAY)
        first = cities[found[0].id] if found else None
        asked[case.kind] += 1
        if first and case.is_met(first.street.settlement, first.street.name, first.house):
            met[case.kind] += 1
        else:
            missed.append((case.kind, case.query, case.street, case.house, str(first)))
    with capsys.disabled():
        for kind in asked:
            print(f"\n| {kind} | {asked[kind]} | {met[kind] / asked[kind]:.3f} |", end="")
        print(f"\n| all | {len(cases)} | {met.total() / len(cases):.4f} |")
        print(*missed, sep="\n")
    assert met.total() / len(cases) >= PRECISION, missed
    assert min(met[kind] / asked[kind] for kind in asked) >= 0.8, missed


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("мира", "мира", 0), ("мирра", "мира", 1), ("чаапева", "чапаева", 1), ("", "мира", 4)],
)
def test_slips_are_counted_as_a_finger_makes_them(one, other, count):
    assert address_search.slips(one, other) == count
    assert address_search.slips(other, one) == count
