"""The version stands in the changelog and nowhere else."""

from __future__ import annotations

import pytest
from django.conf import settings

from contact_center import version


def test_newest_heading_is_the_version(tmp_path):
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changes\n\n## 2.0.1 (soon)\n\n## 2.0.0\n")
    assert version.read(changelog) == "2.0.1"


def test_changelog_without_a_version_stops_the_start(tmp_path):
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changes\n")
    with pytest.raises(ValueError, match="names no version"):
        version.read(changelog)


def test_schema_carries_the_version(client):
    schema = client.get("/api/v1/schema/?format=json").json()
    assert schema["info"]["version"] == settings.VERSION
