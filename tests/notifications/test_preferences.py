"""The page where a person chooses how they are told."""

from __future__ import annotations

from datetime import time

import pytest

from notifications import destinations
from notifications.events import DUTIES, OUTAGES, REQUEST_STEPS, STAFF_LATE
from notifications.models import ChannelCode, Preference
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
PAGE = "/accounts/notifications/"


def filled(**fields) -> dict[str, object]:
    return {"pace": "at_once", "language": "ru", **fields}


def test_page_shows_the_ordinary_ways_ticked(client, resident):
    client.force_login(resident)
    page = client.get(PAGE).content.decode()
    assert f'name="kind_{REQUEST_STEPS.code}" value="email"' in page
    assert "checked" in page
    assert 'value="telegram"' not in page
    assert not Preference.objects.exists()


def test_a_confirmed_channel_gets_a_column(client, resident):
    destinations.confirm(resident, channel=ChannelCode.TELEGRAM, address="42", at=NOON)
    client.force_login(resident)
    assert "Telegram" in client.get(PAGE).content.decode()


def test_choice_is_stored_and_shown_again(client, resident):
    client.force_login(resident)
    kind = f"kind_{OUTAGES.code}"
    answer = client.post(
        PAGE,
        filled(
            pace="daily", quiet_from="22:00", quiet_until="07:30", language="en", **{kind: "inbox"}
        ),
        follow=True,
    )
    assert answer.status_code == 200
    row = Preference.objects.get(user=resident)
    # What could not be ticked yet stays as it ordinarily is.
    assert set(row.choices[OUTAGES.code]) - {"telegram", "web_push"} == {"inbox"}
    assert set(row.choices[REQUEST_STEPS.code]) - {"telegram", "web_push"} == set()
    assert (row.pace, row.quiet_from, row.quiet_until) == ("daily", time(22), time(7, 30))
    resident.refresh_from_db()
    assert resident.language == "en"
    page = client.get(PAGE).content.decode()
    assert 'value="22:00"' in page
    assert 'value="07:30"' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"quiet_from": "22:00"}, "У тихих часов есть начало и конец"),
        ({"quiet_until": "22:00"}, "У тихих часов есть начало и конец"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "Тихие часы не могут кончаться"),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "error"),
        ({"pace": "hourly"}, "error"),
        ({"language": "xx"}, "error"),
        ({f"kind_{OUTAGES.code}": "pigeon"}, "error"),
        # Not confirmed by this person.
        ({f"kind_{OUTAGES.code}": "sms"}, "error"),
    ],
)
def test_wrong_choice_is_refused_beside_its_field_and_nothing_is_stored(
    client, resident, wrong, said
):
    client.force_login(resident)
    answer = client.post(PAGE, filled(**wrong))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Preference.objects.exists()
    resident.refresh_from_db()
    assert resident.language == "ru"


def test_each_sees_the_news_that_can_come_to_them(client, resident, company_user, operator):
    for person, shown, hidden in (
        (resident, REQUEST_STEPS, DUTIES),
        (company_user, DUTIES, STAFF_LATE),
    ):
        client.force_login(person)
        page = client.get(PAGE).content.decode()
        assert f"kind_{shown.code}" in page
        assert f"kind_{hidden.code}" not in page


def test_page_costs_the_same_however_many_channels(client, resident, django_assert_max_num_queries):
    client.force_login(resident)
    client.get(PAGE)
    for number in range(20):
        destinations.confirm(
            resident, channel=ChannelCode.WEB_PUSH, address=f"https://p.example/{number}", at=NOON
        )
    with django_assert_max_num_queries(7):
        client.get(PAGE)
