"""News from others: fronts for their reporters, executors' systems for the work."""

from __future__ import annotations

import pytest

from accounts import tokens
from accounts.actors import Executor, Operator, Resident
from accounts.models import User
from notifications.models import Message
from requests_app.models import Act, EventKind, Request, RequestEvent
from requests_app.open311 import keys, telling
from requests_app.statuses import Status
from requests_app.steps import Role
from tests.requests_app.filing_steps import picture
from tests.requests_app.open311.asking import errors_of, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell(make_request, front, company_user, operator):
    """Return a sender of updates as front, executor, operator or a stranger."""
    holders: dict[str, tuple[User, str]] = {
        "front": (front, "open311:write"),
        "executor": (company_user, "cabinet:write"),
        "operator": (operator, "desk:write"),
    }

    def tell(item: Request, status: str | None, *, by: str = "executor", **fields):
        user, scope = holders[by]
        values = {
            "api_key": tokens.issue(user, name=by, scopes=[scope]),
            "service_request_id": item.number,
            "update_id": f"{status}-1",
            "status": status,
            "updated_datetime": "2026-03-03T12:00:00+03:00",
            "description": "Слова об этом",
            **fields,
        }
        form = {name: value for name, value in values.items() if value is not None}
        return post("servicerequestupdates", form)

    return tell


def lines(item: Request) -> int:
    return RequestEvent.objects.filter(request=item).count()


@pytest.mark.parametrize(
    ("before", "word", "by", "after"),
    [
        ("new", "INVESTIGATING", "executor", "accepted"),
        ("new", "planned", "operator", "accepted"),
        ("new", "in_progress", "executor", "in_progress"),
        ("accepted", "in_progress", "executor", "in_progress"),
        ("needs_info", "in_progress", "executor", "in_progress"),
        ("in_progress", "in_progress", "executor", "in_progress"),
        ("accepted", "investigating", "executor", "accepted"),
        ("accepted", "unchanged", "executor", "accepted"),
        ("accepted", "internal_referral", "executor", "accepted"),
        ("accepted", "open", "executor", "accepted"),
        ("in_progress", "no_further_action", "operator", "closed"),
        ("done", "open", "operator", "reopened"),
        ("new", "unchanged", "front", "new"),
        ("new", "fixed", "front", "new"),
        ("done", "fixed", "front", "closed"),
        ("done", "reopen", "front", "reopened"),
        ("new", "cancelled", "front", "closed"),
    ],
)
def test_a_word_is_the_step_it_means_or_only_words(
    before, word, by, after, make_request, tell, front
):
    item = make_request(status=before, resident=front)
    answer = tell(item, word, by=by)
    assert answer.status_code == 200, answer.content
    item.refresh_from_db()
    assert item.status == after
    newest = RequestEvent.objects.filter(request=item).order_by("-id")[0]
    assert answer.json() == [{"update_id": str(newest.pk)}]
    assert newest.text == "Слова об этом"


def test_done_needs_its_act(make_request, tell, company_user):
    item = make_request(status="new")
    told = errors_of(tell(item, "fixed"))
    assert told[0].startswith("attribute[act_signer]:")
    item.refresh_from_db()
    assert (item.status, lines(item)) == ("new", 1), "half of the way was kept"
    signed = {"attribute[act_signer]": "Мастер", "media": picture()}
    assert tell(item, "fixed", **signed).status_code == 200
    item.refresh_from_db()
    assert item.status == Status.DONE
    assert Act.objects.get().signed_on.isoformat() == "2026-03-03"
    assert item.attachments.count() == 1


@pytest.mark.parametrize(
    ("before", "word", "by", "field"),
    [
        ("new", "not_councils_responsibility", "operator", "attribute[clause]"),
        ("new", "duplicate", "operator", "attribute[duplicate_of]"),
        ("new", "duplicate", "executor", "status"),
        ("new", "cancelled", "operator", "status"),
        ("closed", "in_progress", "executor", "status"),
        ("new", "gone", "executor", "status"),
        ("new", "unchanged", "executor", "description"),
    ],
)
def test_what_the_table_forbids_is_refused_with_its_field(
    before, word, by, field, make_request, tell
):
    item = make_request(status=before)
    written = lines(item), Message.objects.count()
    more = {"description": "x" * 6000} if field == "description" else {}
    told = errors_of(tell(item, word, by=by, **more))
    assert told[0].startswith(f"{field}:"), told
    assert (lines(item), Message.objects.count()) == written


@pytest.mark.parametrize(
    "name", ["service_request_id", "update_id", "status", "updated_datetime", "description"]
)
def test_each_missing_field_is_named(name, make_request, tell):
    item = make_request()
    (told,) = errors_of(tell(item, **{"status": "unchanged", name: None}))
    assert told.startswith(f"{name}:")
    (told,) = errors_of(tell(item, "unchanged", updated_datetime="soon"))
    assert told.startswith("updated_datetime:")


def test_a_known_update_changes_nothing(make_request, tell):
    item = make_request()
    first = tell(item, "in_progress")
    written = lines(item)
    again = tell(item, "in_progress", description="Иначе", media=picture())
    assert again.json() == first.json()
    assert lines(item) == written


@pytest.mark.parametrize("by", ["front", "executor"])
def test_anothers_request_is_not_there(by, make_request, tell, rival_company):
    item = make_request()
    Request.objects.filter(pk=item.pk).update(executor_inn="", company=None, resident=None)
    written = lines(item)
    assert tell(item, "unchanged", by=by).status_code == 404
    assert tell(item, "unchanged", by=by, service_request_id="\x00").status_code == 404
    assert lines(item) == written


@pytest.mark.parametrize(
    ("who", "scopes"),
    [
        ("executor", ["cabinet:read", "requests:write"]),
        ("operator", ["desk:read", "open311:write"]),
        ("front", ["profile:read"]),
    ],
)
def test_a_key_that_may_only_read_tells_nothing(
    who, scopes, make_request, tell, front, company_user, operator
):
    user = {"executor": company_user, "operator": operator, "front": front}[who]
    item = make_request(resident=front)
    weak = tokens.issue(user, name="weak", scopes=scopes)
    answer = tell(item, "unchanged", by=who, api_key=weak)
    assert answer.status_code == 403
    assert lines(item) == 1


def test_every_status_of_mysocietys_list_is_understood():
    assert {
        "unchanged", "open", "investigating", "planned", "action_scheduled", "in_progress",
        "for_triage", "internal_referral", "duplicate", "not_councils_responsibility",
        "no_further_action", "cancelled", "reopen", "fixed", "closed",
    } == telling.STATUSES  # fmt: skip
    for status in Status:
        for role in Role:
            for word in telling.STATUSES:
                assert set(telling._way(status, word, role)) <= set(Status)
    assert keys._needed(Operator(id=1, sees_contacts=False, is_admin=False), "tell")
    assert keys._needed(Executor(id=1, inns=("1",)), "file") == keys._needed(Resident(id=1), "tell")


def test_links_of_an_update_are_words_for_staff(make_request, tell):
    item = make_request()
    tell(item, "unchanged", media_url="https://photos.example/2.jpg")
    note = RequestEvent.objects.get(request=item, kind=EventKind.NOTE)
    assert "photos.example/2.jpg" in note.text
    assert not note.public
