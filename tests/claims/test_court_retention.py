"""The file of a case is emptied when its time is over, and not a day before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from accounts.models import Upload
from claims.court import files, lifecycle, retention
from claims.court.lifecycle import Details
from claims.court.story import KEPT_FOR
from claims.models import CaseDocument, CaseEvent, CaseParty, CourtCase
from claims.totals import cases
from notifications.models import Message
from requests_app.models import RequestContact
from tests.claims.court_cast import DAY, LATER

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(case, jurist, make_upload) -> CourtCase:
    files.attach(case, make_upload(), "Акт", by=jurist, at=LATER)
    details = Details(day=DAY, text="Передумали")
    lifecycle.move(case, "file", by=jurist, at=LATER, details=details)
    return lifecycle.move(case, "withdraw_suit", by=jurist, at=LATER, details=details)


def test_nothing_of_a_living_case_or_before_the_day_is_touched(
    ended, django_capture_on_commit_callbacks
):
    day_before = ended.ended_on + KEPT_FOR - timedelta(days=1)
    assert retention.forget_ended(today=day_before, at=LATER) == 0
    CourtCase.objects.update(status="preparing", ended_on=None, outcome="")
    assert retention.forget_ended(today=day_before + timedelta(days=999), at=LATER) == 0
    assert CaseParty.objects.exists()


def test_person_words_files_and_letters_go_and_the_count_stays(
    ended, django_capture_on_commit_callbacks
):
    upload = Upload.objects.get()
    before = cases.counted()
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.forget_ended(today=ended.ended_on + KEPT_FOR, at=LATER) == 1
    assert not CaseParty.objects.exists()
    assert not CaseDocument.objects.exists()
    assert not default_storage.exists(upload.storage_key)
    assert not Message.objects.filter(topic=f"court:{ended.pk}").exists()
    assert set(CaseEvent.objects.values_list("text", "user")) == {("", None)}
    row = CourtCase.objects.get()
    assert (row.plaintiff, row.subject, row.facts, row.court_number) == (None, "", "", "")
    assert (row.outcome, row.filed_on, row.erased_at) == ("withdrawn", ended.filed_on, LATER)
    assert cases.counted() == before
    assert retention.forget_ended(today=ended.ended_on + KEPT_FOR, at=LATER) == 0


def test_the_request_is_held_while_its_case_lives(ended):
    contact = RequestContact.objects.get(request=ended.claim.request)
    assert contact.retention_until >= LATER.date() + KEPT_FOR - timedelta(days=1)
