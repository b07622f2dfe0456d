"""Whose files may be attached: issue 4, review (a stranger who saw an id took somebody's photo)."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from accounts import uploads
from accounts.actors import CodeHolder, Executor, Nobody, Operator, Resident
from accounts.models import Upload
from accounts.uploads import receiving
from requests_app import files, intake, lifecycle
from requests_app.filing import drafts
from requests_app.models import Attachment, Draft, RequestEvent
from tests.city_fixtures import NOON, everything, holder_of
from tests.requests_app.desk_cast import as_user, at
from tests.requests_app.filing_steps import filed, picture, to_words, url
from tests.requests_app.test_tracking import opened_by_code

pytestmark = pytest.mark.django_db


def may(upload: Upload, by, holder: str = "") -> bool:
    with transaction.atomic():
        return files.cannot_attach([upload.pk], by=by, holder=holder) == ""


def test_a_file_taken_in_by_a_form_is_for_that_form_only(make_upload, resident):
    taken = make_upload(holder="draft:1")
    assert may(taken, Nobody(), "draft:1")
    assert may(taken, Resident(id=resident.pk), "draft:1")
    for by in (
        Nobody(),
        Resident(id=resident.pk),
        Executor(id=resident.pk, inns=("1",)),
        Operator(id=resident.pk, sees_contacts=True, is_admin=True),
        CodeHolder(number="26-000001", code_hash="0"),
    ):
        for holder in ("", "draft:2", "request:1"):
            assert not may(taken, by, holder), (by, holder)


def test_a_file_of_an_account_is_for_that_account(make_upload, resident, neighbour):
    mine = make_upload(by=resident)
    assert may(mine, Resident(id=resident.pk))
    assert may(mine, CodeHolder(number="1", code_hash="0", account=resident.pk))
    assert not may(mine, Resident(id=neighbour.pk))
    assert not may(mine, CodeHolder(number="1", code_hash="0"))
    assert not may(mine, CodeHolder(number="1", code_hash="0", account=neighbour.pk))


def test_a_file_sent_to_the_api_without_an_account_is_for_who_knows_its_id(make_upload):
    free = make_upload()
    assert may(free, Nobody())
    assert may(free, Nobody(), "draft:1")
    assert may(free, CodeHolder(number="1", code_hash="0"), "request:1")
    Upload.objects.filter(pk=free.pk).update(claimed_at=NOON)
    assert not may(free, Nobody())


def test_unknown_twice_named_and_eleven_files_are_refused(make_upload):
    one = make_upload()
    with transaction.atomic():
        assert files.cannot_attach([uuid.uuid4()], by=Nobody())
        assert files.cannot_attach([one.pk, one.pk], by=Nobody())
        assert files.cannot_attach([uuid.uuid4() for _ in range(11)], by=Nobody())


def test_a_photo_of_a_draft_goes_with_its_own_request_and_no_other(
    client, building, categories, new_request
):
    to_words(client, building.pk)
    client.post("/requests/new/words/", {"description": "Течёт", "photos": [picture()], "add": ""})
    photo = Upload.objects.get()
    assert photo.holder == drafts.holder_of(Draft.objects.get())
    before = everything()
    with pytest.raises(intake.Invalid) as refused:
        intake.file(new_request(uploads=(photo.pk,)), by=Nobody(), at=NOON)
    assert list(refused.value.errors) == ["uploads"]
    assert everything() == before
    item = filed(client, building.pk)
    assert Attachment.objects.get().request == item


def test_ids_written_into_a_comments_form_bring_nobody_elses_file(make_request, make_upload):
    """`kept` is a hidden field: what a browser sends in it proves nothing."""
    item = make_request(resident=None)
    foreign = make_upload(holder="draft:1")
    before = everything()
    answer = opened_by_code(item).post(
        url("say", item.number, "comment"), {"text": "Вот", "key": "1", "kept": str(foreign.pk)}
    )
    assert answer.status_code == 422
    assert everything() == before


def test_a_comments_photo_comes_with_the_comment(make_request):
    item = make_request(resident=None)
    answer = opened_by_code(item).post(
        url("say", item.number, "comment"), {"text": "Вот", "key": "1", "photos": [picture()]}
    )
    assert answer.status_code == 302
    assert Attachment.objects.get().upload.holder == files.holder_of(item)


@pytest.mark.parametrize("place", ["draft", "comment"])
def test_photos_of_forms_are_counted_by_address(
    place, client, building, categories, make_request, monkeypatch
):
    """Issue 4, review: only the API counted, so that the forms took files without end."""
    monkeypatch.setattr(receiving, "AN_HOUR", 1)
    if place == "draft":
        to_words(client, building.pk)
        there, browser = "/requests/new/words/", client
    else:
        item = make_request(resident=None)
        there, browser = url("say", item.number, "comment"), opened_by_code(item)
    for n in range(3):
        answer = browser.post(
            there,
            {"description": "Течёт", "text": "Вот", "key": str(n), "photos": [picture()]},
            headers={"X-Forwarded-For": f"198.51.100.{n}"},
        )
    assert answer.status_code == 422
    assert "С вашего адреса слишком много файлов" in answer.content.decode()
    assert Upload.objects.count() == 1


def test_the_work_of_staff_is_not_counted(picture_file, operator, monkeypatch):
    monkeypatch.setattr(receiving, "AN_HOUR", 0)
    by = Operator(id=operator.pk, sees_contacts=False, is_admin=False)
    assert uploads.accept(picture_file, by=by, address="192.0.2.1", at=NOON)


@pytest.fixture
def picture_file():
    return picture()


def test_an_answer_with_files_pressed_twice_is_one_answer(make_request, operator, settings):
    """Issue 4, review: at the desk a comment with a file had no key."""
    settings.DEMO = True
    item = make_request()
    browser = as_user(operator)
    for _ in range(2):
        answer = browser.post(
            at("comment", item.pk), {"text": "Смотрите", "key": "once", "files": [picture()]}
        )
        assert answer.status_code == 302
    assert RequestEvent.objects.filter(request=item, kind="comment").count() == 1
    assert Attachment.objects.count() == 1
    other = browser.post(
        at("comment", item.pk),
        {"text": "Смотрите", "key": "once", "files": [picture(colour=(1, 2, 3))]},
    )
    assert other.status_code == 422
    assert RequestEvent.objects.filter(request=item, kind="comment").count() == 1


def test_the_holder_of_a_code_comments_with_a_file_of_their_account(
    make_request, make_upload, neighbour
):
    item = make_request(resident=None)
    photo = make_upload(by=neighbour)
    holder = holder_of(item)
    by = CodeHolder(number=holder.number, code_hash=holder.code_hash, account=neighbour.pk)
    with pytest.raises(lifecycle.Refused):
        lifecycle.comment(item, by=holder, at=NOON, text="Вот", uploads=(photo.pk,))
    lifecycle.comment(item, by=by, at=NOON, text="Вот", uploads=(photo.pk,))
    assert Attachment.objects.get().upload == photo
