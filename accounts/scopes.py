"""
What a token lets a program do: every scope, in words, and who may give it.

A call of the API names its scopes; whoever signed in by a session holds all of them. A scope only
narrows: what its holder may not see or do, no token shows or does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Executor, Nobody, Operator, Resident


class Circle(StrEnum):
    """Whose matters a scope opens; the headings of the page of tokens."""

    OWN = "own"
    ORGANISATION = "organisation"
    CENTRE = "centre"


CIRCLES: dict[Circle, Promise] = {
    Circle.OWN: _("What is mine"),
    Circle.ORGANISATION: _("What my organisation does"),
    Circle.CENTRE: _("The contact centre's work"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A right of a program; `label` is what its owner reads."""

    name: str
    label: Promise
    circle: Circle = Circle.OWN


_S = Scope
SCOPES: dict[str, Scope] = {
    scope.name: scope
    for scope in (
        _S(name="profile:read", label=_("See my name, address and role")),
        _S(name="inbox:read", label=_("Read my inbox")),
        _S(name="inbox:write", label=_("Mark messages of my inbox as read")),
        _S(name="requests:read", label=_("See my requests and how they go")),
        _S(
            name="requests:write",
            label=_("File requests and files, answer, confirm, object, withdraw"),
        ),
        _S(
            name="open311:write",
            label=_(
                "Hand over requests of other people by Open311: I answer for their consent, and "
                "they know that everybody sees the matter, the house and how it goes"
            ),
        ),
        _S(name="webhooks:read", label=_("See my webhooks and how they were delivered")),
        _S(name="webhooks:write", label=_("Set webhooks up, change and remove them")),
        _S(
            name="cabinet:read",
            label=_("See the requests of my organisation"),
            circle=Circle.ORGANISATION,
        ),
        _S(
            name="cabinet:write",
            label=_("Work on the requests of my organisation: steps, words, acts"),
            circle=Circle.ORGANISATION,
        ),
        _S(
            name="bulk:write",
            label=_("Send states, acts and letters in batches"),
            circle=Circle.ORGANISATION,
        ),
        _S(
            name="desk:read",
            label=_("See the requests of everybody at the desk"),
            circle=Circle.CENTRE,
        ),
        _S(
            name="desk:write",
            label=_("Work on requests at the desk, incidents and notices"),
            circle=Circle.CENTRE,
        ),
        _S(
            name="outside:write",
            label=_("Bring letters from other portals in and read what became of them"),
            circle=Circle.CENTRE,
        ),
        _S(
            name="contacts:read",
            label=_("See people's contacts; each look is logged"),
            circle=Circle.CENTRE,
        ),
    )
}
ALL: frozenset[str] = frozenset(SCOPES)
_OWN = frozenset(name for name, scope in SCOPES.items() if scope.circle is Circle.OWN)
_ORGANISATION = frozenset(
    name for name, scope in SCOPES.items() if scope.circle is Circle.ORGANISATION
)

# Of these a token of staff holds one, or it only reads.
_CHANGING = frozenset({"desk:write", "bulk:write", "outside:write"})


def grantable(actor: Actor) -> frozenset[str]:
    """Return the scopes that `actor` may give to a program of theirs; the one rule of it."""
    match actor:
        case Operator(is_admin=True):
            return ALL
        case Operator():
            held = {"desk:read"}
            if actor.may_change:
                held |= {"desk:write", "bulk:write", "outside:write"}
            if actor.sees_contacts:
                held.add("contacts:read")
            return _OWN | held
        case Executor():
            return _OWN | _ORGANISATION
        case Nobody():
            return frozenset()
        case Resident():
            return _OWN
    return frozenset()


def narrowed(actor: Actor, held: Iterable[str]) -> Actor:
    """
    Return whom a token with the scopes `held` acts as.

    Without a scope that only staff or executors may give it acts as a resident: a token made for
    one's own requests does not open everybody's on the day its owner joins the staff.
    """
    scopes = frozenset(held)
    match actor:
        case Operator() if not scopes & (ALL - _OWN):
            return Resident(id=actor.id)
        case Operator():
            return replace(
                actor,
                sees_contacts=actor.sees_contacts and "contacts:read" in scopes,
                may_change=actor.may_change and bool(scopes & _CHANGING),
            )
        case Executor() if not scopes & _ORGANISATION:
            return Resident(id=actor.id)
    return actor


def in_words(held: Iterable[str]) -> list[str]:
    """Return what the scopes allow, in the reader's language and the list's order."""
    scopes = frozenset(held)
    return [str(scope.label) for name, scope in SCOPES.items() if name in scopes]
