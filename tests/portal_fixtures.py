"""The running portal, as fixtures that the folders of service and browser tests share."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.live import LivePortal
from tests.notifications.receivers import receiver


@pytest.fixture(scope="session")
def running_portal(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[LivePortal]:
    """Start the portal once for all tests of this process."""
    home: Path = tmp_path_factory.mktemp("portal")
    with receiver() as hook, receiver() as browsers:
        portal = LivePortal(home, outside=[hook, browsers])
        try:
            yield portal
        finally:
            portal.stop()


@pytest.fixture
def live_portal(running_portal: LivePortal, transactional_db) -> LivePortal:
    """Return the running portal: whole, with an empty city, roles and categories, no letters."""
    call_command("load_roles", stdout=StringIO())
    call_command("load_categories", stdout=StringIO())
    running_portal.make_whole()
    return running_portal
