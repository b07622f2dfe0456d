"""Following a request: who may open it, what it tells, and what its resident may do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Operator, Resident
from accounts.models import Upload
from requests_app import intake, lifecycle, tracking_code
from requests_app.models import Attachment, Incident, Request, RequestEvent
from requests_app.statuses import Outcome, Status
from requests_app.steps import STEPS, Role
from requests_app.tracking import holding, story, words
from tests.city_fixtures import NOON, everything, rows_of
from tests.requests_app.filing_steps import picture, said_on, url

pytestmark = pytest.mark.django_db

RESIDENT_VERBS = sorted({step.name for step in STEPS if Role.RESIDENT in step.by})


def opened_by_code(item: Request) -> Client:
    """Return a browser that came by the link of a letter."""
    client = Client()
    client.get(url("request", item.number), {"code": tracking_code.of(item)})
    return client


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browsers(resident, neighbour, operator, company_user, rival, settings) -> Any:
    """Return a maker of one browser an actor, for a request."""
    settings.DEMO = True  # waives the operator's second factor, which other tests prove

    def make(item: Request) -> dict[str, Client]:
        return {
            "stranger": Client(),
            "neighbour": signed_in(neighbour),
            "owner": signed_in(resident),
            "code holder": opened_by_code(item),
            "executor": signed_in(company_user),
            "rival": signed_in(rival),
            "operator": signed_in(operator),
        }

    return make


OPENS = {"owner", "code holder", "executor", "operator"}
ACTS = {"owner", "code holder"}


@pytest.mark.parametrize("status", Status.values)
def test_who_opens_the_page_in_each_status(make_request, browsers, company, status):
    item = make_request(status=status)
    for actor, client in browsers(item).items():
        expected = 200 if actor in OPENS else 404
        assert client.get(url("request", item.number)).status_code == expected, actor


def test_who_may_act(make_request, browsers):
    item = make_request()
    for actor, client in browsers(item).items():
        expected = 200 if actor in ACTS else 302 if actor in OPENS else 404
        assert client.get(url("say", item.number, "withdraw")).status_code == expected, actor
        comment = client.get(url("say", item.number, "comment")).status_code
        assert comment == (200 if actor in OPENS - {"operator"} else 404), actor


def test_nobody_but_residents_withdraws(make_request, browsers):
    item = make_request()
    before = rows_of(item)
    for actor, client in browsers(item).items():
        if actor not in ACTS:
            client.post(url("say", item.number, "withdraw"), {"key": "k", "version": "1"})
    assert rows_of(item) == before


def test_unknown_and_forbidden_look_the_same(make_request, neighbour):
    item = make_request()
    client = signed_in(neighbour)
    unknown = client.get(url("request", "26-999999"))
    forbidden = client.get(url("request", item.number))
    assert (unknown.status_code, unknown.content) == (forbidden.status_code, forbidden.content)


def test_the_code_leaves_the_address_at_once(make_request):
    item = make_request()
    client = Client()
    link = f"{url('request', item.number)}?{urlencode({'code': tracking_code.of(item)})}"
    answer = client.get(link)
    assert answer["Location"] == url("request", item.number)
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert tracking_code.of(item) not in client.cookies[holding.COOKIE].value
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"


def test_a_forged_cookie_opens_nothing(make_request):
    item = make_request()
    client = Client()
    client.cookies[holding.COOKIE] = f'[["{item.number}", "{item.code_hash}"]]'
    assert client.get(url("request", item.number)).status_code == 404


def test_a_code_opens_its_own_request_only(make_request):
    item, other = make_request(), make_request()
    client = opened_by_code(item)
    assert client.get(url("request", other.number)).status_code == 404


def test_the_device_can_forget(make_request):
    item = make_request()
    client = opened_by_code(item)
    client.post(url("close_here"))
    assert client.get(url("request", item.number)).status_code == 404


def test_track_opens_by_number_and_code_in_any_writing(make_request):
    item = make_request()
    client = Client()
    code = str(tracking_code.of(item)).lower().replace("-", " ")
    answer = client.post(url("track"), {"number": f" {item.number} ", "code": code})
    assert answer["Location"] == url("request", item.number)


def test_a_wrong_code_and_an_unknown_number_say_the_same(make_request):
    item = make_request()
    words_of = []
    for number in (item.number, "26-999999"):
        answer = Client().post(url("track"), {"number": number, "code": "AAAA"})
        assert answer.status_code == 422
        words_of.append(answer.context["form"].non_field_errors())
    assert words_of[0] == words_of[1]


def test_guessing_is_stopped_and_says_whom_to_call(make_request, settings):
    settings.CODE_LIMIT = 2
    item = make_request()
    client = Client()
    for _ in range(2):
        client.post(url("track"), {"number": item.number, "code": "AAAA"})
    for answer in (
        client.post(url("track"), {"number": item.number, "code": "AAAA"}),
        client.get(url("request", item.number), {"code": "AAAA"}),
    ):
        assert answer.status_code == 429
        assert settings.CITY.center_phone in said_on(answer)


def test_looking_writes_nothing(make_request, resident):
    item = make_request(status=Status.DONE)
    client = opened_by_code(item)
    before = (everything(), rows_of(item))
    with connection.execute_wrapper(_only_reads):
        client.get(url("request", item.number), {"code": tracking_code.of(item)})
        for address in (
            url("request", item.number),
            url("say", item.number, "confirm"),
            url("say", item.number, "object"),
            url("track"),
            url("list"),
            url("points"),
            url("mine"),
            url("consent"),
        ):
            assert client.get(address).status_code == 200, address
    assert (everything(), rows_of(item)) == before


def _only_reads(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    assert sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE")), sql
    return execute(sql, params, many, context)


def test_the_page_offers_exactly_the_steps_open_now(make_request):
    for status in Status.values:
        item = make_request(status=status)
        actor = lifecycle_owner(item)
        client = signed_in(item.resident)
        page = said_on(client.get(url("request", item.number)))
        at = timezone.now()
        offered = {v for v in RESIDENT_VERBS if url("say", item.number, v) in page}
        assert offered == {s.name for s in lifecycle.steps_open_to(item, actor, at=at)}, status


def lifecycle_owner(item: Request) -> Resident:
    assert item.resident_id is not None
    return Resident(id=item.resident_id)


@pytest.mark.parametrize(
    ("status", "verb", "text", "after", "outcome"),
    [
        (Status.NEW, "withdraw", "", Status.CLOSED, Outcome.WITHDRAWN),
        (Status.DONE, "confirm", "", Status.CLOSED, Outcome.FIXED),
        (Status.DONE, "object", "Холодно", Status.REOPENED, ""),
        (Status.NEEDS_INFO, "answer", "В среду после шести", Status.ACCEPTED, ""),
    ],
)
def test_each_step_of_a_resident(make_request, status, verb, text, after, outcome):
    item = make_request(status=status)
    client = opened_by_code(item)
    page = client.get(url("say", item.number, verb))
    data = {"key": page.context["form"]["key"].value(), "version": item.version, "text": text}
    for _ in range(2):  # pressed twice, made once
        answer = client.post(url("say", item.number, verb), data)
        assert answer["Location"] == url("request", item.number)
    events = RequestEvent.objects.filter(request=item, step=verb).count()
    item.refresh_from_db()
    assert (item.status, item.outcome, events) == (after, outcome, 1)


def test_the_fault_that_came_back_reopens(make_request):
    item = make_request(status=Status.CLOSED, at=timezone.now() - timedelta(days=2))
    client = opened_by_code(item)
    data = {"key": "k", "version": item.version, "text": "Снова холодно"}
    client.post(url("say", item.number, "reopen"), data)
    item.refresh_from_db()
    assert item.status == Status.REOPENED


def test_an_objection_needs_its_reason(make_request):
    item = make_request(status=Status.DONE)
    client = opened_by_code(item)
    before = rows_of(item)
    answer = client.post(
        url("say", item.number, "object"), {"key": "k", "version": item.version, "text": " "}
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["text"]
    assert rows_of(item) == before


def test_a_refused_step_keeps_words_and_photos(make_request):
    item = make_request(status=Status.DONE)
    client = opened_by_code(item)
    answer = client.post(
        url("say", item.number, "object"),
        {"key": "k", "version": item.version - 1, "text": "Холодно", "photos": [picture()]},
    )
    assert answer.status_code == 422
    assert "Холодно" in said_on(answer)
    form = answer.context["form"]
    again = {name: form[name].value() for name in ("key", "version", "kept", "text")}
    client.post(url("say", item.number, "object"), again)
    item.refresh_from_db()
    assert item.status == Status.REOPENED
    assert Attachment.objects.filter(request=item, event__step="object").count() == 1


def test_confirming_what_can_only_be_withdrawn_withdraws_nothing(make_request):
    item = make_request(status=Status.NEW)
    before = rows_of(item)
    client = opened_by_code(item)
    answer = client.post(url("say", item.number, "confirm"), {"key": "k", "version": item.version})
    assert answer.status_code == 422
    assert rows_of(item) == before


def test_a_message_with_a_photo(make_request):
    item = make_request()
    client = opened_by_code(item)
    data = {"key": "k", "text": "Стало хуже", "photos": [picture()]}
    client.post(url("say", item.number, "comment"), data)
    page = said_on(client.get(url("request", item.number)))
    assert "Стало хуже" in page
    upload = Attachment.objects.get(request=item).upload
    assert url("thumbnail", item.number, upload.pk) in page


@pytest.mark.parametrize("text", ["", "ж" * 6000])
def test_a_message_that_says_nothing_or_too_much_is_refused(make_request, text):
    item = make_request()
    client = opened_by_code(item)
    before = rows_of(item)
    answer = client.post(url("say", item.number, "comment"), {"key": "k", "text": text})
    assert answer.status_code == 422
    assert rows_of(item) == before


def test_a_hostile_file_is_refused_beside_the_field(make_request):
    item = make_request()
    client = opened_by_code(item)
    bad = SimpleUploadedFile("x.jpg", b"<svg onload='alert(1)'/>", "image/jpeg")
    answer = client.post(
        url("say", item.number, "comment"), {"key": "k", "text": "Вот", "photos": [bad]}
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["photos"]
    assert not Upload.objects.exists()


def test_steps_need_their_csrf_token(make_request):
    item = make_request()
    strict = Client(enforce_csrf_checks=True)
    strict.get(url("request", item.number), {"code": tracking_code.of(item)})
    before = rows_of(item)
    answer = strict.post(url("say", item.number, "withdraw"), {"key": "k"})
    assert answer.status_code == 403
    assert rows_of(item) == before


def test_who_sees_the_files(make_request, browsers):
    item = make_request()
    owner = opened_by_code(item)
    owner.post(
        url("say", item.number, "comment"), {"key": "k", "text": "Вот", "photos": [picture()]}
    )
    upload = Attachment.objects.get(request=item).upload
    other = make_request()
    for actor, client in browsers(item).items():
        expected = 200 if actor in OPENS else 404
        for name in ("file", "thumbnail"):
            answer = client.get(url(name, item.number, upload.pk))
            assert answer.status_code == expected, actor
            if expected == 200:
                assert answer["X-Content-Type-Options"] == "nosniff"
                assert "sandbox" in answer["Content-Security-Policy"]
        # A file is found under its own request only.
        assert client.get(url("file", other.number, upload.pk)).status_code == 404, actor


def test_internal_notes_are_for_staff_only(make_request, browsers, operator):
    item = make_request()
    lifecycle.internal_note(
        item,
        by=Operator(id=operator.pk, sees_contacts=True, is_admin=False),
        at=timezone.now(),
        text="Внутренняя заметка",
    )
    for actor, client in browsers(item).items():
        page = client.get(url("request", item.number))
        if page.status_code == 200:
            assert ("Внутренняя заметка" in said_on(page)) == (actor == "operator"), actor


def test_a_contact_shows_to_nobody_on_the_page(make_request, browsers):
    item = make_request(
        contact=intake.Contact(name="Секретова", email="secret@example.org", phone="+79005554433")
    )
    for client in browsers(item).values():
        page = said_on(client.get(url("request", item.number)))
        for secret in ("Секретова", "secret@example.org", "5554433", "555-44-33"):
            assert secret not in page


def test_others_are_not_called_you(make_request, browsers):
    item = make_request(status=Status.NEEDS_INFO)
    pages = {
        actor: said_on(client.get(url("request", item.number)))
        for actor, client in browsers(item).items()
        if actor in OPENS
    }
    mine, others = str(story._TITLES["ask"]), str(story._TITLES_FOR_OTHERS["ask"])
    for actor, page in pages.items():
        assert (mine in page) == (actor in ACTS), actor
        assert (others in page) == (actor not in ACTS), actor


def test_every_event_is_told_in_a_sentence(make_request):
    names = {step.name for step in STEPS} | {"file"}
    assert names <= set(story._TITLES)
    assert set(words.ASKED) == set(words.DONE) == {*RESIDENT_VERBS, "comment"}


def test_the_clock_says_how_late_or_how_long(make_request):
    item = make_request(at=timezone.now() - timedelta(days=3))
    zone = timezone.get_current_timezone()
    late = story.clock(item, now=item.due_at + timedelta(hours=5), zone=zone)
    assert late is not None
    assert (late.state, late.due_at) == ("late", item.due_at)
    soon = story.clock(item, now=item.due_at - timedelta(hours=1), zone=zone)
    assert soon is not None
    assert soon.state == "soon"
    waiting = story.clock(make_request(status=Status.NEEDS_INFO), now=NOON, zone=zone)
    assert waiting is not None
    assert (waiting.state, waiting.due_at) == ("paused", None)
    kept = story.clock(make_request(status=Status.DONE), now=NOON, zone=zone)
    assert kept is not None
    assert kept.state == "kept"
    withdrawn = make_request(status=Status.CLOSED, outcome=Outcome.WITHDRAWN)
    assert story.clock(withdrawn, now=NOON, zone=zone) is None


def test_htmx_gets_only_the_story(make_request):
    item = make_request()
    client = opened_by_code(item)
    answer = client.get(
        url("request", item.number), headers={"HX-Request": "true", "HX-Target": "story"}
    )
    assert said_on(answer).lstrip().startswith('<div id="story"')
    assert "<html" not in said_on(answer)


def test_queries_do_not_grow_with_the_story(make_request, resident):
    item = make_request()
    client = signed_in(resident)

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url("request", item.number)).status_code == 200
        return len(caught)

    client.post(
        url("say", item.number, "comment"), {"key": "k0", "text": "0", "photos": [picture()]}
    )
    few = count()
    for number in range(1, 8):
        client.post(
            url("say", item.number, "comment"),
            {"key": f"k{number}", "text": str(number), "photos": [picture()]},
        )
    assert count() == few
    assert few <= 10


def test_an_incident_shows_on_the_page(make_request, categories):
    item = make_request()
    found = Incident.objects.create(
        kind="fault", category=item.category, title="Порыв на магистрали", started_at=NOON
    )
    Request.objects.filter(pk=item.pk).update(incident=found)
    assert "Порыв на магистрали" in said_on(opened_by_code(item).get(url("request", item.number)))
