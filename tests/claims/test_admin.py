"""Claims, works and figures at the desk."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from claims.models import Claim, FigureRow, WorkWon
from tests.claims.test_claims import filed, item, owner

__all__ = ["filed", "item", "owner"]

pytestmark = pytest.mark.django_db
DESK = "/admin/claims/"


@pytest.fixture
def chief_client(chief) -> Client:
    client = Client()
    client.force_login(chief)
    return client


def test_staff_find_a_claim_and_cannot_rewrite_it(chief_client, filed):
    page = chief_client.get(f"{DESK}claim/", {"q": filed.number})
    assert page.status_code == 200
    assert filed.number in page.content.decode()
    one = f"{DESK}claim/{filed.pk}/change/"
    assert filed.get_absolute_url() in chief_client.get(one).content.decode()
    assert chief_client.post(one, {"status": "paid"}).status_code == 403
    assert chief_client.get(f"{DESK}claim/add/").status_code == 403
    assert chief_client.post(f"{DESK}claim/{filed.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Claim.objects.get().status == "sent"


def test_a_chief_enters_a_work_with_price_and_act(chief_client, building):
    answer = chief_client.post(
        f"{DESK}workwon/add/",
        {
            "building": building.pk,
            "executor_name": "УК «Причал»",
            "what": "Замена стояка",
            "done_on": "2026-05-01",
            "price_rub": "1000.50",
            "act": "№ 7 от 01.05.2026",
        },
    )
    assert answer.status_code == 302
    assert WorkWon.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "value", "is_taken"),
    [
        ("rate.interruption", "0.2", True),
        ("reading.partial_hour", "proportional", True),
        ("reading.partial_hour", "sometimes", False),
        ("rate.interruption", "много", False),
        ("rate.interruption", "NaN", False),
        ("rate.nothing", "1", False),
    ],
)
def test_a_figure_is_taken_only_if_a_rule_can_read_it(client, admin_user, code, value, is_taken):
    client.force_login(admin_user)
    client.post(
        f"{DESK}figurerow/add/",
        {
            "code": code,
            "value": value,
            "since": str(date(2026, 1, 1)),
            "clause": "п. 1",
            "source": "акт",
            "confidence": "check",
        },
    )
    assert FigureRow.objects.exists() is is_taken


def test_an_operator_enters_no_figures(operator):
    client = Client()
    client.force_login(operator)
    assert client.get(f"{DESK}figurerow/").status_code == 403
    assert client.get(f"{DESK}claim/").status_code == 200
