"""docs/exchange.md tells the truth: its tables are the code's, its samples are taken in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.actors import System
from requests_app.api.exchange_shapes import StateRowShape
from requests_app.exchange import running, sending
from requests_app.models import Category, ExchangeKind, OutsideLetter
from requests_app.outside import reading, sources
from requests_app.outside.sources import SOURCES
from tests.city_fixtures import ORDINARY

TEXT = (settings.BASE_DIR / "docs" / "exchange.md").read_text()


def test_the_table_of_fields_is_the_code():
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in TEXT.splitlines()
        if line.startswith("| `") and line.count("|") == 6
    ]
    told = {row[0].removesuffix("` *").strip("`* "): row[1:] for row in rows}
    assert list(told) == list(sources.FIELDS)
    for name, cells in told.items():
        found = [
            value
            for source in SOURCES.values()
            for value in (source.headings[name], source.paths[name])
        ]
        assert cells == found
        assert ("` *" in next(r[0] for r in rows if r[1:] == cells)) == (name in sources.NEEDED)


def test_the_fields_of_a_state_are_those_of_the_call():
    part = TEXT.split("## States and acts")[1].split("## ")[0]
    told = set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))
    assert told == set(StateRowShape().fields)


@pytest.mark.parametrize(("kind", "name"), re.findall(r"```(json|csv) (pos|gis-zhkh)\n", TEXT))
def test_the_samples_become_requests(db, categories, building, kind, name):
    sample = TEXT.split(f"```{kind} {name}\n")[1].split("```")[0]
    received = timezone.localtime() - timedelta(hours=3)
    values = {
        "{received}": received.isoformat(),
        "{day}": f"{received:%d.%m.%Y %H:%M}",
        "{address}": building.address,
        "{matter}": Category.objects.get(slug=ORDINARY).name,
    }
    for mark, value in values.items():
        sample = sample.replace(mark, value)
    at = timezone.now()
    rows = reading.rows_of(sample.encode(), SOURCES[name], at=at)
    sending.store(ExchangeKind.LETTERS, rows, by=System(), at=at, source=name)
    running.run(at=timezone.now, parts=2)
    assert OutsideLetter.objects.get().request is not None
