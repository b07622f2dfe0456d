"""A short storm: whatever dies while people file, nothing is lost. `make chaos` runs a long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live import LivePortal
from tests.service.chaos import MOST_DUPLICATES, Storm

pytestmark = pytest.mark.service


@pytest.fixture
def stormy_portal(live_portal: LivePortal, tmp_path: Path):
    """Return the running portal; whatever the storm did to it is undone afterwards."""
    yield live_portal
    live_portal.make_whole()


def test_a_storm_of_faults_loses_no_request_and_no_letter(stormy_portal, categories, building):
    outcome = Storm(stormy_portal, building, seconds=15, rate=6, faults=12, seed=20261129).rage()
    assert outcome.faults.total() == 12
    assert outcome.filed == 90
    assert outcome.requests_lost == 0
    assert outcome.requests_twice == 0
    assert outcome.letters >= outcome.filed
    assert outcome.letters_lost == 0
    # Of so few letters one alone may be more than the share: at most as many as there were kills.
    assert outcome.letters_twice <= max(outcome.faults.total(), MOST_DUPLICATES * outcome.letters)
