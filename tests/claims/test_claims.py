"""Claims: filing, the table of steps, hours claimed once, who sees what, letters, the paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.conf import settings
from django.test import Client
from pypdf import PdfReader

from accounts.actors import Executor, Nobody, Operator, Resident, System
from claims import lifecycle, silence, steps
from claims.lifecycle import Details
from claims.models import Claim, ClaimEvent, ClaimSpan, FigureRow
from claims.paper import printing
from claims.statuses import ClaimStatus
from notifications.models import Message
from requests_app import tracking_code
from requests_app.models import Request, RequestContact
from requests_app.steps import Role
from tests.city_fixtures import COMPANY_INN, NOON, RIVAL_INN

pytestmark = pytest.mark.django_db
AT = NOON + timedelta(days=2)
LATER = AT + timedelta(days=30)


def body(**fields):
    return {
        "utility": "heating",
        "month": "2026-03",
        "charge": "3000",
        "metered": True,
        "intervals": [
            {
                "kind": "interruption",
                "start": "2026-03-02T08:00:00+04:00",
                "end": "2026-03-03T14:00:00+04:00",
                "room_celsius": "15",
            }
        ],
        **fields,
    }


def hours(first, last):
    return [{"kind": "interruption", "start": first, "end": last, "room_celsius": "15"}]


@pytest.fixture
def item(make_request) -> Request:
    return make_request(status="in_progress")


@pytest.fixture
def owner(resident) -> Resident:
    return Resident(id=resident.pk)


@pytest.fixture
def desk(operator) -> Operator:
    return Operator(id=operator.pk, sees_contacts=True, is_admin=False)


@pytest.fixture
def firm(company_user) -> Executor:
    return Executor(id=company_user.pk, inns=(COMPANY_INN,))


@pytest.fixture
def filed(item, owner) -> Claim:
    return lifecycle.file(item, body(), by=owner, at=AT, account="40817-123")


@pytest.fixture
def as_role(owner, desk, firm):
    return {
        Role.RESIDENT: owner,
        Role.OPERATOR: desk,
        Role.EXECUTOR: firm,
        Role.SYSTEM: System(),
    }


BRINGS = Details(text="Так решили", amount_rub=Decimal("10.00"), credited_in=date(2026, 4, 1))


def stand(claim: Claim, status: ClaimStatus) -> Claim:
    """Put a claim where a test needs it, as the table would have left it."""
    money = status in {ClaimStatus.GRANTED, ClaimStatus.PARTLY, ClaimStatus.PAID}
    Claim.objects.filter(pk=claim.pk).update(
        status=status,
        granted_rub=Decimal("10.00") if money else None,
        paid_rub=Decimal("10.00") if status == ClaimStatus.PAID else None,
    )
    claim.refresh_from_db()
    return claim


def rows():
    return (
        list(Claim.objects.order_by("pk").values()),
        list(ClaimSpan.objects.order_by("pk").values()),
        list(ClaimEvent.objects.order_by("pk").values()),
        Message.objects.count(),
    )


def test_a_claim_keeps_what_it_was_counted_from(filed, item):
    assert filed.number == f"{item.number}/1"
    assert filed.amount_rub == Decimal("63.00")
    assert filed.status == ClaimStatus.SENT
    assert filed.executor_inn == COMPANY_INN
    assert filed.figures["rate.interruption"] == "0.15"
    assert sum(Decimal(line["amount"]) for line in filed.found["lines"]) == filed.amount_rub
    # Wednesday + 3 working days, the Monday of 9 March is a day off.
    assert filed.due_at is not None
    assert filed.due_at.astimezone(UTC).date() == date(2026, 3, 10)


def test_a_later_change_of_figures_leaves_old_claims_alone(filed):
    FigureRow.objects.create(
        code="rate.interruption", value="0.3", since=date(2026, 3, 1), clause="п", source="с"
    )
    filed.refresh_from_db()
    assert filed.amount_rub == Decimal("63.00")
    assert filed.figures["rate.interruption"] == "0.15"


def test_the_same_hours_twice_are_refused_and_the_first_is_named(filed, item, owner):
    before = rows()
    with pytest.raises(lifecycle.Refused, match=f"{item.number}/1") as refused:
        lifecycle.file(item, body(), by=owner, at=AT)
    assert refused.value.code == "doubled"
    assert rows() == before


def test_partly_the_same_hours_are_refused(filed, item, owner):
    overlapping = hours("2026-03-03T10:00:00+04:00", "2026-03-05T10:00:00+04:00")
    with pytest.raises(lifecycle.Refused, match="/1"):
        lifecycle.file(item, body(intervals=overlapping), by=owner, at=AT)


def test_other_hours_and_another_household_are_another_claim(filed, item, owner, make_request):
    other = hours("2026-03-05T10:00:00+04:00", "2026-03-06T20:00:00+04:00")
    assert lifecycle.file(item, body(intervals=other), by=owner, at=AT).place == 2
    next_door = make_request(status="in_progress", flat="13")
    assert lifecycle.file(next_door, body(), by=owner, at=AT).place == 1


def test_a_second_request_of_the_same_flat_claims_no_hour_again(filed, owner, make_request):
    again = make_request(status="in_progress")
    with pytest.raises(lifecycle.Refused, match=filed.number):
        lifecycle.file(again, body(), by=owner, at=AT)


def test_withdrawn_hours_may_be_claimed_anew(filed, item, owner):
    lifecycle.move(filed, ClaimStatus.WITHDRAWN, by=owner, at=AT)
    assert lifecycle.file(item, body(), by=owner, at=AT).place == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"utility": "gas", "intervals": []}, "other_utility"),
        ({"charge": "0"}, "nothing"),
        ({"intervals": []}, "nothing"),
    ],
)
def test_what_cannot_be_claimed_is_refused(item, owner, wrong, code):
    before = rows()
    with pytest.raises(lifecycle.Refused) as refused:
        lifecycle.file(item, body(**wrong), by=owner, at=AT)
    assert refused.value.code == code
    assert rows() == before


def test_strangers_and_the_executor_file_nothing(item, neighbour, firm, rival):
    before = rows()
    for actor in (
        Resident(id=neighbour.pk),
        firm,
        Executor(id=rival.pk, inns=(RIVAL_INN,)),
        Nobody(),
    ):
        with pytest.raises(lifecycle.NotFound):
            lifecycle.file(item, body(), by=actor, at=AT)
    assert rows() == before


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("source", list(ClaimStatus))
def test_a_forbidden_step_changes_nothing(filed, as_role, source, role):
    stand(filed, source)
    before = rows()
    for edge in steps.forbidden():
        if edge[0] == source and edge[2] == role:
            with pytest.raises(lifecycle.Refused):
                lifecycle.move(filed, edge[1], by=as_role[role], at=LATER, details=BRINGS)
    assert rows() == before


EDGES = [(step, role) for step in steps.STEPS for role in sorted(step.by)]


@pytest.mark.parametrize(("step", "role"), EDGES, ids=lambda part: getattr(part, "name", str(part)))
def test_a_step_of_the_table_is_made_and_told(filed, as_role, step, role):
    stand(filed, step.source)
    moved = lifecycle.move(filed, step.target, by=as_role[role], at=LATER, details=BRINGS)
    assert moved.status == step.target
    event = ClaimEvent.objects.filter(claim=filed).last()
    assert event is not None
    assert (event.step, event.author) == (step.name, role)
    told = set(
        Message.objects.filter(dedupe_key__startswith=f"claim:{event.pk}:").values_list(
            "dedupe_key", flat=True
        )
    )
    tells = {str(one) for one in step.tells if not (one == role == Role.EXECUTOR)}
    assert told == {f"claim:{event.pk}:{one}" for one in tells}
    assert (moved.due_at is not None) == (step.target == ClaimStatus.PRETRIAL)
    if step.target == ClaimStatus.PAID:
        assert moved.paid_rub == moved.granted_rub


@pytest.mark.parametrize("step", [step for step in steps.STEPS if step.needs])
def test_a_step_without_what_it_needs_changes_nothing(filed, as_role, step):
    stand(filed, step.source)
    before = rows()
    with pytest.raises(lifecycle.Refused):
        lifecycle.move(filed, step.target, by=as_role[min(step.by)], at=LATER)
    assert rows() == before


@pytest.mark.parametrize("amount", [None, "0", "-1", "63.00", "99999999"])
def test_a_part_is_less_than_the_whole(filed, firm, amount):
    details = Details(
        text="Часть",
        amount_rub=None if amount is None else Decimal(amount),
        credited_in=date(2026, 4, 1),
    )
    with pytest.raises(lifecycle.Refused):
        lifecycle.move(filed, ClaimStatus.PARTLY, by=firm, at=LATER, details=details)


def test_who_does_not_answer_in_time_has_fallen_silent(filed):
    assert silence.fall_silent(at=filed.due_at) == 0
    assert silence.fall_silent(at=filed.due_at + timedelta(minutes=1)) == 1
    filed.refresh_from_db()
    assert filed.status == ClaimStatus.SILENT
    assert silence.fall_silent(at=LATER) == 0


def test_who_sees_a_claim(filed, resident, neighbour, rival, as_role, item):
    seen = Claim.objects.visible_to
    for actor in as_role.values():
        assert list(seen(actor)) == [filed]
    for actor in (
        Resident(id=neighbour.pk),
        Executor(id=rival.pk, inns=(RIVAL_INN,)),
        Executor(id=rival.pk, inns=("",)),
        Nobody(),
    ):
        assert list(seen(actor)) == []


def test_letters_carry_no_person_and_no_code(filed, item):
    letters = Message.objects.filter(template__startswith="claims/")
    assert letters.count() == 2
    code = tracking_code.of(item)
    for one in letters:
        said = str(one.context)
        for secret in ("Анна Петрова", "resident@example.org", "40817-123", code):
            assert secret not in said


HOSTILE = 'Ivanóva #import "x" $x^2$ \\ `Żółć` 💧 Иванова <b>*_@ ]]'


def text_of(paper: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)


def test_the_paper_says_who_what_and_why(filed, item):
    said = text_of(printing.pdf(filed)).replace("\N{NO-BREAK SPACE}", " ")
    for part in ("Заявление", "63 ₽ 00 к.", item.number, "40817-123", "Анна Петрова", "п. 14"):
        assert part in said
    assert "претензия" not in said.lower()


def test_what_a_person_typed_is_never_markup(filed, item):
    RequestContact.objects.filter(request=item).update(name=HOSTILE[:200])
    filed.account = "#" * 40
    assert "#import" in text_of(printing.pdf(filed))


def test_a_pretrial_claim_names_law_and_penalty(filed, owner):
    stand(filed, ClaimStatus.SILENT)
    pressed = lifecycle.move(filed, ClaimStatus.PRETRIAL, by=owner, at=AT + timedelta(days=15))
    said = text_of(printing.pdf(pressed)).lower().replace("\N{NO-BREAK SPACE}", " ")
    assert "претензия" in said
    # 15 days after the application, 10 of them free: 5 days × 3 % of 3000.
    assert "450 ₽ 00 к." in said
    assert pressed.due_at is not None
    assert pressed.due_at > AT + timedelta(days=24)


def test_a_paper_of_many_lines_has_many_pages(filed):
    line = filed.found["lines"][0]
    filed.found = {**filed.found, "lines": [{**line, "explanation": "Очень длинно. " * 120}] * 200}
    assert len(PdfReader(BytesIO(printing.pdf(filed))).pages) >= 100


# ── Pages

QUERY = {
    "utility": "heating",
    "month": "2026-03",
    "charge": "3000",
    "metered": "yes",
    "i0-kind": "interruption",
    "i0-start": "2026-03-02T08:00",
    "i0-end": "2026-03-03T14:00",
    "i0-reading": "15",
}


def at(item, tail=""):
    return f"/requests/{item.number}/money/{tail}"


def test_from_request_to_money_on_the_bill(client, item, resident, company_user):
    client.force_login(resident)
    page = client.get(at(item)).content.decode()
    assert "/recalculation/?utility=heating" in page
    query = {**QUERY, "request": item.number}
    counted = client.get("/recalculation/", query).content.decode()
    assert f"/requests/{item.number}/money/new/?" in counted
    address = at(item, "new/?") + "&".join(f"{k}={v}" for k, v in query.items())
    assert "63 ₽ 00 к." in client.get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    answer = client.post(address, {"account": "1"})
    assert answer.status_code == 302
    assert answer["Location"] == at(item, "1/")
    assert client.post(address, {"account": "1"}).status_code == 422  # a double click
    assert Claim.objects.count() == 1

    firm = Client()
    firm.force_login(company_user)
    assert firm.get(at(item, "1/")).status_code == 200
    granted = firm.post(at(item, "1/do/granted/"), {"month": "2026-11-01"})
    assert granted.status_code in {302, 422}
    claim = Claim.objects.get()
    if claim.status == ClaimStatus.SENT:  # the months offered follow today
        month = datetime.now(UTC).date().replace(day=1)
        assert firm.post(at(item, "1/do/granted/"), {"month": str(month)}).status_code == 302
    assert client.post(at(item, "1/do/paid/")).status_code == 302
    claim.refresh_from_db()
    assert (claim.status, claim.paid_rub) == (ClaimStatus.PAID, Decimal("63.00"))
    page = client.get(at(item, "1/"))
    assert page.status_code == 200
    assert "Деньги в квитанции" in page.content.decode()
    paper = client.get(at(item, "1/letter.pdf"))
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    assert "no-store" in paper["Cache-Control"]


def test_another_persons_claim_is_not_there(client, filed, item, neighbour, rival):
    for user in (None, neighbour, rival):
        visitor = Client()
        if user:
            visitor.force_login(user)
        for tail in ("", "new/", "1/", "1/letter.pdf"):
            assert visitor.get(at(item, tail)).status_code == 404
        assert visitor.post(at(item, "1/do/withdrawn/")).status_code == 404
    filed.refresh_from_db()
    assert filed.status == ClaimStatus.SENT


def test_a_code_from_a_letter_opens_the_claim_and_leaves_the_address(client, filed, item):
    answer = client.get(at(item, "1/"), {"code": tracking_code.of(item)})
    assert answer.status_code == 302
    assert "code" not in answer["Location"]
    assert client.get(answer["Location"]).status_code == 200
    assert Client().get(at(item, "1/"), {"code": "wrong"}).status_code == 404


def test_a_step_that_lacks_something_says_so_beside_the_field(client, filed, item, company_user):
    client.force_login(company_user)
    answer = client.post(at(item, "1/do/refused/"), {"text": " "})
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert client.post(at(item, "1/do/nonsense/")).status_code == 302


def test_reading_a_page_changes_nothing_and_asks_a_fixed_number_of_queries(
    client, filed, item, resident, django_assert_max_num_queries
):
    client.force_login(resident)
    client.get(at(item, "1/"))
    before = rows()
    for number in range(30):
        ClaimEvent.objects.create(
            claim=filed, at=AT, step="file", status="sent", author="resident", text=str(number)
        )
    with django_assert_max_num_queries(8):
        client.get(at(item, "1/"))
    assert rows()[0] == before[0]
    assert rows()[3] == before[3]


def test_the_docs_show_the_table_of_steps():
    page = (settings.BASE_DIR / "docs" / "claims.md").read_text(encoding="utf-8")
    told = {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[0].startswith("`"):
            told[cells[0].strip("`")] = (set(cells[1].split(", ")), cells[2], cells[4])
    known = {}
    for step in steps.STEPS:
        sources = {str(other.source) for other in steps.STEPS if other.name == step.name}
        known[step.name] = (sources, str(step.target), ", ".join(sorted(step.needs)))
    assert told == known
