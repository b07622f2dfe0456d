"""The cast of this room's tests, beside the one of every room."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts import roles
from accounts.models import User
from outreach.models import Guide


@pytest.fixture
def guides(categories) -> dict[str, Guide]:
    """Load the guides of the repository; by slug."""
    call_command("load_guides", stdout=StringIO())
    return {guide.slug: guide for guide in Guide.objects.all()}


@pytest.fixture
def editor(roles_loaded) -> User:
    user = User.objects.create_user(
        "editor@example.org", "a long password", name="Редактор", is_staff=True
    )
    user.groups.add(Group.objects.get(name=roles.EDITORS))
    return user
