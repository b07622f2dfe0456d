"""Service tests: the whole portal as processes, faults included."""

from __future__ import annotations

from tests.portal_fixtures import live_portal, running_portal

__all__ = ["live_portal", "running_portal"]
