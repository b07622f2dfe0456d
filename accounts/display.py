"""How an account is addressed on a page and in a letter."""

from __future__ import annotations

from accounts.models import User


def name_of(user: User) -> str:
    """Return the name somebody gave, or the address they sign in with."""
    return user.get_full_name()
