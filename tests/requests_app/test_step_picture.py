"""The picture of the table in docs/ is the table of today, whole."""

from __future__ import annotations

from io import StringIO
from xml.etree import ElementTree as ET

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from requests_app import step_picture
from requests_app.statuses import Status
from requests_app.steps import STEPS


def test_docs_show_the_table_of_today():
    call_command("draw_lifecycle", check=True)


def test_an_old_picture_is_told_and_drawn_anew(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match=r"docs/lifecycle\.svg is old"):
        call_command("draw_lifecycle", check=True)
    call_command("draw_lifecycle", stdout=StringIO())
    call_command("draw_lifecycle", check=True)
    (tmp_path / "docs" / "lifecycle.md").write_text("old")
    with pytest.raises(CommandError, match=r"docs/lifecycle\.md is old"):
        call_command("draw_lifecycle", check=True)


def test_every_step_and_status_stands_in_the_picture_and_on_the_page():
    picture, page = step_picture.svg(), step_picture.page()
    texts = " ".join(ET.fromstring(picture).itertext())
    with translation.override("ru"):
        for step in STEPS:
            assert str(step.label) in texts
            assert f"(`{step.name}`)" in page
    assert all(status.value in texts for status in Status)


def test_a_step_without_a_place_stops_the_drawing(monkeypatch):
    ways = dict(step_picture._WAYS)
    ways.pop((Status.DONE, Status.CLOSED))
    monkeypatch.setattr(step_picture, "_WAYS", ways)
    with pytest.raises(step_picture.NotPlaced):
        step_picture.svg()
