"""The ten jobs of docs/api.md, run as they stand against the running portal."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from accounts import tokens
from requests_app.models import Request
from tests.city_fixtures import COMPANY_INN
from tests.requests_app.filing_steps import picture
from tests.service.city import body_of, file

pytestmark = pytest.mark.service
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
# What the shell's answer of each job must hold.
ANSWERS = {
    1: "results", 2: "managed_by", 3: "tracking_code", 4: "events", 5: "events", 6: "results",
    7: "results", 8: "rating", 9: "reduction", 10: "status",
}  # fmt: skip


def blocks(kind: str) -> list[tuple[int, str]]:
    """Return the fenced blocks of the ten jobs with the number of their job, 0 before them."""
    _before, _, jobs = GUIDE.read_text(encoding="utf-8").partition("## Ten jobs")
    found, number = [], 0
    for heading, fence, text in re.findall(
        r"^### (\d+)\.|^```(\w+)\n(.*?)^```$", jobs, re.MULTILINE | re.DOTALL
    ):
        number = int(heading or number)
        if fence == kind:
            found.append((number, text))
    return found


@pytest.fixture
def around(live_portal, categories, building, resident, company_user, tmp_path):
    """Return the variables that the guide speaks of."""
    photo = tmp_path / "battery.jpg"
    photo.write_bytes(picture().read())
    _status, filed, _seconds = file(live_portal, body_of(building))
    return {
        "PORTAL": live_portal.url,
        "TOKEN": tokens.issue(resident, name="guide"),
        "EXECUTOR_TOKEN": tokens.issue(company_user, name="guide"),
        "PHOTO": str(photo),
        "BUILDING": str(building.pk),
        "INN": COMPANY_INN,
        "NUMBER": filed["number"],
        "CODE": filed["tracking_code"],
    }


def test_every_job_has_both_ways():
    for kind in ("sh", "python"):
        assert [number for number, _text in blocks(kind) if number] == list(range(1, 11))


def test_the_shell_does_each_job(around):
    for number, text in blocks("sh"):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            env={**os.environ, **around},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (number, done.stdout, done.stderr)
        assert ANSWERS[number] in json.loads(done.stdout), (number, done.stdout)
    item = Request.objects.get(number=around["NUMBER"])
    assert item.status == "accepted"
    assert item.events.filter(text="Дома после 18:00").count() == 1
    # The one that the guide filed, with its photo.
    assert Request.objects.exclude(pk=item.pk).get().attachments.count() == 1


def test_python_does_each_job(around, monkeypatch):
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    names: dict[str, Any] = {}
    for number, text in blocks("python"):
        exec(compile(text, f"docs/api.md, job {number}", "exec"), names)
    assert names["now"]["number"] == names["filed"]["number"]
    assert float(names["reduced"]["reduction"]) > 0
    item = Request.objects.get(number=names["filed"]["number"])
    assert (item.status, item.attachments.count()) == ("accepted", 1)
