"""The table of a case's life: every edge it names works, every other changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.actors import CodeHolder, Operator, Resident, System
from accounts.models import ContactLook
from claims.court import lifecycle, opening, steps
from claims.court.lifecycle import Details
from claims.court.refusals import NotFound, Refused, Stale
from claims.court.statuses import OVER, CaseKind, CaseStatus, Outcome, PartyRole, Side
from claims.court.steps import Need
from claims.models import CaseEvent, CaseParty, Claim, ClaimEvent, CourtCase
from claims.statuses import ClaimStatus
from claims.totals import cases
from claims.totals.reconciling import differences
from notifications.models import Message
from requests_app.models import RequestContact
from tests.claims.court_cast import AT, DAY, LATER

pytestmark = pytest.mark.django_db

BRINGS = Details(
    day=DAY,
    text="Причина",
    court_number="2-15/2026",
    judge="Судья Ветрова А. П.",
    outcome=Outcome.WON,
    awarded_rub=Decimal("150.00"),
    amount_rub=Decimal("150.00"),
    writ_number="ФС 000123456",
)


def stand(case: CourtCase, status: CaseStatus, *, kind: CaseKind = CaseKind.SUIT) -> CourtCase:
    """Put a case where a test needs it, as the table would have left it."""
    over = status in OVER
    settled = over or status in {CaseStatus.IN_FORCE, CaseStatus.ENFORCEMENT}
    CourtCase.objects.filter(pk=case.pk).update(
        status=status,
        kind=kind,
        outcome=Outcome.WON if settled else "",
        ended_on=DAY if over else None,
        paid_rub=1 if status == CaseStatus.PAID else 0,
    )
    case.refresh_from_db()
    return case


def rows():
    return (
        list(CourtCase.objects.order_by("pk").values()),
        list(CaseEvent.objects.order_by("pk").values()),
        list(ClaimEvent.objects.order_by("pk").values()),
        Message.objects.count(),
    )


@pytest.mark.parametrize("step", steps.STEPS, ids=lambda step: f"{step.name}-from-{step.source}")
def test_each_step_leads_where_the_table_says(step, case, jurist, owner):
    kind = next(iter(sorted(step.kinds)))
    actor = jurist if Side.LAWYER in step.by else owner
    stand(case, step.source, kind=kind)
    moved = lifecycle.move(case, step.name, by=actor, at=LATER, details=BRINGS)
    assert moved.status == step.target
    event = moved.events.latest("pk")
    assert (event.step, event.status) == (step.name, step.target)
    if step.outcome:
        assert moved.outcome == step.outcome
    assert (moved.ended_on is not None) == (step.target in OVER)


def test_a_forbidden_step_changes_nothing(case, jurist, owner):
    who = {Side.LAWYER: jurist, Side.PLAINTIFF: owner}
    tried = 0
    for source, name, kind, side in steps.forbidden():
        if side not in who:
            continue
        stand(case, source, kind=kind)
        before = rows()
        with pytest.raises(Refused):
            lifecycle.move(case, name, by=who[side], at=LATER, details=BRINGS)
        assert rows() == before
        tried += 1
    assert tried > 400


@pytest.mark.parametrize(
    "step",
    [step for step in steps.STEPS if step.needs],
    ids=lambda step: f"{step.name}-from-{step.source}",
)
def test_a_step_without_what_it_must_bring_is_refused(step, case, jurist):
    stand(case, step.source, kind=next(iter(sorted(step.kinds))))
    before = rows()
    with pytest.raises(Refused) as refused:
        lifecycle.move(case, step.name, by=jurist, at=LATER, details=Details())
    names = {str(need) for need in step.needs}
    assert refused.value.field.removesuffix("_rub") in names
    assert rows() == before


def test_a_day_that_has_not_come_and_one_before_the_last_step_are_refused(case, jurist):
    lifecycle.move(case, "file", by=jurist, at=LATER, details=BRINGS)
    before = rows()
    for day in (LATER.date() + timedelta(days=2), DAY - timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            lifecycle.move(
                case,
                "accept",
                by=jurist,
                at=LATER,
                details=Details(day=day, court_number="1", judge="А"),
            )
        assert refused.value.field == "day"
    assert rows() == before


def test_money_that_came_ends_the_case_and_its_claim(case, handed, jurist):
    for name in ("file", "accept", "decide", "come_into_force", "take_writ"):
        lifecycle.move(case, name, by=jurist, at=LATER, details=BRINGS)
    part = Details(day=DAY, amount_rub=Decimal("40.00"))
    lifecycle.move(case, "receive_part", by=jurist, at=LATER, details=part)
    lifecycle.move(case, "receive", by=jurist, at=LATER, details=BRINGS)
    case.refresh_from_db()
    handed.refresh_from_db()
    assert (case.status, case.outcome, case.paid_rub) == ("paid", "won", Decimal("190.00"))
    # The claim's money is the reduction; penalty and damage are the case's own.
    assert handed.status == ClaimStatus.PAID
    assert handed.paid_rub == handed.granted_rub == handed.amount_rub == Decimal("63.00")
    assert list(differences()) == []


def test_less_money_than_demanded_is_what_the_claim_is_paid(case, handed, jurist):
    early = Details(day=DAY, amount_rub=Decimal("20.50"))
    lifecycle.move(case, "receive_early", by=jurist, at=LATER, details=early)
    handed.refresh_from_db()
    assert (handed.status, handed.paid_rub) == (ClaimStatus.PAID, Decimal("20.50"))
    assert list(differences()) == []


def test_a_case_without_money_ends_its_claim_too(case, handed, owner):
    lifecycle.move(case, "withdraw", by=owner, at=LATER, details=Details(text="Передумал"))
    handed.refresh_from_db()
    case.refresh_from_db()
    assert (case.status, case.outcome) == (CaseStatus.CLOSED, Outcome.WITHDRAWN)
    assert handed.status == ClaimStatus.LOST
    assert list(differences()) == []


def test_a_cancelled_order_goes_on_as_a_suit(case, jurist):
    CourtCase.objects.filter(pk=case.pk).update(kind=CaseKind.ORDER)
    lifecycle.move(case, "file", by=jurist, at=LATER, details=BRINGS)
    lifecycle.move(case, "issue_order", by=jurist, at=LATER, details=BRINGS)
    moved = lifecycle.move(case, "cancel_order", by=jurist, at=LATER, details=BRINGS)
    assert (moved.kind, moved.status, moved.outcome) == ("suit", "preparing", "")
    assert (moved.filed_on, moved.awarded_rub) == (None, None)


def test_a_lost_suit_awards_nothing_and_a_won_one_something(case, jurist):
    stand(case, CaseStatus.IN_COURT)
    before = rows()
    for outcome, sum_rub in ((Outcome.LOST, Decimal(10)), (Outcome.WON, Decimal(0))):
        with pytest.raises(Refused) as refused:
            lifecycle.move(
                case,
                "decide",
                by=jurist,
                at=LATER,
                details=Details(day=DAY, outcome=outcome, awarded_rub=sum_rub),
            )
        assert refused.value.field == "awarded_rub"
    assert rows() == before


def test_the_second_of_two_lawyers_is_told_to_look_again(case, jurist):
    lifecycle.move(case, "file", by=jurist, at=LATER, details=BRINGS, seen_version=case.version)
    before = rows()
    with pytest.raises(Stale):
        lifecycle.move(
            case, "withdraw_suit", by=jurist, at=LATER, details=BRINGS, seen_version=case.version
        )
    assert rows() == before


def test_a_double_click_opens_one_case(handed, desk, lawyer):
    first = opening.open_for(handed, lawyer, by=desk, at=AT)
    second = opening.open_for(handed, lawyer, by=desk, at=AT)
    assert first.pk == second.pk
    assert CourtCase.objects.count() == 1
    assert CaseEvent.objects.filter(step="open").count() == 1


def test_the_file_is_filled_in_from_the_claim(case, handed):
    plaintiff = case.parties.get(role=PartyRole.PLAINTIFF)
    defendant = case.parties.get(role=PartyRole.DEFENDANT)
    contact = RequestContact.objects.get(request=handed.request_id)
    assert plaintiff.name == contact.name
    assert defendant.name == handed.executor_name
    assert case.principal_rub == handed.amount_rub
    # Evidence of a living case is not destroyed with the request.
    contact.refresh_from_db()
    assert contact.retention_until >= AT.date() + timedelta(days=5 * 365)


def test_only_a_claim_handed_to_a_lawyer_becomes_a_case(filed, desk, lawyer, owner, firm):
    with pytest.raises(Refused):
        opening.open_for(filed, lawyer, by=desk, at=AT)
    Claim.objects.filter(pk=filed.pk).update(status=ClaimStatus.LAWYER)
    for stranger in (owner, firm, System()):
        with pytest.raises(NotFound):
            opening.open_for(filed, lawyer, by=stranger, at=AT)
    assert CourtCase.objects.count() == 0


def test_nobody_but_a_lawyer_is_given_a_case(handed, desk, operator, resident):
    for person in (operator, resident):
        with pytest.raises(Refused) as refused:
            opening.open_for(handed, person, by=desk, at=AT)
        assert refused.value.field == "lawyer"
    assert CourtCase.objects.count() == 0


def test_who_came_in_person_gets_one_case_however_often_pressed(desk, lawyer, resident):
    who = opening.Newcomer(
        name="Ёлкина  Зоя 🏠 O'Neil", subject="Залив квартиры", email=resident.email
    )
    made = [
        opening.open_anew(who, lawyer, by=desk, at=AT, idempotency_key="k") for _once in range(2)
    ]
    assert made[0].pk == made[1].pk
    assert made[0].plaintiff == resident
    assert CaseParty.objects.get().name == "Ёлкина Зоя 🏠 O'Neil"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("subject", ""), ("email", "no"), ("phone", "123")],
)
def test_what_cannot_be_used_is_refused_by_its_field(field, value, desk, lawyer):
    known = {"name": "Зоя", "subject": "Залив", field: value}
    with pytest.raises(Refused) as refused:
        opening.open_anew(opening.Newcomer(**known), lawyer, by=desk, at=AT, idempotency_key="k")
    assert refused.value.field == field
    assert CourtCase.objects.count() == 0


def test_who_sees_a_case(case, jurist, owner, other_jurist, head, desk, firm, neighbour):
    code = CodeHolder(number=case.claim.request.number, code_hash=case.claim.request.code_hash)
    admin = Operator(id=999, sees_contacts=True, is_admin=True)
    seen = {
        "lawyer": jurist,
        "plaintiff": owner,
        "holder": code,
        "other lawyer": other_jurist,
        "head": head,
        "operator": desk,
        "admin": admin,
        "executor": firm,
        "neighbour": Resident(id=neighbour.pk),
        "wrong code": CodeHolder(number=code.number, code_hash="0" * 64),
    }
    opens = {name for name, actor in seen.items() if CourtCase.objects.visible_to(actor).exists()}
    assert opens == {"lawyer", "plaintiff", "holder"}


def test_the_head_gives_the_case_to_another_lawyer(case, head, jurist, other_jurist, second):
    lifecycle.assign(case, second, by=head, at=LATER, seen_version=case.version)
    assert not CourtCase.objects.visible_to(jurist).exists()
    assert CourtCase.objects.visible_to(other_jurist).get() == case
    told = Message.objects.filter(dedupe_key__startswith="court:event:")
    assert second.email in {message.recipient for message in told}
    for stranger in (jurist, other_jurist):
        with pytest.raises(NotFound):
            lifecycle.assign(case, second, by=stranger, at=LATER, seen_version=2)


def test_letters_name_no_person(case, jurist):
    lifecycle.move(case, "file", by=jurist, at=LATER, details=BRINGS)
    letter = Message.objects.filter(event="court.step").latest("pk")
    assert letter.recipient != ""
    plaintiff = case.parties.get(role=PartyRole.PLAINTIFF)
    assert plaintiff.name not in str(letter.context)
    assert ContactLook.objects.count() == 0


def filed_cases(year: int, number: int, **fields):
    CourtCase.objects.bulk_create(
        CourtCase(subject="с", opened_at=AT, changed_at=AT, filed_on=date(year, 5, 1), **fields)
        for _place in range(number)
    )


def test_years_of_fewer_than_five_cases_are_folded():
    filed_cases(2024, 6, outcome=Outcome.WON)
    filed_cases(2024, 2, outcome=Outcome.LOST)
    filed_cases(2025, 5, outcome=Outcome.PARTLY)
    filed_cases(2026, 3)
    # Three alone would be the difference of the rest: the smallest shown year joins them.
    (only, rest) = cases.by_year()
    assert (only.key, only.filed, only.won, only.lost, only.share_percent) == ("2024", 8, 6, 2, 75)
    assert (rest.key, rest.filed, rest.won, rest.going) == ("*", 8, 5, 3)
    whole = cases.total(cases.by_year())
    assert whole == cases.total(cases.counted())
    assert (whole.filed, whole.share_percent) == (16, 85)


def test_a_share_of_nothing_is_none():
    filed_cases(2026, 5)
    (year,) = cases.by_year()
    assert (year.share_percent, year.going) == (None, 5)


def test_each_need_has_a_field():
    assert {str(need).removesuffix("_rub") for need in Need} == {
        name.removesuffix("_rub") for name in Details.__dataclass_fields__
    }
