"""
Who acts: values that rules and querysets judge, free of HTTP and of the user model.

`match` over these is how `visible_to(actor)` and the lifecycle decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True, slots=True)
class Nobody:
    """A visitor without an account, or with one that is switched off."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A person with an account."""

    id: int


@dataclass(frozen=True, slots=True)
class Operator:
    """A member of the staff who works on requests; `may_change` is False for who only reads."""

    id: int
    sees_contacts: bool
    is_admin: bool
    may_change: bool = True


@dataclass(frozen=True, slots=True)
class Executor:
    """Somebody who acts for the organisations with these ИНН."""

    id: int
    inns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lawyer:
    """A member of the staff on the pages of court cases; `may_assign` is the head of them."""

    id: int
    may_assign: bool = False


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """
    Whoever knows the tracking code of one request, by its hash.

    `account` is the one they are signed in with, if any: files they sent with it stay theirs.
    """

    number: str
    code_hash: str
    account: int | None = None


@dataclass(frozen=True, slots=True)
class Repairman:
    """Whoever holds the link that an executor gave for one request, by the hash of its token."""

    number: str
    token_hash: str


@dataclass(frozen=True, slots=True)
class System:
    """The portal itself: jobs and imports."""


Actor = Nobody | Resident | Operator | Executor | Lawyer | CodeHolder | Repairman | System

# What the permissions of admin mean for requests, wherever they are shown.
_VIEW, _CHANGE, _SEE_CONTACT = "view_request", "change_request", "see_contact"


def actor_of(user: AbstractBaseUser | AnonymousUser) -> Actor:
    """
    Return who this account acts as; at most one query.

    Staff are operators even when they also represent a company: two roles at once would let one
    person both judge and present an act. Staff whom no group lets see requests (editors of the
    register) are residents: `is_staff` opens the door of the workplace, not people's complaints.
    """
    from accounts.models import CompanyRepresentative, User

    if not isinstance(user, User) or not user.is_active:
        return Nobody()
    if user.is_staff and user.is_superuser:
        return Operator(id=user.pk, sees_contacts=True, is_admin=True)
    if user.is_staff:
        held = _held(user.pk)
        if _VIEW not in held:
            return Resident(id=user.pk)
        return Operator(
            id=user.pk,
            sees_contacts=_SEE_CONTACT in held,
            is_admin=False,
            may_change=_CHANGE in held,
        )
    inns = tuple(
        CompanyRepresentative.objects.filter(user_id=user.pk)
        .order_by("inn")
        .values_list("inn", flat=True)
    )
    return Executor(id=user.pk, inns=inns) if inns else Resident(id=user.pk)


def user_id_of(actor: Actor) -> int | None:
    """Return the account behind the actor, or None for a visitor, a code holder or a job."""
    match actor:
        case Resident(id=id) | Operator(id=id) | Executor(id=id) | Lawyer(id=id):
            return id
    return None


# `User.has_perm` reads all permissions in two queries; and every call of the desk asks this.
_HELD = """
SELECT held.codename FROM auth_permission AS held
JOIN django_content_type AS kind ON kind.id = held.content_type_id
WHERE kind.app_label = 'requests_app' AND held.codename = ANY(%(wanted)s) AND (
    held.id IN (SELECT permission_id FROM accounts_user_user_permissions WHERE user_id = %(user)s)
    OR held.id IN (
        SELECT given.permission_id FROM auth_group_permissions AS given
        JOIN accounts_user_groups AS member ON member.group_id = given.group_id
        WHERE member.user_id = %(user)s))
"""


def _held(user_id: int) -> set[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"user": user_id, "wanted": [_VIEW, _CHANGE, _SEE_CONTACT]})
        return {codename for (codename,) in cursor.fetchall()}
