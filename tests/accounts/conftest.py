"""The cast of this room's tests, and files made hostile by code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from accounts.models import CompanyRepresentative, User

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("person@example.org", name="Анна Петрова")


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create_user("clerk@example.org", "a long password", is_staff=True)


@pytest.fixture
def dispatcher(db: None) -> User:
    user = User.objects.create_user("dispatcher@example.org", name="Диспетчер")
    CompanyRepresentative.objects.create(user=user, inn="7325000010")
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
