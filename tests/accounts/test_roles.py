"""Groups of staff say what the table says; looks at contacts are noted."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts import contact_looks, roles
from accounts.actors import Nobody, Operator, System
from accounts.models import ContactLook, User
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def test_loading_twice_gives_the_same_groups(capsys) -> None:
    roles.load()
    before = set(Group.objects.values_list("name", "permissions__codename"))
    call_command("load_roles")
    assert set(Group.objects.values_list("name", "permissions__codename")) == before
    assert {name for name, _ in before} == set(roles.PERMISSIONS)


def test_right_ticked_by_hand_is_taken_back() -> None:
    roles.load()
    editors = Group.objects.get(name=roles.EDITORS)
    editors.permissions.add(Permission.objects.get(codename="delete_user"))
    roles.load()
    assert not editors.permissions.filter(codename="delete_user").exists()


def test_chiefs_may_what_operators_may() -> None:
    assert set(roles.PERMISSIONS[roles.OPERATORS]) < set(roles.PERMISSIONS[roles.CHIEF_OPERATORS])


def test_unknown_permission_is_named(monkeypatch) -> None:
    monkeypatch.setattr(roles, "PERMISSIONS", {"operators": ("accounts.view_user", "accounts.fly")})
    done = roles.load()
    assert done.unknown == ("accounts.fly",)
    assert done.given == {"operators": 1}


def test_look_is_noted_with_its_person(clerk: User) -> None:
    contact_looks.record(
        "request:7", by=Operator(id=clerk.pk, sees_contacts=True, is_admin=False), at=NOON
    )
    look = ContactLook.objects.get()
    assert (look.subject, look.looked_by, look.at) == ("request:7", clerk, NOON)


@pytest.mark.parametrize("actor", [Nobody(), System()])
def test_nobody_looks_unnamed(actor) -> None:
    with pytest.raises(ValueError, match="account"):
        contact_looks.record("request:7", by=actor, at=NOON)
    assert not ContactLook.objects.exists()
