"""Filing in a browser without scripts: five questions, one request, nothing lost on the way."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Upload
from disclosure.models import Residence
from requests_app import tracking_code
from requests_app.filing import drafts
from requests_app.models import (
    Attachment,
    Category,
    Draft,
    Incident,
    IncidentBuilding,
    Request,
    RequestContact,
)
from requests_app.statuses import Channel
from tests.city_fixtures import ORDINARY, everything
from tests.requests_app.filing_steps import (
    NEW,
    WORDS,
    filed,
    key_on,
    number_in,
    picture,
    said_on,
    send,
    to_check,
    to_contact,
    to_matter,
    to_words,
    url,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(building, categories) -> Incident:
    found = Incident.objects.create(
        kind="fault",
        utility="heating",
        category=categories[ORDINARY],
        title="Порыв теплотрассы",
        text="Бригада на месте",
        started_at=timezone.now() - timedelta(hours=2),
    )
    IncidentBuilding.objects.create(incident=found, building=building)
    return found


def test_the_whole_way_without_scripts(client, categories, building):
    to_words(client, building.pk)
    sent_words = {"description": WORDS, "photos": [picture("a.jpg"), picture("b.jpg")]}
    assert client.post(f"{NEW}words/", sent_words)["Location"] == f"{NEW}contact/"
    contact = {"name": "Анна", "email": "anna@example.org", "phone": "8 900 000-00-01"}
    answer = client.post(f"{NEW}contact/", {**contact, "consent": "on", "public": "on"})
    assert answer["Location"] == f"{NEW}check/"
    answer = send(client)
    item = Request.objects.get()
    assert answer["Location"] == url("sent", item.number)
    assert (item.category.slug, item.building, item.flat) == (ORDINARY, building, "12")
    assert (item.description, item.public, item.channel) == (WORDS, True, Channel.WEB)
    kept = RequestContact.objects.get()
    assert (kept.name, kept.email, kept.phone) == ("Анна", "anna@example.org", "+79000000001")
    assert Attachment.objects.filter(request=item).count() == 2


def test_the_sent_page_says_all_and_files_nothing_again(client, categories, building):
    item = filed(client, building.pk)
    before = everything()
    for _ in range(2):
        page = said_on(client.get(url("sent", item.number)))
        assert item.number in page
        assert tracking_code.of(item) in page
        assert item.executor_name in page
        assert item.norm_clause in page
    assert everything() == before


def test_the_sent_page_outlives_the_contact(client, categories, building):
    item = filed(client, building.pk)
    RequestContact.objects.all().delete()
    assert client.get(url("sent", item.number)).status_code == 200


def test_nobody_else_sees_the_sent_page(client, categories, building, neighbour):
    item = filed(client, building.pk)
    stranger = Client()
    assert stranger.get(url("sent", item.number)).status_code == 404
    stranger.force_login(neighbour)
    assert stranger.get(url("sent", item.number)).status_code == 404


def test_each_question_waits_for_the_earlier_ones(client, categories, building):
    for step in ("matter", "words", "contact", "check", "call-first"):
        assert client.get(f"{NEW}{step}/")["Location"] == NEW
    to_matter(client, building.pk)
    for step in ("words", "contact", "check"):
        assert client.get(f"{NEW}{step}/")["Location"] == f"{NEW}matter/"
    client.post(f"{NEW}matter/", {"category": ORDINARY})
    for step in ("contact", "check"):
        assert client.get(f"{NEW}{step}/")["Location"] == f"{NEW}words/"


def test_looking_writes_nothing(client, categories, building, incident, django_assert_num_queries):
    before = everything()
    with connection.execute_wrapper(_only_reads):
        for address in (NEW, f"{NEW}?building={building.pk}&category={ORDINARY}", f"{NEW}?q="):
            assert client.get(address).status_code == 200
    assert everything() == before
    assert not Draft.objects.exists()
    to_check(client, building.pk)
    with connection.execute_wrapper(_only_reads):
        for step in ("", "matter/", "matter/?q=холодно", "words/", "contact/", "check/"):
            assert client.get(f"{NEW}{step}").status_code == 200
    assert everything() == before


def _only_reads(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    assert sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE")), sql
    return execute(sql, params, many, context)


def test_a_draft_survives_a_reload_a_mistake_and_a_closed_browser(client, categories, building):
    to_words(client, building.pk)
    wrong = client.post(f"{NEW}words/", {"description": "", "photos": [picture()]})
    assert wrong.status_code == 422
    client.post(f"{NEW}words/", {"description": WORDS}, headers={"X-Autosave": "1"})
    later = Client()
    # Only what the browser keeps when it is closed: the cookies that have an age.
    for name, morsel in client.cookies.items():
        if morsel["max-age"]:
            later.cookies[name] = morsel.value
    page = said_on(later.get(f"{NEW}words/"))
    assert WORDS in page
    assert page.count("/requests/new/files/") >= 2  # the picture and its small one


def test_autosave_keeps_the_words_and_answers_nothing(client, categories, building):
    to_words(client, building.pk)
    answer = client.post(f"{NEW}words/", {"description": "ещё пишу"}, headers={"X-Autosave": "1"})
    assert answer.status_code == 204
    assert Draft.objects.get().answers["description"] == "ещё пишу"


def test_a_draft_is_found_by_its_signed_cookie_only(client, categories, building):
    to_words(client, building.pk)
    forger = Client()
    forger.cookies[drafts.COOKIE] = str(Draft.objects.get().key)
    assert forger.get(f"{NEW}words/")["Location"] == NEW


def test_a_shared_browser_shows_nobody_the_draft_of_another(
    client, categories, building, resident, neighbour
):
    client.force_login(resident)
    to_check(client, building.pk)
    kept = client.cookies[drafts.COOKIE].value
    client.logout()
    client.cookies[drafts.COOKIE] = kept
    assert client.get(f"{NEW}contact/")["Location"] == NEW
    client.force_login(neighbour)
    assert "anna@example.org" not in said_on(client.get(NEW))
    assert client.get(f"{NEW}contact/")["Location"] == NEW


def test_a_draft_begun_before_signing_in_goes_on_after_it(client, categories, building, resident):
    to_words(client, building.pk)
    client.force_login(resident)
    assert client.get(f"{NEW}words/").status_code == 200


def test_an_old_draft_is_none(client, categories, building):
    to_words(client, building.pk)
    Draft.objects.update(changed_at=timezone.now() - drafts.KEPT_FOR - timedelta(minutes=1))
    assert client.get(f"{NEW}words/")["Location"] == NEW


def test_one_can_begin_anew(client, categories, building):
    to_words(client, building.pk)
    client.post(f"{NEW}discard/")
    assert not Draft.objects.exists()
    assert client.get(f"{NEW}words/")["Location"] == NEW


def test_after_filing_the_draft_keeps_no_person(client, categories, building):
    item = filed(client, building.pk)
    assert Draft.objects.get().answers == {"sent": item.number}
    assert not Draft.objects.get().uploads.exists()


def test_sent_again_by_the_back_button_is_one_request(client, categories, building):
    to_check(client, building.pk)
    key = key_on(client)
    first, second = send(client, key), send(client, key)
    assert first["Location"] == second["Location"]
    assert Request.objects.count() == 1
    assert client.get(f"{NEW}check/")["Location"] == first["Location"]


def test_a_stale_page_does_not_send_the_next_draft(client, categories, building):
    to_check(client, building.pk)
    old = key_on(client)
    send(client, old)
    to_check(client, building.pk)
    assert key_on(client) != old
    assert send(client, old)["Location"] == f"{NEW}check/"
    assert Request.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_request(categories, building):
    client = Client()
    to_check(client, building.pk)
    key = key_on(client)
    barrier, found = threading.Barrier(2), []

    def press() -> None:
        twin = Client()
        twin.cookies = client.cookies
        barrier.wait()
        try:
            found.append(send(twin, key))
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for press_thread in presses:
        press_thread.start()
    for press_thread in presses:
        press_thread.join()
    assert len({number_in(answer) for answer in found}) == 1
    assert len(found) == 2
    assert Request.objects.count() == 1


def test_the_last_place_of_the_limit_survives_a_double_press(
    client, categories, building, settings
):
    settings.FILING_LIMIT = 1
    to_check(client, building.pk)
    key = key_on(client)
    draft = Draft.objects.get()
    answer = send(client, key)
    assert answer.status_code == 302
    # The twin read the draft before it was sent and is refused a place: it finds the request.
    from requests_app.filing import sending

    draft.refresh_from_db()
    stale = Draft(key=draft.key, answers={"building": building.pk}, changed_at=draft.changed_at)
    from accounts.actors import Nobody

    sent = sending.send(stale, by=Nobody(), address="127.0.0.1", at=timezone.now())
    assert sent.number == number_in(answer)


def test_over_the_limit_is_a_kind_page_and_loses_nothing(client, categories, building, settings):
    settings.FILING_LIMIT = 1
    filed(client, building.pk)
    to_check(client, building.pk)
    answer = send(client)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert settings.CITY.center_phone in said_on(answer)
    assert Request.objects.count() == 1
    assert client.get(f"{NEW}check/").status_code == 200


def test_a_matter_closed_meanwhile_is_said_where_it_is_chosen(client, categories, building):
    to_check(client, building.pk)
    key = key_on(client)
    Category.objects.filter(slug=ORDINARY).update(is_open=False)
    answer = send(client, key)
    assert answer["Location"] == f"{NEW}matter/"
    page = client.get(f"{NEW}matter/")
    assert page.status_code == 422
    assert 'role="alert"' in said_on(page)
    assert not Request.objects.exists()
    # Nothing of the rest is lost.
    client.post(f"{NEW}matter/", {"category": "ht_none"})
    client.post(f"{NEW}call-first/")
    client.post(f"{NEW}words/", {"description": Draft.objects.get().answers["description"]})
    assert client.get(f"{NEW}check/").status_code == 200


@pytest.mark.parametrize("contact", [{"email": "a@example.org"}, {"phone": "8 900 000-00-01"}])
def test_one_way_of_contact_is_enough(client, categories, building, contact):
    answer = to_check(client, building.pk, contact={**contact, "consent": "on"})
    assert answer["Location"] == f"{NEW}check/"


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({"consent": "on"}, "email"),
        ({"email": "no address", "consent": "on"}, "email"),
        ({"email": "a@example.org\nBcc: b@example.org", "consent": "on"}, "email"),
        ({"phone": "восемь", "consent": "on"}, "phone"),
        ({"email": "a@example.org", "name": "я" * 250, "consent": "on"}, "name"),
        ({"email": "a@example.org"}, "consent"),
    ],
)
def test_a_wrong_contact_is_said_beside_its_field(client, categories, building, contact, field):
    answer = to_check(client, building.pk, contact=contact)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in said_on(answer)
    # What was typed is still there.
    for name in ("email", "phone"):
        if name in contact and "\n" not in contact[name]:
            assert f'value="{contact[name]}"' in said_on(answer)


def test_shown_to_others_only_when_asked_for(client, categories, building):
    to_contact(client, building.pk)
    assert "checked" not in said_on(client.get(f"{NEW}contact/"))
    assert filed(client, building.pk).public is False


@pytest.mark.parametrize("text", ["", "   ", "\x00", "ж" * 50_000])
def test_words_intake_refuses_are_refused_here_and_kept(client, categories, building, text):
    answer = to_contact(client, building.pk, description=text)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["description"]


def test_emoji_and_control_signs_do_no_harm(client, categories, building):
    to_contact(client, building.pk, description="Холодно 🥶\x00\x07 очень")
    client.post(f"{NEW}contact/", {"email": "a@example.org", "consent": "on"})
    send(client)
    assert Request.objects.get().description == "Холодно 🥶 очень"


@pytest.mark.parametrize("house", ["0", "-1", "99999999999999999999", "abc", ""])
def test_an_unknown_house_is_refused(client, categories, building, house):
    answer = client.post(NEW, {"building": house})
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_a_closed_house_is_refused(client, categories, building):
    building.is_open = False
    building.save()
    answer = to_matter(client, building.pk)
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_the_address_step_says_who_runs_the_house_and_what_is_known(
    client, categories, building, company, incident
):
    page = said_on(client.get(f"{NEW}?building={building.pk}"))
    assert building.address in page
    assert str(company) in page
    assert company.dispatcher_phone in page
    assert incident.title in page


def test_joining_an_incident_needs_no_typing(client, categories, building, incident):
    answer = client.post(NEW, {"building": building.pk, "join": incident.pk})
    assert answer["Location"] == f"{NEW}contact/"
    client.post(f"{NEW}contact/", {"email": "a@example.org", "consent": "on"})
    send(client)
    item = Request.objects.get()
    assert (item.incident, item.category.slug) == (incident, ORDINARY)
    assert incident.title in item.description


def test_an_incident_over_meanwhile_does_not_stop_the_request(
    client, categories, building, incident
):
    client.post(NEW, {"building": building.pk, "join": incident.pk})
    client.post(f"{NEW}contact/", {"email": "a@example.org", "consent": "on"})
    key = key_on(client)
    Incident.objects.update(ended_at=timezone.now())
    assert send(client, key)["Location"] == f"{NEW}check/"
    send(client, key)
    assert Request.objects.get().incident is None


def test_a_foreign_incident_is_not_joined(client, categories, building, make_building, incident):
    other = make_building()
    client.post(NEW, {"building": other.pk, "join": incident.pk})
    assert Draft.objects.get().answers["incident"] is None


def test_a_dangerous_matter_stops_with_the_phones_of_this_house(
    client, categories, building, company, settings
):
    Category.objects.filter(slug=ORDINARY).update(stop_kind="call_first", stop_message="Опасно!")
    to_words(client, building.pk)
    assert client.get(f"{NEW}words/")["Location"] == f"{NEW}call-first/"
    page = said_on(client.get(f"{NEW}call-first/"))
    assert "Опасно!" in page
    assert f"tel:{settings.CITY.emergency_phone}" in page
    assert f"tel:{company.dispatcher_phone}" in page
    assert client.post(f"{NEW}call-first/")["Location"] == f"{NEW}words/"
    assert client.get(f"{NEW}words/").status_code == 200


def test_a_matter_of_others_says_whose_and_goes_on(client, categories, building):
    Category.objects.filter(slug=ORDINARY).update(
        stop_kind="not_ours", stop_message="Этим занимается Росреестр"
    )
    to_words(client, building.pk)
    assert "Росреестр" in said_on(client.get(f"{NEW}call-first/"))
    client.post(f"{NEW}call-first/")
    assert client.get(f"{NEW}words/").status_code == 200


def test_a_prefilled_matter_skips_its_question(client, categories, building):
    assert to_matter(client, building.pk, category=ORDINARY)["Location"] == f"{NEW}words/"


def test_a_prefilled_group_stands_open(client, categories, building):
    top = categories[ORDINARY].parent
    assert to_matter(client, building.pk, category=top.slug)["Location"] == f"{NEW}matter/"
    assert said_on(client.get(f"{NEW}matter/")).count('<details class="group" open>') == 1


@pytest.mark.parametrize("slug", ["nothing", "", "'; drop table", "ж" * 500])
def test_an_unknown_matter_is_refused(client, categories, building, slug):
    answer = to_words(client, building.pk, category=slug)
    assert answer.status_code == 422


def test_a_resident_with_an_account_finds_contact_and_home(client, categories, building, resident):
    client.force_login(resident)
    Residence.objects.create(user=resident, building=building, flat="77")
    page = said_on(client.get(NEW))
    assert building.address in page
    assert 'value="77"' in page
    to_contact(client, building.pk)
    page = said_on(client.get(f"{NEW}contact/"))
    assert resident.email in page
    assert resident.name in page


def test_the_address_is_kept_as_home_when_asked(client, categories, building, resident):
    client.force_login(resident)
    to_matter(client, building.pk, home="on")
    client.post(f"{NEW}matter/", {"category": ORDINARY})
    client.post(f"{NEW}words/", {"description": WORDS})
    client.post(f"{NEW}contact/", {"email": "a@example.org", "consent": "on"})
    assert not Residence.objects.exists()
    send(client)
    assert Residence.objects.get().flat == "12"
    assert Request.objects.get().resident == resident


def test_a_stranger_has_no_home_to_keep(client, categories, building):
    to_matter(client, building.pk, home="on")
    assert Draft.objects.get().answers["home"] is False


def test_forms_need_their_csrf_token(categories, building):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(NEW, {"building": building.pk}).status_code == 403
    assert strict.post(f"{NEW}check/", {"key": "x"}).status_code == 403
    assert not Draft.objects.exists()


class TestFiles:
    """Hostile and too many files through the form."""

    @pytest.fixture(autouse=True)
    def at_words(self, client, categories, building):
        to_words(client, building.pk)

    def add(self, client: Client, *files: Any) -> Any:
        return client.post(f"{NEW}words/", {"description": WORDS, "photos": files, "add": "1"})

    @pytest.mark.parametrize(
        "content",
        [
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"",
            b"GIF89a<script>",
            b"\xff\xd8\xff\xe0 not a picture at all",
            b"%PDF-1.7\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert(1))>>>>",
        ],
    )
    def test_a_hostile_file_is_refused_beside_the_field(self, client, content):
        bad = SimpleUploadedFile("bad.jpg", content, "image/jpeg")
        answer = self.add(client, picture("good.jpg"), bad)
        assert answer.status_code == 422
        (text,) = answer.context["form"].errors["photos"]
        assert text.startswith("bad.jpg: ")
        # The good one of the same press is kept.
        assert Draft.objects.get().uploads.count() == 1
        assert Draft.objects.get().answers["description"] == WORDS

    def test_a_polyglot_loses_its_second_nature(self, client):
        evil = picture().read() + b"<script>alert('polyglot')</script>"
        self.add(client, SimpleUploadedFile("both.jpg", evil, "image/jpeg"))
        upload = Upload.objects.get()
        served = b"".join(client.get(url("draft_file", upload.pk)))
        assert b"polyglot" not in served

    def test_a_too_large_file_is_refused(self, client):
        large = SimpleUploadedFile("large.jpg", b"\xff\xd8\xff" + bytes(10 * 1024 * 1024))
        answer = self.add(client, large)
        assert answer.status_code == 422
        assert not Upload.objects.exists()

    def test_the_eleventh_file_is_refused_and_ten_are_kept(self, client):
        answer = self.add(client, *[picture(f"{n}.jpg", (n, 2, 3)) for n in range(11)])
        assert answer.status_code == 422
        assert answer.context["form"].errors["photos"][0].startswith("10.jpg: ")
        assert Draft.objects.get().uploads.count() == 10

    def test_far_too_many_files_are_named_not_lost_in_an_error_page(self, client):
        answer = self.add(client, *[picture(f"{n}.jpg") for n in range(15)])
        assert len(answer.context["form"].errors["photos"]) == 5
        assert Draft.objects.get().uploads.count() == 10

    def test_a_file_can_be_taken_away(self, client):
        self.add(client, picture())
        upload = Upload.objects.get()
        client.post(f"{NEW}words/", {"description": WORDS, "remove": str(upload.pk)})
        assert not Draft.objects.get().uploads.exists()
        assert client.post(f"{NEW}words/", {"remove": "x"}).status_code == 404

    def test_only_the_writer_sees_the_files_of_a_draft(self, client, resident):
        self.add(client, picture())
        address = url("draft_file", Upload.objects.get().pk)
        assert client.get(address).status_code == 200
        other = Client()
        assert other.get(address).status_code == 404
        other.force_login(resident)
        assert other.get(address).status_code == 404

    def test_a_script_gets_only_the_part_with_photos(self, client):
        answer = client.post(
            f"{NEW}words/",
            {"description": WORDS, "photos": [picture()]},
            headers={"HX-Request": "true", "HX-Target": "photos"},
        )
        assert said_on(answer).lstrip().startswith('<div id="photos">')


def test_queries_of_a_step_do_not_grow_with_what_is_written(
    client, categories, building, django_assert_max_num_queries
):
    to_check(client, building.pk)
    with django_assert_max_num_queries(20):
        client.get(f"{NEW}check/")
    with django_assert_max_num_queries(14):
        client.get(f"{NEW}matter/")
