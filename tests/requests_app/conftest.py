"""The cast of this room's tests, beside the one of every room."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from PIL import Image

from accounts import roles
from accounts.models import User


@pytest.fixture
def editor(roles_loaded) -> User:
    user = User.objects.create_user(
        "editor@example.org", "a long password", name="Редактор", is_staff=True
    )
    user.groups.add(Group.objects.get(name=roles.EDITORS))
    return user


@pytest.fixture
def clerk(db) -> User:
    """Return a member of staff whom no group gives anything."""
    return User.objects.create_user("clerk@example.org", "a long password", is_staff=True)


@pytest.fixture(autouse=True)
def _files(tmp_path, settings) -> None:
    """Keep uploaded files of a test in its own folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }


@pytest.fixture
def a_scan() -> bytes:
    """Return a small picture."""
    out = BytesIO()
    Image.new("RGB", (60, 80), (240, 240, 235)).save(out, "PNG")
    return out.getvalue()
