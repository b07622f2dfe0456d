"""Who plays in the tests of court cases, and when."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.models import Group

from accounts import roles
from accounts.models import User
from tests.city_fixtures import NOON

AT = NOON + timedelta(days=40)
LATER = AT + timedelta(days=60)
DAY: date = LATER.date() - timedelta(days=3)


def member(email: str, name: str, group: str = roles.LAWYERS) -> User:
    """Return a member of the staff in the group."""
    user = User.objects.create_user(email, "a long password", name=name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user
