"""Taking files in, claiming, serving and sweeping them."""

from __future__ import annotations

import hashlib
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404

from accounts import uploads
from accounts.actors import Nobody, Resident
from accounts.models import Upload, User
from accounts.sanitising import parent
from accounts.sanitising.child import clean
from accounts.sanitising.kinds import Reason, Unfit
from accounts.uploads import receiving, sweeping
from tests.accounts.test_pdfs import _javascript_at_open, document
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo(picture):
    def make(by=None, at=NOON) -> Upload:
        return receiving.keep(clean(picture("JPEG")), by=by or Nobody(), at=at)

    return make


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_photo_is_rewritten_in_a_process_of_its_own(picture, resident: User, files: Path) -> None:
    upload = uploads.accept(
        ContentFile(picture("JPEG"), name="../../Фото квартиры 12.php"),
        by=Resident(id=resident.pk),
        address="192.0.2.1",
        at=NOON,
    )
    assert upload.media_type == "image/jpeg"
    assert upload.uploaded_by == resident
    assert upload.storage_key.startswith("uploads/2026/03/02/")
    assert str(upload.pk).replace("-", "") not in upload.storage_key
    data = uploads.open_upload(upload).read()
    assert (upload.size, upload.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert sorted(path.suffix for path in stored(files)) == [".jpg", ".webp"]


def test_document_is_taken_without_a_thumbnail() -> None:
    upload = uploads.accept(
        ContentFile(document(pages=2)), by=Nobody(), address="192.0.2.1", at=NOON
    )
    assert (upload.media_type, upload.pages) == ("application/pdf", 2)
    with pytest.raises(Http404):
        uploads.serve_thumbnail(upload)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"<svg onload=alert(1)>", "unsupported_file_type"),
        (b"\xff\xd8\xff" + b"\x00" * 100, "damaged_file"),
        (document(_javascript_at_open), "active_content"),
        (b"\xff\xd8\xff" + b"\x00" * uploads.MAX_BYTES, "file_too_large"),
    ],
)
def test_refused_file_leaves_nothing(data: bytes, code: str, files: Path) -> None:
    with pytest.raises(uploads.Rejected) as refused:
        uploads.accept(
            ContentFile(data, name="photo.jpg"), by=Nobody(), address="192.0.2.1", at=NOON
        )
    assert refused.value.code == code
    assert refused.value.message
    assert not Upload.objects.exists()
    assert not stored(files)


def test_every_reason_has_words() -> None:
    for reason in Reason:
        assert uploads.Rejected(reason).message
    assert uploads.Rejected(uploads.BUSY).message


def test_size_that_the_sender_claims_is_not_believed() -> None:
    file = ContentFile(b"\xff\xd8\xff" + b"\x00" * uploads.MAX_BYTES)
    file.size = 10
    with pytest.raises(uploads.Rejected) as refused:
        uploads.accept(file, by=Nobody(), address="192.0.2.1", at=NOON)
    assert refused.value.code == "file_too_large"


def test_bomb_in_an_object_stream_costs_only_the_child() -> None:
    """Some megabytes that unpack to a gigabyte: the child ends at its limits, we go on."""
    packed = zlib.compress(b"\x00" * (1 << 30), 1)
    body = (
        b"%PDF-1.5\n1 0 obj\n<</Type/XRef/Size 2/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length "
        + str(len(packed)).encode()
        + b">>\nstream\n"
        + packed
        + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"
    )
    with pytest.raises(Unfit) as refused:
        parent.sanitise(body)
    assert refused.value.reason in {Reason.TOO_COMPLEX, Reason.DAMAGED}


def test_child_knows_no_secret(monkeypatch) -> None:
    seen = {}

    class Done:
        returncode = 0
        stdout = b'{"refused": "damaged_file"}\n'

    def run(command, **options):
        seen.update(options["env"])
        return Done()

    monkeypatch.setenv("SECRET_KEY", "very secret")
    monkeypatch.setattr(parent.subprocess, "run", run)
    with pytest.raises(Unfit):
        parent.sanitise(b"\xff\xd8\xff")
    assert "SECRET_KEY" not in seen
    assert "DATABASE_URL" not in seen


def test_crash_and_timeout_of_the_child_are_refusals(monkeypatch) -> None:
    class Dead:
        returncode = -11
        stdout = b""

    monkeypatch.setattr(parent.subprocess, "run", lambda *args, **options: Dead())
    with pytest.raises(Unfit) as refused:
        parent.sanitise(b"\xff\xd8\xff")
    assert refused.value.reason is Reason.TOO_COMPLEX

    def slow(*args, **options):
        raise parent.subprocess.TimeoutExpired("child", 30)

    monkeypatch.setattr(parent.subprocess, "run", slow)
    with pytest.raises(Unfit):
        parent.sanitise(b"\xff\xd8\xff")


def test_third_file_at_once_waits_and_is_told_to_come_again(monkeypatch) -> None:
    monkeypatch.setattr(parent, "SECONDS", 0.01)
    with parent._seats, parent._seats, pytest.raises(uploads.Rejected) as refused:
        uploads.accept(ContentFile(b"\xff\xd8\xff"), by=Nobody(), address="192.0.2.1", at=NOON)
    assert refused.value.code == uploads.BUSY


def test_picture_is_served_so_that_nothing_in_it_runs(photo) -> None:
    upload = photo()
    response = uploads.serve(upload)
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"] == f'inline; filename="{upload.pk}.jpg"'
    assert response["Cache-Control"] == "private, no-store"
    assert b"".join(response.streaming_content)[:3] == b"\xff\xd8\xff"
    response.close()
    thumbnail = uploads.serve_thumbnail(upload)
    assert thumbnail["Content-Type"] == "image/webp"
    thumbnail.close()


def test_document_is_a_download() -> None:
    upload = receiving.keep(clean(document()), by=Nobody(), at=NOON)
    response = uploads.serve(upload)
    assert response["Content-Disposition"] == f'attachment; filename="{upload.pk}.pdf"'
    response.close()


def test_file_lost_by_storage_is_not_found(photo) -> None:
    upload = photo()
    default_storage.delete(upload.storage_key)
    with pytest.raises(Http404):
        uploads.serve(upload)


def test_sweep_removes_old_unclaimed_files_and_nothing_else(photo, files: Path) -> None:
    old, claimed, young = photo(), photo(), photo(at=NOON + timedelta(days=3))
    Upload.objects.filter(pk=claimed.pk).update(claimed_at=NOON)
    assert sweeping.sweep_unclaimed(at=NOON + timedelta(days=4)) == 1
    assert set(Upload.objects.values_list("pk", flat=True)) == {claimed.pk, young.pk}
    assert not default_storage.exists(old.storage_key)
    assert len(stored(files)) == 4


def test_sweep_removes_bytes_that_no_row_names(photo, files: Path) -> None:
    kept = photo()
    orphan = default_storage.save("uploads/2026/03/02/orphan.jpg", ContentFile(b"x"))
    fresh = default_storage.save("uploads/2026/03/09/fresh.jpg", ContentFile(b"x"))
    assert sweeping.sweep_orphans(at=NOON + timedelta(days=8)) == 1
    assert not default_storage.exists(orphan)
    assert default_storage.exists(fresh)
    assert default_storage.exists(kept.storage_key)
    assert default_storage.exists(kept.thumbnail_key)
