"""When its time is over a request forgets the person and keeps its place in the statistics."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.actors import actor_of
from accounts.models import Upload
from notifications.models import Message
from requests_app import lifecycle, retention, tracking_code
from requests_app.models import (
    Act,
    Attachment,
    Batch,
    Destruction,
    Draft,
    Presence,
    RepairLink,
    Request,
    RequestContact,
    RequestEvent,
)
from requests_app.statuses import Status
from tests.city_fixtures import NOON

pytestmark = pytest.mark.django_db
AFTER = NOON + timedelta(days=6 * 366)
TODAY = AFTER.date()


@pytest.fixture
def finished(make_request, make_upload, operator, settings, tmp_path: Path) -> Request:
    """Return a closed request with a photo on storage, an act, a name and words."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    photo = make_upload()
    default_storage.save(photo.storage_key, ContentFile(b"bytes"))
    return make_request(status=Status.CLOSED, uploads=(photo.pk,), entrance="2")


def test_person_goes_and_statistics_stay(finished, django_capture_on_commit_callbacks):
    key = Upload.objects.get().storage_key
    RepairLink.objects.create(
        request=finished,
        executor_inn=finished.executor_inn,
        token_hash="0" * 64,
        for_whom="слесарь Фёдоров",
        made_at=NOON,
        expires_at=NOON + timedelta(days=1),
    )
    before = Request.objects.get(pk=finished.pk)
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.destroy_expired(today=TODAY, at=AFTER) == 1
    item = Request.objects.get(pk=finished.pk)
    assert (item.description, item.flat, item.entrance, item.resident) == ("", "", "", None)
    assert not RequestContact.objects.filter(request=item).exists()
    assert not Attachment.objects.exists()
    assert not Upload.objects.exists()
    assert not RepairLink.objects.exists()
    assert not default_storage.exists(key)
    assert not Message.objects.filter(topic=f"request:{item.number}").exists()
    assert set(Act.objects.values_list("signer", "upload")) == {("", None)}
    lines = RequestEvent.objects.filter(request=item)
    assert {line.text for line in lines} == {""}
    assert not lines.filter(author="resident", user__isnull=False).exists()
    for name in (
        "number",
        "status",
        "outcome",
        "category_id",
        "building_id",
        "executor_inn",
        "registered_at",
        "closed_at",
        "due_at",
        "version",
    ):
        assert getattr(item, name) == getattr(before, name)
    told = Destruction.objects.get()
    assert (told.request, told.at, told.files) == (item, AFTER, 1)
    assert told.letters > 0


def test_destruction_happens_once(finished):
    assert retention.destroy_expired(today=TODAY, at=AFTER) == 1
    assert retention.destroy_expired(today=TODAY, at=AFTER) == 0
    assert Destruction.objects.count() == 1


@pytest.mark.parametrize("status", [Status.NEW, Status.IN_PROGRESS, Status.DONE])
def test_open_request_keeps_its_contact(make_request, status):
    item = make_request(status=status)
    assert retention.destroy_expired(today=TODAY, at=AFTER) == 0
    assert RequestContact.objects.filter(request=item).exists()


def test_nothing_goes_before_its_day(finished):
    last_day = finished.contact.retention_until - timedelta(days=1)
    assert retention.destroy_expired(today=last_day, at=AFTER) == 0
    assert retention.destroy_expired(today=last_day + timedelta(days=1), at=AFTER) == 1


def test_destruction_is_whole_or_not_at_all(finished, monkeypatch):
    monkeypatch.setattr(
        Destruction.objects, "create", lambda **_: (_ for _ in ()).throw(DatabaseError)
    )
    with pytest.raises(DatabaseError):
        retention.destroy(finished.pk, today=TODAY, at=AFTER)
    assert Request.objects.get(pk=finished.pk).description
    assert Upload.objects.exists()


def test_timeline_stays_append_only_for_everybody_else(finished):
    retention.destroy_expired(today=TODAY, at=AFTER)
    with pytest.raises(DatabaseError), transaction.atomic():
        RequestEvent.objects.filter(request=finished).update(text="x")


def test_forgotten_drafts_go_and_fresh_ones_stay(db):
    old = Draft.objects.create(changed_at=NOON)
    fresh = Draft.objects.create(changed_at=NOON + retention.DRAFT_KEPT_FOR)
    assert retention.sweep_drafts(at=NOON + retention.DRAFT_KEPT_FOR + timedelta(seconds=1)) == 1
    assert list(Draft.objects.values_list("pk", flat=True)) == [fresh.pk] != [old.pk]


def test_marks_of_operators_who_left_go(make_request, operator):
    Presence.objects.create(request=make_request(), user=operator, seen_at=NOON)
    assert retention.sweep_presence(at=NOON) == 0
    assert retention.sweep_presence(at=NOON + timedelta(hours=2)) == 1


def test_every_page_copes_with_a_request_that_forgot_its_person(finished, operator, settings):
    """Issue 4, review: a request past its time has no RequestContact row at all."""
    settings.DEMO = True
    code = tracking_code.of(finished)
    retention.destroy_expired(today=TODAY, at=AFTER)
    holder, desk = Client(), Client()
    desk.force_login(operator)
    assert holder.get(f"/requests/{finished.number}/", {"code": code}).status_code == 302
    page = f"/admin/requests_app/request/{finished.pk}/"
    for client, path in (
        (holder, f"/requests/{finished.number}/"),
        (holder, f"/requests/new/sent/{finished.number}/"),
        (holder, f"/requests/{finished.number}/do/comment/"),
        (holder, "/requests/"),
        (holder, f"/api/v1/requests/{finished.number}/?code={code}"),
        (desk, f"{page}change/"),
        (desk, "/admin/requests_app/request/?tab=all"),
        (desk, f"/requests/{finished.number}/"),
    ):
        assert client.get(path).status_code == 200, path
    for headers in ({}, {"HX-Request": "true"}):
        answer = desk.post(f"{page}contact/", headers=headers)
        assert "Контакт удалён" in answer.content.decode()
    said = desk.post(f"{page}comment/", {"text": "Проверили", "key": "1"})
    assert said.status_code == 302
    item = Request.objects.get(pk=finished.pk)
    by = actor_of(operator)
    item = lifecycle.move(
        item, Status.REOPENED, by=by, at=AFTER, details=lifecycle.Details(text="Снова")
    )
    assert item.status == Status.REOPENED
    assert not Message.objects.filter(event__startswith="request.").exists()


def test_what_nobody_can_undo_is_forgotten_after_a_day(operator):
    Batch.objects.create(user=operator, key="press", verb="accept", made_at=NOON)
    assert retention.sweep_batches(at=NOON + timedelta(hours=23)) == 0
    assert retention.sweep_batches(at=NOON + timedelta(hours=25)) == 1
