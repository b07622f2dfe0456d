"""Who an account acts as, at the price of one query."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.test import RequestFactory

from accounts.actors import Executor, Nobody, Operator, Resident, System, actor_of, user_id_of
from accounts.middleware import ActorMiddleware
from accounts.models import CompanyRepresentative, User

pytestmark = pytest.mark.django_db


def _may(codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label="requests_app", codename=codename)


def test_visitor_is_nobody(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert actor_of(AnonymousUser()) == Nobody()


def test_switched_off_account_is_nobody(clerk: User) -> None:
    clerk.is_active = False
    assert actor_of(clerk) == Nobody()


def test_account_is_a_resident(resident: User, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert actor_of(resident) == Resident(id=resident.pk)


def test_representative_acts_for_all_their_companies(
    company_user: User, django_assert_num_queries
) -> None:
    CompanyRepresentative.objects.create(user=company_user, inn="1215000003")
    with django_assert_num_queries(1):
        assert actor_of(company_user) == Executor(
            id=company_user.pk, inns=("1215000003", "7325000006")
        )


def _operator(clerk: User, *, sees: bool = False, may: bool = False) -> Operator:
    return Operator(id=clerk.pk, sees_contacts=sees, is_admin=False, may_change=may)


def test_staff_whom_no_group_lets_see_requests_are_residents(
    django_assert_num_queries,
) -> None:
    """Issue 4, review: an editor of the register read everybody's complaint by its number."""
    editor = User.objects.create_user("editor@example.org", is_staff=True)
    with django_assert_num_queries(1):
        assert actor_of(editor) == Resident(id=editor.pk)
    editor.user_permissions.add(_may("change_request"), _may("see_contact"))
    assert actor_of(editor) == Resident(id=editor.pk)


def test_staff_see_and_change_what_they_were_given(clerk: User, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert actor_of(clerk) == _operator(clerk)
    group = Group.objects.create(name="those who call back")
    group.permissions.add(_may("see_contact"))
    clerk.groups.add(group)
    assert actor_of(clerk) == _operator(clerk, sees=True)
    clerk.groups.clear()
    assert actor_of(clerk) == _operator(clerk)
    clerk.user_permissions.add(_may("see_contact"), _may("change_request"))
    with django_assert_num_queries(1):
        assert actor_of(clerk) == _operator(clerk, sees=True, may=True)


def test_staff_who_represent_a_company_are_never_its_executor(clerk: User) -> None:
    CompanyRepresentative.objects.create(user=clerk, inn="7325000010")
    assert isinstance(actor_of(clerk), Operator)
    clerk.user_permissions.clear()
    assert isinstance(actor_of(clerk), Resident)


def test_superuser_needs_no_query(django_assert_num_queries) -> None:
    boss = User.objects.create_superuser("boss@example.org")
    with django_assert_num_queries(0):
        assert actor_of(boss) == Operator(id=boss.pk, sees_contacts=True, is_admin=True)


def test_account_behind_an_actor(resident: User) -> None:
    assert user_id_of(Resident(id=7)) == 7
    assert user_id_of(System()) is None
    assert user_id_of(Nobody()) is None


def test_actor_of_a_request_is_matched_by_class_and_costs_nothing_unread(
    resident: User, django_assert_num_queries
) -> None:
    request = RequestFactory().get("/")
    request.user = resident
    with django_assert_num_queries(0):
        ActorMiddleware(lambda request: None)(request)
    match request.actor:
        case Resident(id=found):
            assert found == resident.pk
        case other:
            pytest.fail(f"not a resident: {other!r}")
