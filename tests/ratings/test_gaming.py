"""Signs of gaming are found where they are planted, and nowhere else."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from accounts.actors import CodeHolder
from ratings import gaming, publishing, snapshots
from ratings.gaming import Counted
from requests_app import lifecycle
from requests_app.models import RequestContact
from tests.city_fixtures import COMPANY_INN
from tests.ratings.conftest import AFTER, MONTH

QUIET = Counted(
    presented=100,
    paperless=20,
    quick=3,
    requests=120,
    split=4,
    confirmed=40,
    one_voice=2,
    marked_good=40,
    one_place=2,
)


def codes(found):
    return [one["code"] for one in gaming.signs(found)]


def test_an_honest_company_has_no_sign():
    assert codes(QUIET) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"paperless": 60}, "paperless"),
        ({"quick": 30}, "quick"),
        ({"split": 36}, "split"),
        ({"one_voice": 8}, "one_voice"),
        ({"one_place": 8}, "one_place"),
    ],
)
def test_each_sign_is_found_alone(changed, code):
    assert codes(replace(QUIET, **changed)) == [code]


@given(some.integers(0, gaming.LEAST - 1))
def test_few_cases_are_luck_and_no_sign(few):
    assert codes(Counted(*[few] * len(fields(Counted)))) == []


@pytest.mark.django_db
def test_signs_are_counted_from_the_rows_and_shown_without_a_person(client, make_request):
    at = datetime(2026, 2, 2, 8, 0, tzinfo=UTC)
    for number in range(24):
        day = at + timedelta(days=number)
        made = make_request(status="closed", outcome="fixed", flat=str(number), at=day)
        holder = CodeHolder(number=made.number, code_hash=made.code_hash)
        address = "203.0.113.7" if number < 9 else f"203.0.113.{100 + number}"
        lifecycle.mark(made, value=5, by=holder, at=day + timedelta(days=1), address=address)
        RequestContact.objects.update_or_create(
            request=made,
            defaults={
                "phone": "+79005550101" if number < 8 else f"+790055502{number:02}",
                "consent_at": at, "consent_version": "1", "retention_until": date(2030, 1, 1),
            },
        )  # fmt: skip
    draft = snapshots.draft(MONTH, at=AFTER)
    found = {one["code"]: one for one in draft.results.get(reference=COMPANY_INN).signs}
    assert found["one_voice"]["count"] == 8
    assert found["one_place"] == {"code": "one_place", "count": 9, "of": 24}
    publishing.publish(draft.pk, by=None, at=AFTER, waiver="Для проверки")
    said = client.get(f"/ratings/2026-03/{COMPANY_INN}/").content.decode()
    assert "Подтверждено с одного адреса" in said
    assert "Хорошие оценки с одного адреса" in said
    assert "5550101" not in said
    assert "203.0.113" not in said
    assert snapshots.faults(draft) == []
