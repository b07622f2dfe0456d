"""The cast of this room's tests, beside the one of every room."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from PIL import Image

from accounts import roles
from accounts.actors import System
from accounts.models import User
from requests_app import intake
from requests_app.incidents import bursts_watch
from requests_app.models import IncidentProposal


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


@pytest.fixture
def street(make_building, company, supplier):
    return [
        make_building(
            company=company,
            supplier=supplier,
            street="ул. Вокзальная",
            house=str(n),
            district="Береговой",
        )
        for n in range(1, 9)
    ]


@pytest.fixture
def burst(categories, new_request, street):
    """Return a maker of bursts: five houses of the street call within five minutes."""

    def make(*, places=range(5), ago: int = 10, category: str = "cw_none") -> IncidentProposal:
        now = timezone.now()
        for place in places:
            intake.file(
                new_request(category=category, building=street[place].pk, flat=f"{place + 1}"),
                by=System(),
                at=now - timedelta(minutes=ago - place),
            )
        bursts_watch.listen(at=now)
        return IncidentProposal.objects.order_by("-id").first()

    return make
