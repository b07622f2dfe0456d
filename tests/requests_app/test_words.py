"""The glossary names only what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

TEXT = Path("docs/words.md").read_text(encoding="utf-8")
MODELS = sorted(
    set(re.findall(r"`(accounts|disclosure|notifications|requests_app)\.([A-Z]\w+)", TEXT))
)


def test_the_glossary_has_its_models():
    assert len(MODELS) > 12


@pytest.mark.parametrize(("room", "name"), MODELS)
def test_every_model_of_the_glossary_exists(room, name):
    assert apps.get_model(room, name)
