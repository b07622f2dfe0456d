"""Who sees which request: every actor × request, in SQL, falling shut."""

from __future__ import annotations

import pytest

from accounts.actors import CodeHolder, Executor, Nobody, Operator, Resident, System
from requests_app import lifecycle
from requests_app.models import Request, RequestEvent
from requests_app.statuses import Status
from tests.city_fixtures import COMPANY_INN, NOON, RIVAL_INN, holder_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def requests(make_request, make_building, neighbour, rival_company):
    """Return one request of each kind that tells actors apart."""
    rivals = make_building(company=rival_company)
    nobodys = make_building()
    return {
        "mine": make_request(),
        "by phone": make_request(resident=None),
        "neighbour's": make_request(resident=neighbour, public=True),
        "closed": make_request(status=Status.CLOSED),
        "rival's": make_request(building=rivals.pk),
        "nobody's": make_request(building=nobodys.pk, resident=None),
    }


ALL = {"mine", "by phone", "neighbour's", "closed", "rival's", "nobody's"}
SEEN = {
    "nobody": set(),
    "resident": {"mine", "closed", "rival's"},
    "neighbour": {"neighbour's"},
    "operator": ALL,
    "system": ALL,
    "company": {"mine", "by phone", "neighbour's", "closed"},
    "rival": {"rival's"},
    "both": {"mine", "by phone", "neighbour's", "closed", "rival's"},
    "executor of nothing": set(),
    "executor of no ИНН": set(),
    "holder": {"by phone"},
    "holder of nothing": set(),
    "holder with a foreign code": set(),
}


@pytest.mark.parametrize("name", SEEN)
def test_each_actor_sees_exactly_its_requests(name, requests, resident, neighbour):
    code = holder_of(requests["by phone"])
    actor = {
        "nobody": Nobody(),
        "resident": Resident(id=resident.pk),
        "neighbour": Resident(id=neighbour.pk),
        "operator": Operator(id=1, sees_contacts=False, is_admin=False),
        "system": System(),
        "company": Executor(id=1, inns=(COMPANY_INN,)),
        "rival": Executor(id=1, inns=(RIVAL_INN,)),
        "both": Executor(id=1, inns=(COMPANY_INN, RIVAL_INN)),
        "executor of nothing": Executor(id=1, inns=()),
        "executor of no ИНН": Executor(id=1, inns=("",)),
        "holder": code,
        "holder of nothing": CodeHolder(number="", code_hash=""),
        "holder with a foreign code": CodeHolder(
            number=requests["mine"].number, code_hash=code.code_hash
        ),
    }[name]
    numbers = set(Request.objects.visible_to(actor).values_list("number", flat=True))
    assert {kind for kind, item in requests.items() if item.number in numbers} == SEEN[name]
    lines = RequestEvent.objects.visible_to(actor).values_list("request__number", flat=True)
    assert set(lines) == numbers


def test_what_the_public_sees_is_what_residents_agreed_to(requests):
    assert list(Request.objects.public()) == [requests["neighbour's"]]


def test_an_internal_line_is_for_staff(make_request, resident):
    item = make_request()
    staff = Operator(id=resident.pk, sees_contacts=False, is_admin=False)
    lifecycle.internal_note(item, by=staff, at=NOON, text="Между нами")
    for actor, seen in (
        (staff, True),
        (System(), True),
        (Resident(id=resident.pk), False),
        (Executor(id=1, inns=(COMPANY_INN,)), False),
        (holder_of(item), False),
    ):
        texts = {event.text for event in RequestEvent.objects.of(item, actor)}
        assert ("Между нами" in texts) is seen
        texts = set(RequestEvent.objects.visible_to(actor).values_list("text", flat=True))
        assert ("Между нами" in texts) is seen


def test_a_request_found_by_text_whatever_its_endings(make_request):
    item = make_request(description="Протекают трубы на кухне")
    make_request(description="Сломан лифт")
    assert list(Request.objects.with_text("труба кухня")) == [item]
    assert list(Request.objects.with_text("труба лифт")) == []
    assert not Request.objects.with_text("'\"!&|():*").exists()


def test_a_request_found_by_phone(make_request):
    item = make_request()
    assert list(Request.objects.from_phone("+79000000001")) == [item]
    assert not Request.objects.from_phone("").exists()
