"""Who may deal with an account's webhooks."""

from __future__ import annotations

from accounts.actors import Actor, Nobody, actor_of
from accounts.models import User


def is_open_to(person: User, actor: Actor) -> bool:
    """
    Return whether this account may subscribe systems while it acts as `actor`.

    Calls are made with all the rights of the account. So staff who have not shown their second
    factor are kept out: a stolen password must not have the desk's news sent elsewhere.
    """
    full = actor_of(person)
    return not isinstance(full, Nobody) and actor == full
