"""Two people with the same life on the portal: what is done to one leaves the other whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import User
from requests_app.models import Request
from tests.contact_center.own_data.planting import person_called, plant


@pytest.fixture(autouse=True)
def storage(settings, tmp_path: Path) -> Path:
    """Keep the files of these tests apart."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    return tmp_path


@pytest.fixture
def anna(db) -> User:
    return person_called("zqanna", number=71)


@pytest.fixture
def boris(db) -> User:
    return person_called("zqboris", number=82)


@pytest.fixture
def planted(anna, operator, building, make_request, make_upload) -> Callable[..., Request]:
    """Return what plants a person's life: `planted(anna, "zqanna")` gives the closed request."""

    def make(user: User, word: str) -> Request:
        return plant(
            user,
            word,
            operator=operator,
            building=building,
            make_request=make_request,
            make_upload=make_upload,
        )

    return make
