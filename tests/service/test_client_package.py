"""The client as others get it: its wheel, alone in a folder, and the README's first steps."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounts import tokens
from requests_app.models import Request
from tests.requests_app.filing_steps import picture

CLIENT = Path(__file__).resolve().parents[2] / "clients" / "python"
STRICT = """
from housing_contact_center import NotFound, Portal

portal = Portal("https://portal.example", token="t")
try:
    due: str | None = portal.track("26-000001", code="c")["due_at"]
except NotFound:
    due = None
portal.track(26, code="c")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of a copy and unpack it into a folder; nothing is asked of the network."""
    folder = tmp_path_factory.mktemp("client")
    source = shutil.copytree(CLIENT, folder / "source")
    build = f"from setuptools import build_meta as b; b.build_wheel({str(folder)!r})"
    run([sys.executable, "-c", build], at=source)
    (wheel,) = folder.glob("*.whl")
    place = folder / "installed"
    argv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps"]
    run([*argv, "--target", str(place), str(wheel)], at=folder)
    return place


def run(argv: list[str], *, at: Path, **more: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": "", **more}
    done = subprocess.run(
        argv, cwd=at, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_wheel_holds_the_client_its_types_and_nothing_else(installed: Path):
    (package,) = [one for one in installed.iterdir() if (one / "__init__.py").exists()]
    files = {one.name for one in (CLIENT / "src" / "housing_contact_center").glob("*.*")}
    assert {one.name for one in package.glob("*.*")} == files
    assert (package / "py.typed").exists()
    (about,) = installed.glob("housing_contact_center-*.dist-info")
    meta = (about / "METADATA").read_text(encoding="utf-8")
    assert "Requires-Dist: requests" in meta
    assert "pip install" in meta, "the README is what its page says"


def test_installed_client_is_imported_from_where_it_was_put(installed: Path, tmp_path: Path):
    code = "import housing_contact_center as c; print(c.__file__); c.Portal('https://p.example')"
    done = run([sys.executable, "-c", code], at=tmp_path, PYTHONPATH=str(installed))
    assert done.stdout.strip().startswith(str(installed))


def test_type_checker_of_others_reads_its_types(installed: Path, tmp_path: Path):
    program = tmp_path / "program.py"
    program.write_text(STRICT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, str(program)],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": "", "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    (wrong, _sum) = done.stdout.strip().splitlines()
    assert "program.py:9: " in wrong
    assert "arg-type" in wrong


@pytest.mark.service
def test_first_steps_of_the_readme_run(
    live_portal, categories, building, resident, tmp_path, monkeypatch, capsys
):
    text = (CLIENT / "README.md").read_text(encoding="utf-8")
    (steps,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "battery.jpg").write_bytes(picture().read())
    monkeypatch.chdir(tmp_path)
    # What stands for the reader's own: the portal, the token, a house of theirs.
    for there, here in (
        ("https://portal.example", live_portal.url),
        ("hcc_…", tokens.issue(resident, name="README")),
        ("садовая 5", building.address),
    ):
        assert there in steps
        steps = steps.replace(there, here)
    names: dict[str, Any] = {}
    exec(compile(steps, "README.md", "exec"), names)
    item = Request.objects.get()
    assert capsys.readouterr().out.split()[0] == item.number
    assert (item.building_id, item.attachments.count()) == (building.pk, 1)
