"""Every step of the table is made whole, every other one is refused and writes nothing."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from accounts.actors import Executor, Nobody, Operator, Resident, System, actor_of
from accounts.idempotency import KeyReused
from notifications.models import Message, Priority
from requests_app import lifecycle, steps
from requests_app.lifecycle import ActDetails, Details, NewExecutor, NotFound, Refused, Stale
from requests_app.models import RefusedSave, Request
from requests_app.statuses import OPEN, Outcome, Status
from requests_app.steps import STEPS, Need, Role
from tests.city_fixtures import (
    COMPANY_INN,
    EMERGENCY,
    NOON,
    RIVAL_INN,
    an_act,
    holder_of,
    owner_of,
    rows_of,
)

LATER = NOON + timedelta(days=2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def acting(operator, company_user, resident):
    """Return the actor of a role upon a request made by `make_request`."""
    return {
        Role.OPERATOR: actor_of(operator),
        Role.EXECUTOR: actor_of(company_user),
        Role.RESIDENT: Resident(id=resident.pk),
        Role.SYSTEM: System(),
    }


def enough(step: steps.Step, **changes) -> Details:
    """Return what `step` must bring, and no more."""
    brought: dict[str, object] = {}
    if Need.TEXT in step.needs:
        brought["text"] = "Так сказали"
    if Need.ACT in step.needs:
        brought["act"] = an_act()
    if Need.OUTCOME in step.needs:
        brought |= {"outcome": Outcome.REFUSED, "clause": "ПП РФ № 491, п. 5"}
    return Details(**{**brought, **changes})


# ------------------------------------------------------------------ the table whole


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("source", Status)
def test_a_step_outside_the_table_writes_nothing(source, role, make_request, acting, rival_company):
    item = make_request(status=source)
    targets = [target for s, target, r in steps.forbidden() if (s, r) == (source, role)]
    assert targets, "every status and role has something forbidden"
    before = rows_of(item)
    for target in targets:
        with pytest.raises(Refused) as refused:
            lifecycle.move(
                item,
                target,
                by=acting[role],
                at=LATER,
                details=Details(
                    text="Хочу",
                    act=an_act(),
                    outcome=Outcome.FIXED,
                    executor=NewExecutor(company=rival_company.pk),
                ),
            )
        assert refused.value.code == "forbidden_step"
        assert rows_of(item) == before


EDGES = [
    pytest.param(step, role, id=f"{step.name}-{step.source}-{role}")
    for step in STEPS
    for role in sorted(step.by)
]


@pytest.mark.parametrize(("step", "role"), EDGES)
def test_a_step_of_the_table_writes_all_its_rows(
    step, role, make_request, acting, rival_company, company
):
    item = make_request(status=step.source)
    before = rows_of(item)
    details = enough(step)
    if Need.EXECUTOR in step.needs:
        details = enough(step, executor=NewExecutor(company=rival_company.pk))
    moved = lifecycle.move(item, step.target, by=acting[role], at=LATER, details=details)
    after = rows_of(item)

    assert moved.status == step.target == after["request"][0]["status"]
    assert moved.version == item.version + 1
    assert moved.changed_at == LATER
    assert len(after["audit"]) == len(before["audit"]) + 1
    assert after["audit"][-1]["status"] == step.target
    event = after["events"][-1]
    assert len(after["events"]) == len(before["events"]) + 1
    assert (event["step"], event["status"], event["author"]) == (step.name, step.target, role)
    assert (event["at"], event["text"], event["public"]) == (LATER, details.text, True)
    if step.outcomes:
        assert moved.outcome in step.outcomes
        assert moved.closed_at == LATER
    else:
        assert (moved.outcome, moved.closed_at) == ("", None)
    assert len(after["acts"]) == len(before["acts"]) + (Need.ACT in step.needs)

    written = after["messages"][len(before["messages"]) :]
    told = set()
    if Role.RESIDENT in step.tells and role != Role.RESIDENT:
        told.add("resident@example.org")
    if Role.EXECUTOR in step.tells and role != Role.EXECUTOR:
        told.add((moved.company or company).email)
    assert {letter["recipient"] for letter in written} == told
    assert len(written) == len(told)


@pytest.mark.parametrize(
    ("step", "missing"),
    [
        pytest.param(step, need, id=f"{step.name}-{step.source}-{need}")
        for step in STEPS
        for need in sorted(step.needs)
    ],
)
def test_a_step_without_what_it_must_bring_writes_nothing(
    step, missing, make_request, acting, rival_company
):
    item = make_request(status=step.source)
    whole = enough(step)
    if Need.EXECUTOR in step.needs:
        whole = enough(step, executor=NewExecutor(company=rival_company.pk))
    without = {
        Need.TEXT: {"text": " \n\t "},
        Need.ACT: {"act": None},
        Need.EXECUTOR: {"executor": None},
        Need.OUTCOME: {"outcome": ""},
    }[missing]
    before = rows_of(item)
    for role in step.by:
        with pytest.raises(Refused) as refused:
            lifecycle.move(
                item,
                step.target,
                by=acting[role],
                at=LATER,
                details=Details(**{**vars(whole), **without}),
            )
        assert refused.value.field.split(".")[0] == str(missing)
        assert rows_of(item) == before


def test_buttons_are_exactly_the_steps_that_would_be_made(make_request, acting):
    for source in Status:
        item = make_request(status=source)
        for role, actor in acting.items():
            shown = [s.target for s in lifecycle.steps_open_to(item, actor, at=LATER)]
            assert shown == [s.target for s in STEPS if s.source == source and role in s.by]


def test_nobody_gets_no_buttons(make_request):
    assert lifecycle.steps_open_to(make_request(), Nobody(), at=LATER) == []


def test_no_edge_of_the_table_is_ambiguous():
    edges = [(s.source, s.target, role) for s in STEPS for role in s.by]
    assert len(edges) == len(set(edges))


def test_every_status_can_be_reached_and_left():
    assert {s.target for s in STEPS} | {Status.NEW} == set(Status)
    assert {s.source for s in STEPS} == set(Status)


# ------------------------------------------------------------------ who may


def test_a_stranger_is_told_that_there_is_no_such_request(
    make_request, neighbour, rival, company_user
):
    item = make_request(status=Status.DONE)
    before = rows_of(item)
    other = make_request()
    strangers = [
        Nobody(),
        Resident(id=neighbour.pk),
        actor_of(rival),
        Executor(id=company_user.pk, inns=()),
        Executor(id=company_user.pk, inns=("",)),
        holder_of(other),
    ]
    for actor in strangers:
        for target in Status:
            with pytest.raises(NotFound):
                lifecycle.move(item, target, by=actor, at=LATER, details=Details(text="Хочу"))
        with pytest.raises(NotFound):
            lifecycle.comment(item, by=actor, at=LATER, text="Здравствуйте")
    assert rows_of(item)["events"] == before["events"]
    assert rows_of(item)["request"] == before["request"]


def test_the_old_executor_loses_a_redirected_request(
    make_request, acting, company_user, rival, rival_company
):
    item = make_request(status=Status.ACCEPTED)
    lifecycle.move(
        item,
        Status.REDIRECTED,
        by=acting[Role.OPERATOR],
        at=LATER,
        details=Details(text="Не их дом", executor=NewExecutor(company=rival_company.pk)),
    )
    with pytest.raises(NotFound):
        lifecycle.move(item, Status.ACCEPTED, by=actor_of(company_user), at=LATER)
    assert lifecycle.move(item, Status.ACCEPTED, by=actor_of(rival), at=LATER).status == "accepted"


def test_the_holder_of_the_code_may_what_the_owner_may(make_request):
    item = make_request(status=Status.DONE, resident=None)
    assert lifecycle.move(item, Status.CLOSED, by=holder_of(item), at=LATER).outcome == "fixed"


# ------------------------------------------------------------------ the clock


def test_the_clock_stands_while_the_resident_is_asked(make_request, acting):
    item = make_request(status=Status.IN_PROGRESS, category=EMERGENCY)
    asked = NOON + timedelta(hours=5)
    waiting = lifecycle.move(
        item, Status.NEEDS_INFO, by=acting[Role.OPERATOR], at=asked, details=Details(text="Где?")
    )
    assert (waiting.paused_at, waiting.pause_reason) == (asked, "resident")
    assert waiting.due_at == item.due_at
    far = item.due_at + timedelta(days=30)
    assert Request.objects.filter(pk=item.pk).overdue(far).count() == 0

    answered = asked + timedelta(hours=7)
    going = lifecycle.comment(item, by=acting[Role.RESIDENT], at=answered, text="В ванной")
    assert (going.status, going.paused_at, going.pause_reason) == (Status.ACCEPTED, None, "")
    assert going.due_at - item.due_at == timedelta(hours=7)
    assert going.fix_by - item.fix_by == timedelta(hours=7)
    # Broken before the question was asked: stays broken.
    assert item.react_by == going.react_by == NOON + timedelta(minutes=30)


def test_a_promise_broken_before_the_question_stays_broken(make_request, acting):
    item = make_request(status=Status.IN_PROGRESS)
    asked = item.due_at + timedelta(hours=1)
    lifecycle.move(
        item, Status.NEEDS_INFO, by=acting[Role.OPERATOR], at=asked, details=Details(text="Где?")
    )
    going = lifecycle.move(
        item,
        Status.IN_PROGRESS,
        by=acting[Role.OPERATOR],
        at=asked + timedelta(days=3),
    )
    assert going.due_at == item.due_at


@pytest.mark.parametrize("target", [s.target for s in STEPS if s.source == Status.NEEDS_INFO])
def test_whatever_ends_the_waiting_starts_the_clock(target, make_request, acting, rival_company):
    item = make_request(status=Status.NEEDS_INFO)
    (step, *_) = [s for s in STEPS if (s.source, s.target) == (Status.NEEDS_INFO, target)]
    details = enough(step)
    if Need.EXECUTOR in step.needs:
        details = enough(step, executor=NewExecutor(company=rival_company.pk))
    role = min(step.by & {Role.OPERATOR, Role.RESIDENT, Role.SYSTEM})
    moved = lifecycle.move(item, target, by=acting[role], at=LATER, details=details)
    assert (moved.paused_at, moved.pause_reason) == (None, "")
    assert moved.due_at - item.due_at == LATER - item.paused_at


def test_redirecting_keeps_the_start_of_the_clock(make_request, acting, supplier):
    item = make_request(status=Status.ACCEPTED)
    moved = lifecycle.move(
        item,
        Status.REDIRECTED,
        by=acting[Role.OPERATOR],
        at=item.due_at + timedelta(days=9),
        details=Details(text="Это сети", executor=NewExecutor(supplier=supplier.pk)),
    )
    kept = ("registered_at", "react_by", "inspect_by", "fix_by", "answer_by", "due_at")
    assert [getattr(moved, name) for name in kept] == [getattr(item, name) for name in kept]
    assert (moved.company, moved.supplier) == (None, supplier)
    assert (moved.executor_inn, moved.executor_name) == (supplier.inn, str(supplier))


@pytest.mark.parametrize(
    "executor",
    [NewExecutor(), NewExecutor(company=10**9), NewExecutor(supplier=2**70), None],
)
def test_an_unknown_organisation_is_refused(executor, make_request, acting):
    item = make_request()
    before = rows_of(item)
    with pytest.raises(Refused) as refused:
        lifecycle.move(
            item,
            Status.REDIRECTED,
            by=acting[Role.OPERATOR],
            at=LATER,
            details=Details(text="Им", executor=executor),
        )
    assert refused.value.field == "executor"
    assert rows_of(item) == before


def test_the_same_organisation_or_two_at_once_are_refused(make_request, acting, company, supplier):
    item = make_request()
    for executor in (
        NewExecutor(company=company.pk),
        NewExecutor(company=company.pk, supplier=supplier.pk),
    ):
        with pytest.raises(Refused):
            lifecycle.move(
                item,
                Status.REDIRECTED,
                by=acting[Role.OPERATOR],
                at=LATER,
                details=Details(text="Им", executor=executor),
            )


def test_time_never_runs_backwards_on_the_timeline(make_request, acting):
    item = make_request(status=Status.ACCEPTED)
    moved = lifecycle.move(
        item, Status.IN_PROGRESS, by=acting[Role.OPERATOR], at=NOON - timedelta(days=1)
    )
    assert moved.changed_at == item.changed_at
    assert rows_of(item)["events"][-1]["at"] == item.changed_at


# ------------------------------------------------------------------ what a step brings


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (ActDetails(signed_on=None, signer="Мастер"), "act.signed_on"),
        (ActDetails(signed_on=NOON.date(), signer=" \x00 "), "act.signer"),
        (
            ActDetails(signed_on=(LATER + timedelta(days=1)).date(), signer="Мастер"),
            "act.signed_on",
        ),
        (
            ActDetails(signed_on=(NOON - timedelta(days=1)).date(), signer="Мастер"),
            "act.signed_on",
        ),
        (ActDetails(signed_on=NOON.date(), signer="Мастер", upload=uuid4()), "act.upload"),
    ],
)
def test_a_faulty_act_is_refused(act, field, make_request, acting):
    item = make_request(status=Status.IN_PROGRESS)
    before = rows_of(item)
    with pytest.raises(Refused) as refused:
        lifecycle.move(
            item, Status.DONE, by=acting[Role.EXECUTOR], at=LATER, details=Details(act=act)
        )
    assert refused.value.field == field
    assert rows_of(item) == before


def test_an_act_is_kept_with_its_scan(make_request, make_upload, acting, company_user):
    item = make_request(status=Status.IN_PROGRESS)
    scan = make_upload(by=company_user)
    lifecycle.move(
        item,
        Status.DONE,
        by=acting[Role.EXECUTOR],
        at=LATER,
        details=Details(act=an_act(upload=scan.pk)),
    )
    rows = rows_of(item)
    assert rows["acts"][0]["upload_id"] == rows["files"][0]["upload_id"] == scan.pk
    scan.refresh_from_db()
    assert scan.claimed_at == LATER


def test_a_refusal_names_its_clause(make_request, acting):
    item = make_request(status=Status.ACCEPTED)
    before = rows_of(item)
    with pytest.raises(Refused) as refused:
        lifecycle.move(
            item,
            Status.CLOSED,
            by=acting[Role.OPERATOR],
            at=LATER,
            details=Details(text="Нет", outcome=Outcome.REFUSED, clause="  "),
        )
    assert refused.value.field == "clause"
    assert rows_of(item) == before


@pytest.mark.parametrize("outcome", [Outcome.FIXED, Outcome.WITHDRAWN, "nonsense"])
def test_an_operator_cannot_close_with_an_ending_that_is_not_theirs(outcome, make_request, acting):
    with pytest.raises(Refused) as refused:
        lifecycle.move(
            make_request(),
            Status.CLOSED,
            by=acting[Role.OPERATOR],
            at=LATER,
            details=Details(text="Готово", outcome=outcome, clause="п. 1"),
        )
    assert refused.value.code == "outcome_needed"


@pytest.mark.parametrize("number", ["", "26-999999", "itself", "\x00"])
def test_a_duplicate_names_another_request_that_exists(number, make_request, acting):
    item = make_request()
    with pytest.raises(Refused) as refused:
        lifecycle.move(
            item,
            Status.CLOSED,
            by=acting[Role.OPERATOR],
            at=LATER,
            details=Details(
                text="Повтор",
                outcome=Outcome.DUPLICATE,
                duplicate_of=item.number if number == "itself" else number,
            ),
        )
    assert refused.value.code == "no_original"


def test_two_requests_cannot_be_duplicates_of_each_other(make_request, acting):
    one, other = make_request(), make_request()

    def close(item, original):
        return lifecycle.move(
            item,
            Status.CLOSED,
            by=acting[Role.OPERATOR],
            at=LATER,
            details=Details(text="Повтор", outcome=Outcome.DUPLICATE, duplicate_of=original.number),
        )

    assert close(one, other).duplicate_of == other
    with pytest.raises(Refused):
        close(other, one)


def test_a_chain_of_duplicates_leads_to_its_first_and_never_back(make_request, acting):
    first, second, third = make_request(), make_request(), make_request()

    def close(item, original):
        return lifecycle.move(
            item,
            Status.CLOSED,
            by=acting[Role.OPERATOR],
            at=LATER,
            details=Details(text="Повтор", outcome=Outcome.DUPLICATE, duplicate_of=original.number),
        )

    close(second, first)
    assert close(third, second).duplicate_of == first
    before = rows_of(first)
    with pytest.raises(Refused):
        close(first, third)
    assert rows_of(first) == before


def test_an_old_act_does_not_answer_a_new_objection(make_request, acting):
    item = make_request(status=Status.REOPENED)
    objected = item.changed_at + timedelta(days=3)
    item = lifecycle.move(item, Status.IN_PROGRESS, by=acting[Role.OPERATOR], at=objected)
    item = lifecycle.move(
        item,
        Status.DONE,
        by=acting[Role.OPERATOR],
        at=objected,
        details=Details(act=ActDetails(signed_on=objected.date(), signer="Мастер")),
    )
    item = lifecycle.move(
        item,
        Status.REOPENED,
        by=acting[Role.RESIDENT],
        at=objected,
        details=Details(text="По-прежнему"),
    )
    item = lifecycle.move(item, Status.IN_PROGRESS, by=acting[Role.OPERATOR], at=objected)
    with pytest.raises(Refused) as refused:
        lifecycle.move(
            item,
            Status.DONE,
            by=acting[Role.OPERATOR],
            at=objected,
            details=Details(act=ActDetails(signed_on=NOON.date(), signer="Мастер")),
        )
    assert refused.value.code == "act_too_old"


def test_a_long_text_is_refused_and_an_odd_one_is_made_plain(make_request, acting):
    item = make_request()
    with pytest.raises(Refused) as refused:
        lifecycle.comment(item, by=acting[Role.RESIDENT], at=LATER, text="я" * 50_000)
    assert refused.value.code == "text_too_long"
    lifecycle.comment(item, by=acting[Role.RESIDENT], at=LATER, text="\x00Вода 💧\r\nтечёт\x07 ")
    assert rows_of(item)["events"][-1]["text"] == "Вода 💧\nтечёт"


def test_an_operator_who_moves_a_request_becomes_answerable_for_it(make_request, acting, chief):
    item = make_request()
    assert item.assigned_to is None
    item = lifecycle.move(item, Status.ACCEPTED, by=acting[Role.OPERATOR], at=LATER)
    assert item.assigned_to_id == acting[Role.OPERATOR].id
    item = lifecycle.move(item, Status.IN_PROGRESS, by=actor_of(chief), at=LATER)
    assert item.assigned_to_id == acting[Role.OPERATOR].id


# ------------------------------------------------------------------ coming back


def test_objecting_counts_and_takes_the_act_back(make_request, acting):
    item = make_request(status=Status.DONE)
    moved = lifecycle.move(
        item, Status.REOPENED, by=acting[Role.RESIDENT], at=LATER, details=Details(text="Течёт")
    )
    assert (moved.reopened_count, moved.done_at, moved.due_at) == (1, None, item.due_at)
    assert len(rows_of(item)["acts"]) == 1


@pytest.mark.parametrize(
    ("outcome", "days", "role", "allowed"),
    [
        (Outcome.FIXED, 30, Role.RESIDENT, True),
        (Outcome.FIXED, 31, Role.RESIDENT, False),
        (Outcome.REFUSED, 29, Role.RESIDENT, True),
        (Outcome.WITHDRAWN, 0, Role.RESIDENT, False),
        (Outcome.FIXED, 400, Role.OPERATOR, True),
        (Outcome.WITHDRAWN, 400, Role.OPERATOR, True),
    ],
)
def test_a_closed_request_comes_back_only_for_a_time(
    outcome, days, role, allowed, make_request, acting
):
    item = make_request(outcome=outcome)
    at = item.closed_at + timedelta(days=days)
    offered = {s.name for s in lifecycle.steps_open_to(item, acting[role], at=at)}
    assert ("reopen" in offered) is allowed
    before = rows_of(item)
    if allowed:
        moved = lifecycle.move(
            item, Status.REOPENED, by=acting[role], at=at, details=Details(text="Опять")
        )
        assert (moved.outcome, moved.closed_at, moved.duplicate_of) == ("", None, None)
        assert moved.reopened_count == 1
    else:
        with pytest.raises(Refused) as refused:
            lifecycle.move(
                item, Status.REOPENED, by=acting[role], at=at, details=Details(text="Опять")
            )
        assert refused.value.code == "too_late"
        assert rows_of(item) == before


# ------------------------------------------------------------------ two at once


def test_a_stale_save_is_refused_and_both_versions_are_kept(make_request, acting):
    item = make_request()
    current = lifecycle.move(item, Status.ACCEPTED, by=acting[Role.EXECUTOR], at=LATER)
    before = rows_of(item)
    with pytest.raises(Stale) as stale:
        lifecycle.move(
            item,
            Status.CLOSED,
            by=acting[Role.OPERATOR],
            at=LATER,
            details=Details(text="Не подтвердилось", outcome=Outcome.NOT_CONFIRMED),
            seen_version=item.version,
        )
    assert (stale.value.seen, stale.value.current) == (item.version, current.version)
    assert rows_of(item) == before
    kept = RefusedSave.objects.get()
    assert (kept.request, kept.user_id) == (item, acting[Role.OPERATOR].id)
    assert (kept.seen_version, kept.current_version) == (item.version, current.version)
    assert kept.attempted == {
        "verb": "move",
        "to": "closed",
        "text": "Не подтвердилось",
        "outcome": "not_confirmed",
    }


def test_a_stale_save_of_an_executor_is_refused_without_a_copy(make_request, acting):
    item = make_request()
    lifecycle.comment(item, by=acting[Role.RESIDENT], at=LATER, text="Ещё хуже")
    with pytest.raises(Stale):
        lifecycle.move(item, Status.ACCEPTED, by=acting[Role.EXECUTOR], at=LATER, seen_version=1)
    assert not RefusedSave.objects.exists()


def test_a_step_sent_twice_is_made_once(make_request, acting):
    item = make_request()
    for _ in range(2):
        moved = lifecycle.move(
            item, Status.ACCEPTED, by=acting[Role.OPERATOR], at=LATER, idempotency_key="k1"
        )
    assert (moved.status, moved.version) == (Status.ACCEPTED, item.version + 1)
    assert len(rows_of(item)["events"]) == 2
    before = rows_of(item)
    with pytest.raises(KeyReused):
        lifecycle.move(
            item,
            Status.NEEDS_INFO,
            by=acting[Role.OPERATOR],
            at=LATER,
            details=Details(text="Где?"),
            idempotency_key="k1",
        )
    assert rows_of(item) == before


def test_a_refused_step_leaves_its_key_free(make_request, acting):
    item = make_request()
    for _ in range(2):
        with pytest.raises(Refused):
            lifecycle.move(
                item, Status.DONE, by=acting[Role.OPERATOR], at=LATER, idempotency_key="k1"
            )


@pytest.mark.django_db(transaction=True)
def test_two_acts_at_once_make_one_step(make_request, company_user):
    item = make_request(status=Status.IN_PROGRESS)
    actor, start, results = actor_of(company_user), Barrier(2), []

    def present():
        try:
            start.wait()
            lifecycle.move(item, Status.DONE, by=actor, at=LATER, details=Details(act=an_act()))
            results.append("done")
        except Refused as refused:
            results.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=present) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "forbidden_step"]
    assert len(rows_of(item)["acts"]) == 1


# ------------------------------------------------------------------ operations beside the table


def test_a_comment_reaches_the_other_side(make_request, acting):
    item = make_request(status=Status.ACCEPTED)
    for role, told in (
        (Role.RESIDENT, "dispatch@prichal.example.org"),
        (Role.OPERATOR, "resident@example.org"),
        (Role.EXECUTOR, "resident@example.org"),
    ):
        count = Message.objects.count()
        lifecycle.comment(item, by=acting[role], at=LATER, text="Есть новости")
        assert [m.recipient for m in Message.objects.order_by("id")[count:]] == [told]


def test_a_note_tells_nobody_and_only_staff_read_it(make_request, acting):
    item = make_request()
    count = Message.objects.count()
    lifecycle.internal_note(item, by=acting[Role.OPERATOR], at=LATER, text="Жилец взволнован")
    assert Message.objects.count() == count
    assert rows_of(item)["events"][-1]["public"] is False


def test_another_matter_brings_its_norm_and_keeps_the_start(make_request, acting, supplier):
    item = make_request(status=Status.ACCEPTED)
    moved = lifecycle.recategorise(
        item, category="ht_none", by=acting[Role.OPERATOR], at=LATER, text="Холодно всему дому"
    )
    assert moved.category.slug == "ht_none"
    assert moved.is_emergency
    assert moved.due_at == moved.fix_by == NOON + timedelta(hours=16)
    assert (moved.company, moved.supplier) == (None, supplier)
    assert moved.norm_clause == moved.norm.clause
    data = rows_of(item)["events"][-1]["data"]
    assert (data["from"], data["to"]) == ("Холодная батарея или стояк", "Нет отопления в доме")


def test_another_matter_keeps_the_time_the_clock_stood(make_request, acting):
    item = make_request(status=Status.NEEDS_INFO)
    stood = LATER - item.paused_at
    item = lifecycle.comment(item, by=acting[Role.RESIDENT], at=LATER, text="Дома после шести")
    moved = lifecycle.recategorise(item, category="en_door", by=acting[Role.OPERATOR], at=LATER)
    assert moved.due_at == NOON + timedelta(days=1) + stood


@pytest.mark.parametrize("slug", ["", "heating", "nonsense", "ht_riser", "\x00"])
def test_a_matter_that_cannot_be_chosen_changes_nothing(slug, make_request, acting):
    item = make_request()
    before = rows_of(item)
    with pytest.raises(Refused) as refused:
        lifecycle.recategorise(item, category=slug, by=acting[Role.OPERATOR], at=LATER)
    assert refused.value.field == "category"
    assert rows_of(item) == before


def test_a_closed_request_keeps_its_matter(make_request, acting):
    with pytest.raises(Refused) as refused:
        lifecycle.recategorise(
            make_request(status=Status.CLOSED),
            category="en_door",
            by=acting[Role.OPERATOR],
            at=LATER,
        )
    assert refused.value.code == "closed"


def test_only_a_living_operator_is_made_answerable(make_request, acting, chief, resident):
    item = make_request()
    assert (
        lifecycle.assign(item, to=chief.pk, by=acting[Role.OPERATOR], at=LATER).assigned_to == chief
    )
    for wrong in (resident.pk, 10**9):
        with pytest.raises(Refused):
            lifecycle.assign(item, to=wrong, by=acting[Role.OPERATOR], at=LATER)
    assert lifecycle.assign(item, to=None, by=acting[Role.OPERATOR], at=LATER).assigned_to is None


def test_letters_of_an_emergency_leave_first(make_request):
    make_request(category=EMERGENCY)
    assert {m.priority for m in Message.objects.all()} == {Priority.EMERGENCY}
    assert {m.recipient for m in Message.objects.all()} == {
        "resident@example.org",
        "dispatch@prichal.example.org",
    }


def test_the_role_of_each_actor():
    assert lifecycle.role_of(Operator(id=1, sees_contacts=False, is_admin=False)) is Role.OPERATOR
    assert lifecycle.role_of(Executor(id=1, inns=(COMPANY_INN, RIVAL_INN))) is Role.EXECUTOR
    assert lifecycle.role_of(System()) is Role.SYSTEM
    assert lifecycle.role_of(Nobody()) is None


def test_an_open_request_is_one_that_somebody_works_on():
    assert set(Status) - set(OPEN) == {Status.DONE, Status.CLOSED}


def test_the_owner_of_a_request_without_account_is_the_holder_of_its_code(make_request):
    item = make_request(resident=None)
    assert lifecycle.role_of(owner_of(item)) is Role.RESIDENT
