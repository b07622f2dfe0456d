"""Claims in the cabinet of who answers them: list, card, answers, one decision for a house."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.actors import Executor, Operator, Resident
from claims import lifecycle, silence, together
from claims.lifecycle import Details, Refused
from claims.models import Claim, ClaimEvent
from claims.statuses import ClaimStatus
from disclosure.cabinet import tabs as cabinet_tabs
from notifications.models import Message
from notifications.rendering import render
from requests_app.models import Request
from tests.city_fixtures import COMPANY_INN, SUPPLIER_INN
from tests.claims.incident_cast import AFTER, STARTED, an_incident, ended
from tests.claims.test_claims import body

pytestmark = pytest.mark.django_db
LIST = "/cabinet/claims/"


def words(answer):
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def item(make_request) -> Request:
    return make_request(status="in_progress")


@pytest.fixture
def filed(item, resident) -> Claim:
    return lifecycle.file(item, body(), by=Resident(id=resident.pk), at=AFTER, account="40817-1")


@pytest.fixture
def firm(company_user) -> Executor:
    return Executor(id=company_user.pk, inns=(COMPANY_INN,))


@pytest.fixture
def cabinet(company_user) -> Client:
    client = Client()
    client.force_login(company_user)
    return client


def card(claim):
    number, place = claim.number.split("/")
    return f"{LIST}{number}/{place}/"


def this_month():
    return str(datetime.now(UTC).date().replace(day=1))


def test_the_list_shows_what_waits_with_its_limit(cabinet, filed):
    page = words(cabinet.get(LIST))
    assert "63 ₽ 00 к." in page
    assert filed.number in page
    assert card(filed) in page
    # The tab of requests leads here, and tells how many wait.
    assert f'href="{LIST}"' in words(cabinet.get("/cabinet/requests/"))


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("", True),
        ("?utility=heating", True),
        ("?utility=gas", False),
        ("?utility=nonsense", True),
        ("?state=granted", False),
        ("?state=all", True),
        ("?incident=1", False),
        ("?incident=nonsense", True),
        ("?inn=7325000013", True),
    ],
)
def test_the_list_is_narrowed(cabinet, filed, query, is_there):
    assert (card(filed) in words(cabinet.get(LIST + query))) is is_there


def test_a_bad_cursor_leads_back_and_an_empty_list_says_what_comes(cabinet, company):
    assert cabinet.get(LIST, {"cursor": "zzz"}).status_code == 302
    assert "Неотвеченных требований нет" in words(cabinet.get(LIST))


def test_what_is_late_is_among_the_overdue(cabinet, filed):
    assert card(filed) in words(cabinet.get(LIST, {"state": "overdue"}))
    assert filed.due_at is not None
    silence.fall_silent(at=filed.due_at + timedelta(minutes=1))
    assert card(filed) in words(cabinet.get(LIST, {"state": "overdue"}))


def test_the_card_shows_figures_paper_and_evidence(cabinet, filed, item):
    page = words(cabinet.get(card(filed)))
    for part in ("63 ₽ 00 к.", "3 000 ₽ 00 к.", "40817-1", f"/cabinet/requests/{item.number}/"):
        assert part in page
    paper = cabinet.get(f"{card(filed)}letter.pdf")
    assert paper.content.startswith(b"%PDF")
    assert "no-store" in paper["Cache-Control"]


@pytest.mark.parametrize(
    ("target", "fields", "granted"),
    [
        ("granted", {"month": "now"}, Decimal("63.00")),
        ("partly", {"month": "now", "amount": "20,50", "text": "Часть"}, Decimal("20.50")),
        ("refused", {"text": "Аварии не было"}, None),
    ],
)
def test_an_answer_moves_the_claim_and_tells_the_resident(cabinet, filed, target, fields, granted):
    said = {k: this_month() if v == "now" else v for k, v in fields.items()}
    answer = cabinet.post(f"{card(filed)}do/{target}/", said)
    assert answer["Location"] == card(filed)
    filed.refresh_from_db()
    assert (filed.status, filed.granted_rub) == (target, granted)
    step = ClaimEvent.objects.filter(claim=filed).latest("id")
    assert Message.objects.filter(dedupe_key=f"claim:{step.pk}:resident").exists()
    # Pressed twice: said, and nothing more is written.
    events = ClaimEvent.objects.count()
    assert cabinet.post(f"{card(filed)}do/{target}/", said).status_code == 302
    assert ClaimEvent.objects.count() == events


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        ("granted", {}),
        ("granted", {"month": "1999-01-01"}),
        ("partly", {"amount": "63,00", "text": "x"}),
        ("partly", {"amount": "0", "text": "x"}),
        ("refused", {"text": " "}),
    ],
)
def test_an_answer_that_lacks_something_is_told_beside_the_field(cabinet, filed, target, fields):
    answer = cabinet.post(f"{card(filed)}do/{target}/", fields)
    assert answer.status_code == 422
    assert "field__error" in words(answer)
    filed.refresh_from_db()
    assert filed.status == ClaimStatus.SENT


def test_another_companys_claim_is_not_there(filed, rival, resident, operator):
    for user, status in ((rival, 404), (resident, 404), (operator, 404), (None, 302)):
        visitor = Client()
        if user:
            visitor.force_login(user)
        for tail in ("", "letter.pdf"):
            assert visitor.get(card(filed) + tail).status_code == status
        assert visitor.post(f"{card(filed)}do/refused/", {"text": "x"}).status_code == status
    filed.refresh_from_db()
    assert filed.status == ClaimStatus.SENT


def test_a_supplier_has_the_tab_too(make_request, resident, supplier, django_user_model, building):
    from accounts.models import CompanyRepresentative

    user = django_user_model.objects.create_user("seti@example.org")
    CompanyRepresentative.objects.create(user=user, inn=SUPPLIER_INN)
    item = make_request(category="hw_none", at=STARTED)
    filed = lifecycle.file(item, hot(), by=Resident(id=resident.pk), at=AFTER)
    client = Client()
    client.force_login(user)
    assert LIST in words(client.get("/cabinet/requests/"))
    assert card(filed) in words(client.get(LIST))


def hot(charge="1200"):
    return {
        "utility": "hot_water",
        "month": "2026-03",
        "charge": charge,
        "metered": True,
        "intervals": [
            {
                "kind": "interruption",
                "start": "2026-03-02T16:00:00+04:00",
                "end": "2026-03-03T23:00:00+04:00",
            }
        ],
    }


def test_the_letter_leads_into_the_cabinet(filed, settings):
    letter = Message.objects.get(event="executor.claim.file")
    assert card(filed) in render(letter).text


def test_the_list_asks_a_fixed_number_of_queries(
    cabinet, make_request, resident, filed, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as first:
        cabinet.get(LIST)
    for flat in ("21", "22", "23", "24"):
        item = make_request(status="in_progress", flat=flat)
        lifecycle.file(item, body(), by=Resident(id=resident.pk), at=AFTER)
    with django_assert_num_queries(len(first)):
        cabinet.get(LIST)


# ── One decision for a house


@pytest.fixture
def house(building, make_request, resident):
    """Seven flats whose kopecks do not divide evenly, claiming the hours of one incident."""
    items = [
        make_request(category="ht_none", flat=str(flat), at=STARTED, status="new")
        for flat in range(1, 8)
    ]
    incident = ended(
        an_incident([building.pk], requests=items, utility="heating", matter="ht_none")
    )
    Request.objects.update(company=building.management_periods.get().company, supplier=None)
    Request.objects.update(executor_inn=COMPANY_INN, executor_name="УК «Причал»")
    for place, item in enumerate(items):
        said = {
            **body(charge=f"{1000 + place * 77}.{place}3"),
            "intervals": hot()["intervals"],
        }
        lifecycle.file(item, said, by=Resident(id=resident.pk), at=AFTER)
    return incident


def test_a_part_of_each_adds_up_to_the_sum_that_is_shown(cabinet, house):
    address = f"{LIST}together/{house.pk}/"
    said = {
        "target": "partly",
        "percent": "33,33",
        "month": this_month(),
        "text": "Часть часов была плановой",
    }
    assert "Ответить сразу" in words(cabinet.get(LIST))
    looked = cabinet.post(address, {**said, "look": "1"})
    plan = looked.context["looked"]
    assert plan.granted_rub == sum(row.granted_rub for row in plan.rows)
    assert not Claim.objects.exclude(status=ClaimStatus.SENT).exists()
    made = cabinet.post(address, {**said, "digest": plan.digest})
    assert made.status_code == 302
    claims = Claim.objects.all()
    assert {claim.status for claim in claims} == {ClaimStatus.PARTLY}
    assert sum(claim.granted_rub for claim in claims) == plan.granted_rub
    assert Message.objects.filter(event="claim.grant_part").count() == 7
    # Pressed twice: nothing is left to answer.
    assert cabinet.post(address, {**said, "digest": plan.digest}).status_code == 422
    assert ClaimEvent.objects.filter(step="grant_part").count() == 7


def test_what_changed_after_the_look_stops_all_of_it(house, firm, cabinet):
    looked = together.plan(house.pk, ClaimStatus.REFUSED, by=firm)
    first = Claim.objects.order_by("pk").first()
    assert first is not None
    details = Details(text="Отказ")
    lifecycle.move(first, ClaimStatus.REFUSED, by=firm, at=AFTER, details=details)
    with pytest.raises(Refused) as refused:
        together.answer(
            house.pk,
            ClaimStatus.REFUSED,
            by=firm,
            at=AFTER,
            details=details,
            digest=looked.digest,
        )
    assert refused.value.code == "changed"
    assert Claim.objects.filter(status=ClaimStatus.SENT).count() == 6


def test_a_decision_needs_what_a_single_answer_needs(cabinet, house):
    address = f"{LIST}together/{house.pk}/"
    for said in (
        {"target": "partly", "text": "x", "month": this_month()},
        {"target": "partly", "percent": "100", "text": "x", "month": this_month()},
        {"target": "refused", "text": " "},
        {"target": "paid", "month": this_month()},
        {"target": "granted", "month": "1999-01-01"},
        {},
    ):
        assert cabinet.post(address, said).status_code == 422
    assert not Claim.objects.exclude(status=ClaimStatus.SENT).exists()


def test_a_rival_answers_nothing_of_it(house, rival):
    client = Client()
    client.force_login(rival)
    assert client.get(f"{LIST}together/{house.pk}/").status_code == 404
    assert client.post(f"{LIST}together/{house.pk}/", {"target": "refused"}).status_code == 404


def test_a_larger_house_takes_several_presses(house, firm, monkeypatch):
    monkeypatch.setattr(together, "MOST", 5)
    looked = together.plan(house.pk, ClaimStatus.REFUSED, by=firm)
    assert (len(looked.rows), looked.left) == (5, 1)


def test_a_kopeck_has_no_part(house, firm):
    one = Claim.objects.order_by("pk").first()
    assert one is not None
    Claim.objects.filter(pk=one.pk).update(amount_rub=Decimal("0.01"))
    looked = together.plan(house.pk, ClaimStatus.PARTLY, by=firm, percent=Decimal(50))
    assert one.pk not in [row.claim.pk for row in looked.rows]
    Claim.objects.filter(pk=one.pk).update(amount_rub=Decimal("0.02"))
    looked = together.plan(house.pk, ClaimStatus.PARTLY, by=firm, percent=Decimal("99.99"))
    assert {row.granted_rub for row in looked.rows if row.claim.pk == one.pk} == {Decimal("0.01")}


def test_staff_have_the_desk(operator):
    assert cabinet_tabs.made([], None, "claims", by=Operator(operator.pk, True, False)) == []


def test_at_the_desk_an_incident_tells_its_money_and_claims_tell_they_are_late(
    house, roles_loaded, admin_client
):
    page = words(admin_client.get(f"/admin/requests_app/incident/{house.pk}/change/"))
    assert "Подано требований" in page
    total = sum(Claim.objects.values_list("amount_rub", flat=True))
    assert f"{int(total)} ₽"[-5:] in page.replace(" ", " ")
    late = words(admin_client.get("/admin/claims/claim/", {"late": "1"}))
    assert Claim.objects.first().number in late  # type: ignore[union-attr]
    mine = words(admin_client.get("/admin/claims/claim/", {"incident": house.pk}))
    assert Claim.objects.first().number in mine  # type: ignore[union-attr]
    none = words(admin_client.get("/admin/claims/claim/", {"incident": "999999"}))
    assert "26-0" not in none
