"""The cast of this room's tests, and files made hostile by code."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from PIL import Image

from accounts.models import User


@pytest.fixture
def clerk(db: None) -> User:
    """Return a member of staff who may read requests, and nothing else."""
    user = User.objects.create_user("clerk@example.org", "a long password", is_staff=True)
    user.user_permissions.add(
        Permission.objects.get(content_type__app_label="requests_app", codename="view_request")
    )
    return user


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: object) -> Path:
    """Keep uploaded files of a test in its own folder."""
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }
    return tmp_path / "files"


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Return a maker of picture files: size, format, and whatever the saver takes."""

    def make(
        how: str = "JPEG",
        size: tuple[int, int] = (64, 48),
        mode: str = "RGB",
        colour: object = (200, 30, 30),
        **options: object,
    ) -> bytes:
        out = BytesIO()
        Image.new(mode, size, colour).save(out, how, **options)  # type: ignore[arg-type]
        return out.getvalue()

    return make
