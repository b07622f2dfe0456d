"""The check of the right to free legal aid: what it answers, and that it keeps nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.utils.timezone import now

from claims.legal_aid import loading
from claims.legal_aid.rights import Ground, Right, judge
from claims.models import AidGround
from outreach.models import Host, MeetingKind, Slot

ADDRESS = "/recalculation/legal-aid/"


def ground(code: str, *papers: str, is_sure: bool = True) -> Ground:
    return Ground(code=code, words=code, papers=papers, clause="ст. 20", is_sure=is_sure)


MATTERS = [ground("utilities"), ground("new", is_sure=False)]
PEOPLE = [ground("poor", "доход", "семья"), ground("svo", "семья"), ground("kin", is_sure=False)]


@pytest.mark.parametrize(
    ("matter", "ticked", "right"),
    [
        ("utilities", ["poor"], Right.YES),
        ("utilities", ["poor", "none"], Right.YES),
        ("utilities", ["kin"], Right.LIKELY),
        ("utilities", ["kin", "svo"], Right.YES),
        ("new", ["poor"], Right.LIKELY),
        ("utilities", ["none"], Right.NO_GROUND),
        ("utilities", [], Right.NO_GROUND),
        ("other", ["poor"], Right.WRONG_MATTER),
        ("utilities", ["strange"], Right.NO_GROUND),
    ],
)
def test_the_right_needs_a_category_and_a_matter(matter, ticked, right):
    assert judge(MATTERS, PEOPLE, matter=matter, ticked=ticked).right == right


def test_each_paper_is_named_once():
    answer = judge(MATTERS, PEOPLE, matter="utilities", ticked=["svo", "poor"])
    assert answer.papers == ("доход", "семья")


def rows_of_everything() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }


@pytest.mark.django_db
def test_the_page_answers_by_papers_and_stores_nothing(client, caplog):
    loading.load()
    before = rows_of_everything()
    assert client.get(ADDRESS).status_code == 200
    answer = client.post(ADDRESS, {"matter": "utilities", "who": ["disabled", "poor"]})
    said = answer.content.decode()
    assert "Да: по закону" in said
    assert "Справка об инвалидности" in said
    assert "no-store" in answer["Cache-Control"]
    assert rows_of_everything() == before
    assert not client.session.keys()
    assert "disabled" not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"matter": "utilities", "who": ["none"]}, "вы ничего не теряете"),
        ({"matter": "other", "who": ["poor"]}, "бесплатного юриста не даёт"),
        ({"matter": "utilities", "who": ["region"]}, "посмотрел юрист"),
    ],
)
def test_a_no_says_what_is_left(sent, said, client):
    loading.load()
    assert said in client.post(ADDRESS, sent).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [{}, {"matter": "utilities"}, {"matter": "'; --", "who": ["<b>"]}])
def test_what_is_not_answered_or_made_up_is_asked_again(sent, client):
    loading.load()
    answer = client.post(ADDRESS, sent)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()


@pytest.mark.django_db
def test_answers_in_the_address_are_not_read(client):
    loading.load()
    said = client.get(ADDRESS, {"matter": "utilities", "who": "poor"}).content.decode()
    assert "Да: по закону" not in said


@pytest.mark.django_db
def test_a_ground_that_ended_is_asked_no_more(client):
    loading.load()
    AidGround.objects.filter(code="families").update(until=date(2025, 12, 31))
    assert "с 2024 года" not in client.get(ADDRESS).content.decode()


@pytest.mark.django_db
def test_without_grounds_the_page_says_whom_to_call(client):
    said = client.get(ADDRESS).content.decode()
    assert "Позвоните в контакт-центр" in said


@pytest.mark.django_db
def test_the_nearest_times_of_lawyers_and_of_nobody_else_are_offered(client):
    start = now() + timedelta(days=2)
    for name, is_lawyer in (("Юрист Ветров", True), ("Директор Громов", False)):
        host = Host.objects.create(name=name, post="п", is_lawyer=is_lawyer)
        Slot.objects.create(
            host=host,
            during=(start, start + timedelta(minutes=30)),
            kind=MeetingKind.OFFICE,
            place="каб. 7",
        )
    said = client.get(ADDRESS).content.decode()
    slot = Slot.objects.get(host__is_lawyer=True)
    assert f"/reception/times/{slot.pk}/" in said
    assert "Директор Громов" not in said
