"""The repairman's link: one request, one hand, until the act; unknown or over, it shows nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.actors import Executor, Repairman, actor_of
from accounts.models import ContactLook
from requests_app import lifecycle, repair_links
from requests_app.lifecycle import Details, NewExecutor, Refused
from requests_app.models import Act, Attachment, RepairLink, Request, RequestEvent
from requests_app.statuses import Status
from tests.city_fixtures import COMPANY_INN, RIVAL_INN, an_act, owner_of, rows_of
from tests.requests_app.test_acts import filled, photo

pytestmark = pytest.mark.django_db

CABINET = "/cabinet/requests/"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PHONE = "000-00-01"


@pytest.fixture
def make(make_request):
    return lambda **fields: make_request(**{"at": timezone.now() - 20 * HOUR, **fields})


@pytest.fixture
def firm(company_user) -> Executor:
    return actor_of(company_user)


@pytest.fixture
def give(firm):
    def given(item: Request, **fields) -> str:
        asked = {"for_whom": "слесарь Фёдоров", "lasts": DAY, "by": firm, "at": timezone.now()}
        return repair_links.give(item, **{**asked, **fields}).token

    return given


@pytest.fixture
def phone() -> Client:
    """Return the repairman's browser, which signs in nowhere."""
    return Client(REMOTE_ADDR="203.0.113.7")


def test_a_representative_gives_a_link_that_is_shown_once(make, company_user, phone):
    item = make(status="accepted")
    client = Client()
    client.force_login(company_user)
    assert client.get(f"{CABINET}{item.number}/link/").status_code == 200
    answer = client.post(
        f"{CABINET}{item.number}/link/", {"for_whom": "слесарь Фёдоров", "lasts": 24}
    )
    address = answer.context["address"]
    token = address.rstrip("/").rsplit("/", 1)[1]
    assert address in answer.text
    assert len(token) >= 43
    link = RepairLink.objects.get()
    kept = str(RepairLink.objects.filter(pk=link.pk).values().get())
    assert token not in kept
    card = client.get(f"{CABINET}{item.number}/").text
    assert "слесарь Фёдоров" in card
    assert token not in card
    # Whoever hands a phone on has looked at it.
    assert ContactLook.objects.get().looked_by == company_user
    assert phone.get(f"/repair/{token}/").status_code == 200
    closing = f"{CABINET}{item.number}/link/{link.pk}/close/"
    assert client.get(closing).status_code == 405
    assert client.post(closing).status_code == 302
    assert phone.get(f"/repair/{token}/").status_code == 410


def test_the_page_shows_what_the_visit_needs_and_is_kept_by_nobody(make, give, phone):
    item = make(status="accepted")
    answer = phone.get(f"/repair/{give(item)}/")
    for shown in (item.number, item.building.address, PHONE, "Анна Петрова", "Батарея в комнате"):
        assert shown in answer.text, shown
    assert "resident@example.org" not in answer.text
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex' in answer.text
    # It signs nobody in, and opens nothing beside itself.
    assert phone.get(f"/requests/{item.number}/").status_code == 404
    assert phone.get(f"{CABINET}{item.number}/").status_code == 302
    assert "sessionid" not in phone.cookies


def test_the_job_from_start_to_act_closes_the_link_behind_itself(make, give, phone):
    item = make(status="accepted")
    token = give(item)
    assert phone.get(f"/repair/{token}/act/").status_code == 302
    begun = {"key": "start-1", "photos": [photo()]}
    assert phone.post(f"/repair/{token}/start/", begun).status_code == 302
    # Pressed again: the second brings the same photo once more.
    phone.post(f"/repair/{token}/start/", {"key": "start-1", "photos": [photo()]})
    item.refresh_from_db()
    assert item.status == Status.IN_PROGRESS
    assert Attachment.objects.get(request=item).shows == "before"
    page = phone.get(f"/repair/{token}/")
    assert f"/repair/{token}/photos/" in page.text
    picture = Attachment.objects.get(request=item).upload_id
    small = phone.get(f"/repair/{token}/photos/{picture}/")
    assert small["Content-Type"] == "image/webp"
    assert 'value="слесарь Фёдоров"' in phone.get(f"/repair/{token}/act/").text
    answer = phone.post(f"/repair/{token}/act/", filled(photos_after=[photo((9, 200, 9))]))
    assert "Акт представлен" in answer.text
    item.refresh_from_db()
    assert item.status == Status.DONE
    act = Act.objects.get(request=item)
    assert act.upload.media_type == "application/pdf"
    event = RequestEvent.objects.get(act=act)
    assert (event.author, event.user_id) == ("executor", None)
    before = rows_of(item)
    for page in ("", "act/", f"photos/{picture}/"):
        assert phone.get(f"/repair/{token}/{page}").status_code == 410
    for page in ("start/", "act/"):
        again = phone.post(f"/repair/{token}/{page}", filled(key="again"))
        assert again.status_code == 410
        assert PHONE not in again.text
    assert rows_of(item) == before


def test_an_act_dated_ahead_is_refused_on_the_phone_too(make, give, phone):
    item = make(status="in_progress")
    token = give(item)
    before = rows_of(item)
    answer = phone.post(f"/repair/{token}/act/", filled(signed_on="2099-01-01"))
    assert answer.status_code == 422
    assert "в будущем" in answer.text
    assert rows_of(item) == before
    assert phone.get(f"/repair/{token}/").status_code == 200


def test_a_link_opens_no_other_request(make, give, phone):
    mine, other = make(status="in_progress"), make(status="in_progress")
    token = give(mine)
    holder = Repairman(number=other.number, token_hash=repair_links.digest(token))
    assert not Request.objects.visible_to(holder).exists()
    before = rows_of(other)
    with pytest.raises(lifecycle.NotFound):
        lifecycle.comment(other, by=holder, at=timezone.now(), text="Моё")
    assert rows_of(other) == before
    foreign = Repairman(number=mine.number, token_hash=repair_links.digest(token + "x"))
    assert not Request.objects.visible_to(foreign).exists()
    assert not Request.objects.visible_to(Repairman(number="", token_hash="")).exists()
    for wrong in ("x" * 43, token[:-1], "%00", "a" * 4000):
        answer = phone.get(f"/repair/{wrong}/")
        assert answer.status_code == 404
        assert mine.number not in answer.text


def test_a_file_of_another_request_is_not_served(make, give, phone, firm):
    mine, other = make(status="accepted"), make(status="accepted")
    token, others = give(mine), give(other)
    phone.post(f"/repair/{others}/start/", {"key": "1", "photos": [photo()]})
    foreign = Attachment.objects.get(request=other).upload_id
    assert phone.get(f"/repair/{token}/photos/{foreign}/").status_code == 404


def test_over_its_time_it_opens_nothing(make, give, phone):
    item = make(status="accepted")
    token = give(item, at=timezone.now() - 9 * HOUR, lasts=8 * HOUR)
    answer = phone.get(f"/repair/{token}/")
    assert answer.status_code == 410
    assert item.number not in answer.text
    before = rows_of(item)
    assert phone.post(f"/repair/{token}/start/", {"key": "1"}).status_code == 410
    assert rows_of(item) == before


def test_passed_to_another_organisation_the_old_link_is_dead_for_good(
    make, give, phone, operator, rival_company, company, categories
):
    item, staff = make(status="accepted"), actor_of(operator)
    token = give(item)
    for to in (rival_company, company):
        item = lifecycle.move(
            item,
            Status.REDIRECTED,
            by=staff,
            at=timezone.now(),
            details=Details(text="Передаём", executor=NewExecutor(company=to.pk)),
        )
        item = lifecycle.move(item, Status.ACCEPTED, by=staff, at=timezone.now())
        assert phone.get(f"/repair/{token}/").status_code == 410


def test_a_matter_that_another_organisation_answers_for_kills_the_link(make, give, phone, operator):
    item = make(status="accepted")
    token = give(item)
    lifecycle.recategorise(
        item, category="ht_none", text="", by=actor_of(operator), at=timezone.now()
    )
    assert Request.objects.get(pk=item.pk).executor_inn != COMPANY_INN
    assert phone.get(f"/repair/{token}/").status_code == 410


def test_an_act_from_elsewhere_ends_the_link_and_an_objection_revives_nothing(
    make, give, phone, firm
):
    item = make(status="in_progress")
    token = give(item)
    now = timezone.now()
    details = Details(act=an_act(signed_on=timezone.localdate()))
    item = lifecycle.move(item, Status.DONE, by=firm, at=now, details=details)
    item = lifecycle.move(
        item, Status.REOPENED, by=owner_of(item), at=now, details=Details(text="Течёт")
    )
    assert phone.get(f"/repair/{token}/").status_code == 410
    assert phone.get(f"/repair/{give(item)}/").status_code == 200


@pytest.mark.parametrize("status", ["new", "done", "closed"])
def test_no_link_is_given_where_nobody_works(make, give, status):
    item = make(status=status)
    with pytest.raises(Refused):
        give(item)
    assert not RepairLink.objects.exists()
    assert not ContactLook.objects.exists()


def test_a_stranger_gives_and_closes_nothing(make, give, rival, phone):
    item = make(status="accepted")
    token = give(item)
    with pytest.raises(lifecycle.NotFound):
        give(item, by=Executor(id=rival.pk, inns=(RIVAL_INN,)))
    client = Client()
    client.force_login(rival)
    link = RepairLink.objects.get()
    assert client.get(f"{CABINET}{item.number}/link/").status_code == 404
    assert client.post(f"{CABINET}{item.number}/link/", {"lasts": 24}).status_code == 404
    assert client.post(f"{CABINET}{item.number}/link/{link.pk}/close/").status_code == 404
    assert phone.get(f"/repair/{token}/").status_code == 200


def test_neither_too_long_nor_too_many(make, give):
    item = make(status="accepted")
    for lasts in (timedelta(), 8 * DAY):
        with pytest.raises(Refused):
            give(item, lasts=lasts)
    for _ in range(repair_links.MOST):
        give(item)
    with pytest.raises(Refused) as refused:
        give(item)
    assert refused.value.code == "too_many"
    assert RepairLink.objects.count() == repair_links.MOST


def test_a_refused_photo_begins_nothing_and_keeps_the_good_one(make, give, phone):
    item = make(status="accepted")
    token = give(item)
    before = rows_of(item)
    bad = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff no picture", "image/jpeg")
    answer = phone.post(f"/repair/{token}/start/", {"key": "1", "photos": [photo(), bad]})
    assert answer.status_code == 422
    assert rows_of(item) == before
    kept = answer.context["form"]["kept"].value()
    key = answer.context["form"]["key"].value()
    assert phone.post(f"/repair/{token}/start/", {"key": key, "kept": kept}).status_code == 302
    assert Attachment.objects.filter(request=item, shows="before").count() == 1
