"""Who may give which scope, and whom a narrow token acts as."""

from __future__ import annotations

import re

import pytest

from accounts import scopes
from accounts.actors import CodeHolder, Executor, Lawyer, Nobody, Operator, Resident, System

CLERK = Operator(id=1, sees_contacts=True, is_admin=False)
READER = Operator(id=1, sees_contacts=False, is_admin=False, may_change=False)
BOSS = Operator(id=1, sees_contacts=True, is_admin=True)
COMPANY = Executor(id=1, inns=("7325000012",))
OWN = {
    *("profile:read", "inbox:read", "inbox:write", "requests:read", "requests:write"),
    *("webhooks:read", "webhooks:write", "open311:write"),
}
GIVEN = [
    (Nobody(), set()),
    (System(), set()),
    (CodeHolder(number="26-000001", code_hash="x"), set()),
    (Resident(id=1), OWN),
    (Lawyer(id=1), set()),
    (COMPANY, OWN | {"cabinet:read", "cabinet:write", "bulk:write"}),
    (READER, OWN | {"desk:read"}),
    (
        CLERK,
        OWN | {"desk:read", "desk:write", "contacts:read", "bulk:write", "outside:write"},
    ),
    (BOSS, set(scopes.SCOPES)),
]


@pytest.mark.parametrize(("actor", "given"), GIVEN)
def test_who_gives_what(actor, given) -> None:
    assert scopes.grantable(actor) == given


def test_names_are_plain_and_every_scope_has_words() -> None:
    for name, scope in scopes.SCOPES.items():
        assert name == scope.name
        assert re.fullmatch(r"[a-z0-9]+:(read|write)", name)
        assert len(name) <= 32
        assert str(scope.label)
        assert scope.circle in scopes.CIRCLES
    assert len(scopes.in_words(scopes.ALL)) == len(scopes.SCOPES)
    assert scopes.in_words(["gone:read"]) == []


@pytest.mark.parametrize("actor", [CLERK, READER, BOSS, COMPANY])
@pytest.mark.parametrize("held", [set(), OWN, {"requests:read"}])
def test_without_a_scope_of_their_work_anybody_is_a_resident(actor, held) -> None:
    assert scopes.narrowed(actor, held) == Resident(id=1)


def test_each_right_at_the_desk_is_given_apart() -> None:
    assert scopes.narrowed(CLERK, {"desk:read"}) == Operator(
        id=1, sees_contacts=False, is_admin=False, may_change=False
    )
    assert scopes.narrowed(CLERK, {"desk:read", "contacts:read"}).sees_contacts
    assert scopes.narrowed(CLERK, {"desk:write"}).may_change
    assert scopes.narrowed(CLERK, scopes.ALL) == CLERK
    # A scope gives nothing that its holder has not.
    assert scopes.narrowed(READER, scopes.ALL) == READER


def test_an_executor_stays_one_by_any_scope_of_the_organisation() -> None:
    for name in ("cabinet:read", "cabinet:write", "bulk:write"):
        assert scopes.narrowed(COMPANY, {name}) == COMPANY
    assert scopes.narrowed(COMPANY, {"desk:write"}) == Resident(id=1)
