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
    """A member of the contact centre's staff."""

    id: int
    sees_contacts: bool
    is_admin: bool


@dataclass(frozen=True, slots=True)
class Executor:
    """Somebody who acts for the organisations with these ИНН."""

    id: int
    inns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """Whoever knows the tracking code of one request, by its hash."""

    number: str
    code_hash: str


@dataclass(frozen=True, slots=True)
class System:
    """The portal itself: jobs and imports."""


Actor = Nobody | Resident | Operator | Executor | CodeHolder | System

SEE_CONTACT = ("requests_app", "see_contact")


def actor_of(user: AbstractBaseUser | AnonymousUser) -> Actor:
    """
    Return who this account acts as; at most one query.

    Staff are operators even when they also represent a company: two roles at once would let one
    person both judge and present an act.
    """
    from accounts.models import CompanyRepresentative, User

    if not isinstance(user, User) or not user.is_active:
        return Nobody()
    if user.is_staff:
        return Operator(
            id=user.pk,
            sees_contacts=user.is_superuser or _holds(user.pk, *SEE_CONTACT),
            is_admin=user.is_superuser,
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
        case Resident(id=id) | Operator(id=id) | Executor(id=id):
            return id
    return None


def _holds(user_id: int, app_label: str, codename: str) -> bool:
    from django.contrib.auth.models import Permission
    from django.db.models import Q

    # `User.has_perm` reads all permissions in two queries; one EXISTS is enough here.
    return (
        Permission.objects.filter(content_type__app_label=app_label, codename=codename)
        .filter(Q(user=user_id) | Q(group__user=user_id))
        .exists()
    )
