"""A copy holds everything planted of a person, nothing of another, and says what it is."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import actor_of
from accounts.models import Upload, User
from contact_center.own_data import copying, rooms
from notifications.models import InboxItem
from requests_app import lifecycle
from requests_app.models import Request
from requests_app.statuses import Status
from tests.city_fixtures import NOON
from tests.contact_center.own_data.planting import LATER, a_request

pytestmark = pytest.mark.django_db
# Rows that only say how an account signs in or that a program called; their secrets never leave.
BARE = {
    "second_factors",
    "request_files",
    "claim_papers",
    "uploads",
    "consents",
    "looks",
    "contact_looks",
    "marks",
    "certificates",
}


def opened(user: User) -> ZipFile:
    with copying.copy_of(user, at=LATER) as made:
        return ZipFile(io.BytesIO(made.read()))


def sections_of(archive: ZipFile) -> dict[str, list[dict[str, Any]]]:
    said = json.loads(archive.read("data.json"))
    assert said["format"] == copying.FORMAT
    found: dict[str, list[dict[str, Any]]] = said["sections"]
    return found


def text_of(archive: ZipFile) -> str:
    """Return everything in the archive, files too."""
    return "\n".join(archive.read(name).decode() for name in archive.namelist())


def test_everything_planted_is_in_it_and_nothing_of_another(anna, boris, planted):
    planted(boris, "zqboris")
    item = planted(anna, "zqanna")
    archive = opened(anna)
    found = sections_of(archive)
    court = {name for name in found if name.startswith("court_")}
    assert {name for name, rows in found.items() if not rows} == {*court, "looks"}
    for name in found.keys() - BARE - court:
        assert "zqanna" in json.dumps(found[name], ensure_ascii=False).lower(), name
    assert [row["number"] for row in found["requests"]] == [item.number]
    assert found["requests"][0]["contact__phone"] == anna.phone
    assert {row["subject"] for row in found["contact_looks"]} == {f"request:{item.pk}"}
    page = archive.read("index.html").decode()
    for word in ("zqanna name", "thanks, zqanna", "acc zqanna", "asked by zqanna", anna.phone):
        assert word in page
    # Events are named in words, and columns of JSON are for programs.
    assert "<dd>request.file</dd>" not in page
    assert "{" not in page.partition("</style>")[2]
    everything = text_of(archive)
    assert "zqboris" not in everything
    assert boris.phone.removeprefix("+") not in everything


def test_files_lie_beside_and_are_named_in_the_rows(anna, boris, planted):
    planted(boris, "zqboris")
    planted(anna, "zqanna")
    archive = opened(anna)
    files = {name for name in archive.namelist() if name.startswith("files/")}
    assert len(files) == Upload.objects.filter(uploaded_by=anna).count() == 4
    assert {archive.read(name).decode() for name in files} == {
        f"bytes of zqanna-{kind}" for kind in ("photo", "draft", "loose", "bill")
    }
    found = sections_of(archive)
    (photo,) = found["request_files"]
    assert archive.read(photo["file"]) == b"bytes of zqanna-photo"
    assert {row["file"] for row in found["uploads"]} == files


def test_no_secret_leaves(anna, planted):
    planted(anna, "zqanna")
    everything = text_of(opened(anna))
    for secret in ('"secret"', '"auth"', "key_hash", "code_hash", "password"):
        assert secret not in everything


def test_notes_of_staff_among_themselves_are_not_in_it(anna, operator, make_request):
    item = a_request(anna, "zqanna", make_request=make_request, status=Status.ACCEPTED)
    lifecycle.internal_note(item, by=actor_of(operator), at=LATER, text="between ourselves")
    everything = text_of(opened(anna))
    assert "between ourselves" not in everything
    assert operator.name not in everything
    assert operator.email not in everything


def test_words_with_markup_do_no_harm_on_the_page(anna, make_request):
    anna.name = "<script>alert(1)</script>"
    anna.save(update_fields=["name"])
    page = opened(anna).read("index.html").decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_page_is_in_the_language_of_the_person(anna):
    assert "Мои данные" in opened(anna).read("index.html").decode()
    anna.language = "en"
    anna.save(update_fields=["language"])
    page = opened(anna).read("index.html").decode()
    assert '<html lang="en">' in page
    assert "My data" in page


def test_photo_whose_bytes_are_gone_does_not_lose_the_rest(anna, planted):
    planted(anna, "zqanna")
    lost = Upload.objects.get(size=3)
    default_storage.delete(lost.storage_key)
    found = sections_of(opened(anna))
    assert {row["file"] for row in found["uploads"] if row["id"] == str(lost.pk)} == {""}
    assert len([row for row in found["uploads"] if row["file"]]) == 3


def _letters(user: User, start: int, count: int) -> None:
    InboxItem.objects.bulk_create(
        InboxItem(
            user=user,
            event="x",
            template="x",
            context={"text": "word " * 400},
            topic="t",
            why="x",
            dedupe_key=f"{number}",
            created_at=NOON,
        )
        for number in range(start, start + count)
    )


def test_queries_and_memory_do_not_grow_with_the_rows(anna):
    def cost() -> tuple[int, int]:
        tracemalloc.start()
        with CaptureQueriesContext(connection) as asked, copying.copy_of(anna, at=LATER) as made:
            made.seek(0, io.SEEK_END)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return len(asked), peak

    _letters(anna, 0, 500)
    cost()
    queries, peak = cost()
    _letters(anna, 500, 4_500)
    more, higher = cost()
    assert more == queries
    # Ten times the rows, ten megabytes of words.
    assert higher < peak + 2_000_000


def test_every_key_of_the_copy_is_documented(anna):
    page = Path(settings.BASE_DIR, "docs/personal-data.md").read_text()
    documented = {
        key: set(re.findall(r"`(\w+)`", fields))
        for key, fields in re.findall(r"^\| `(\w+)` \|(.*)\|$", page, re.MULTILINE)
    }
    assert documented == {section.key: set(section.fields) for section in rooms.export_of(anna)}


def test_sections_have_keys_of_their_own(anna):
    keys = [section.key for section in rooms.export_of(anna)]
    assert sorted(keys) == sorted(set(keys))
    assert Request.objects.count() == 0
