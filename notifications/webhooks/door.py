"""Who may deal with webhooks, their own or their organisation's."""

from __future__ import annotations

from accounts.actors import Actor, Nobody, actor_of
from accounts.models import User


def is_open_to(person: User, actor: Actor) -> bool:
    """
    Return whether this account may subscribe systems while it acts as `actor`.

    Calls tell all that the account may hear of. So whoever acts as less is kept out: staff who have
    not shown their second factor, and a token whose scopes make a resident of them. A stolen
    password, or a token for one's own matters, must not have the desk's news sent elsewhere.
    """
    full = actor_of(person)
    # By `__class__`: in a request the actor is a lazy object around it.
    return not isinstance(full, Nobody) and actor.__class__ is full.__class__
