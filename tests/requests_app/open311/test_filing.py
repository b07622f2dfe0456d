"""Filing over Open311: by every kind of place, once, and never past what intake refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import throttling, tokens
from accounts.models import IdempotentCall, Upload
from notifications.models import Message
from requests_app.models import (
    Attachment,
    Category,
    EventKind,
    Request,
    RequestContact,
    RequestEvent,
)
from requests_app.open311 import keys
from requests_app.statuses import Channel
from tests.city_fixtures import ORDINARY
from tests.requests_app.filing_steps import picture
from tests.requests_app.open311.asking import BASE, errors_of, get, post

pytestmark = pytest.mark.django_db


def filed(answer) -> Request:
    assert answer.status_code == 200, answer.content
    (only,) = answer.json()
    assert set(only) == {"service_request_id", "service_notice", "account_id"}
    return Request.objects.get(number=only["service_request_id"])


def test_a_request_is_taken_in_with_everything_it_brought(form, building, front, company):
    answer = post("requests", form(**{"attribute[entrance]": "2"}))
    item = filed(answer)
    assert (item.category.slug, item.building, item.channel) == (
        ORDINARY, building, Channel.OPEN311,
    )  # fmt: skip
    assert (item.flat, item.entrance, item.description) == (
        "к7731", "2", "Ржавчина описывает секрет описания",
    )  # fmt: skip
    assert item.public
    assert item.resident == front
    contact = RequestContact.objects.get(request=item)
    assert (contact.name, contact.email, contact.phone) == (
        "Аристарх Звездочётов", "zvezda@secret.example", "+79005557733",
    )  # fmt: skip
    assert Message.objects.filter(recipient="zvezda@secret.example").exists()
    notice = answer.json()[0]["service_notice"]
    assert building.address in notice
    assert str(company) in notice


@pytest.mark.parametrize(
    "where",
    [
        {"address_id": "{id}", "address_string": None},
        {"address_string": "садовая 1"},
        {"address_string": None, "lat": "54.3001", "long": "48.4001"},
        {"address_string": "нигде такой нет 5", "lat": "54.3", "long": "48.4"},
    ],
)
def test_each_form_of_place_finds_the_house(where, form, building):
    where = {name: text and text.format(id=building.pk) for name, text in where.items()}
    assert filed(post("requests", form(**where))).building == building


@pytest.mark.parametrize(
    "where",
    [
        {"address_string": None},
        {"address_id": "999999"},
        {"address_id": "9" * 40},
        {"address_id": "'; DROP"},
        {"address_string": "Садовая"},
        {"address_string": "Садовая 77"},
        {"address_string": "Проспект Никакой, 1"},
        {"address_string": None, "lat": "54.3"},
        {"address_string": None, "lat": "nan", "long": "nan"},
        {"address_string": None, "lat": "inf", "long": "48.4"},
        {"address_string": None, "lat": "91", "long": "48.4"},
        {"address_string": None, "lat": "1e400", "long": "48.4"},
        {"address_string": None, "lat": "55.9", "long": "48.4"},
    ],
)
def test_a_guess_is_refused_with_its_field(where, form, building):
    (description,) = errors_of(post("requests", form(**where)))
    assert description.startswith(("address_id:", "address_string:", "lat:"))
    assert not Request.objects.exists()


def test_two_houses_of_one_address_are_offered_and_a_settlement_tells_them_apart(
    form, building, make_building
):
    other = make_building(city="Заречный", house=building.house, lat=55, lon=49)
    (told,) = errors_of(post("requests", form(address_string=f"ул. Садовая, {building.house}")))
    assert f"address_id={building.pk}" in told
    assert f"address_id={other.pk}" in told
    assert filed(post("requests", form(address_string=other.address))).building == other


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"service_code": None}, "service_code"),
        ({"description": None}, "description"),
        ({"description": "x" * 5001}, "description"),
        ({"email": "no mail", "phone": None}, "email"),
        ({"phone": "12"}, "phone"),
        ({"attribute[flat]": "1" * 99}, "attribute[flat]"),
        ({"attribute[public]": "perhaps"}, "attribute[public]"),
        ({"media_url": "javascript:alert(1)"}, "media_url"),
    ],
)
def test_each_wrong_field_is_named(changed, field, form):
    answer = post("requests", form(**changed))
    assert answer.status_code == 400
    assert any(one.startswith(f"{field}:") for one in errors_of(answer)), answer.content
    assert not Request.objects.exists()


def test_an_unknown_matter_is_not_found(form):
    assert post("requests", form(service_code="nothing")).status_code == 404


@pytest.mark.parametrize("spelling", ["attribute[flat]", "attribute[flat][]"])
def test_attributes_are_read_in_every_spelling(spelling, form):
    said = form(**{"attribute[flat]": None, spelling: ["", "12"]})
    assert filed(post("requests", said)).flat == "12"


def test_unknown_attributes_are_ignored_and_logged_without_their_values(form, caplog, capsys):
    said = {"attribute[easting]": "секретное", "attribute[Имя Фамилия]": "x"}
    filed(post("requests", form(**said)))
    logged = caplog.text + "".join(capsys.readouterr())
    assert "easting" in logged
    assert "секретное" not in logged
    assert "Фамилия" not in logged


def test_without_the_holders_word_consent_is_asked_of_the_person(form, front):
    plain = tokens.issue(front, name="own", scopes=["requests:write"])
    (told,) = errors_of(post("requests", form(api_key=plain)))
    assert told.startswith("attribute[consent]:")
    item = filed(post("requests", form(api_key=plain, **{"attribute[consent]": "yes"})))
    assert not item.public
    said = {"attribute[consent]": "true", "attribute[public]": "yes"}
    assert filed(post("requests", form(api_key=plain, **said))).public
    assert not filed(post("requests", form(**{"attribute[public]": "no"}))).public


def test_without_a_contact_the_answer_goes_to_whoever_sent_it(form, front):
    item = filed(post("requests", form(email=None, phone=None, first_name=None)))
    assert item.contact.email == front.email


@pytest.mark.parametrize("kind", ["missing", "wrong", "expired", "revoked", "off", "scope"])
def test_a_key_that_does_not_open_is_403(kind, form, front, key):
    at = timezone.now()
    if kind == "expired":
        key = tokens.issue(front, name="x", expires_at=at - timedelta(1), at=at - timedelta(2))
    elif kind == "revoked":
        tokens.revoke(front.api_tokens.get(), at=at)
    elif kind == "off":
        front.is_active = False
        front.save()
    elif kind == "scope":
        key = tokens.issue(front, name="x", scopes=["profile:read", "inbox:write"])
    key = {"missing": None, "wrong": "hcc_" + "x" * 5000}.get(kind, key)
    (told,) = errors_of(answer := post("requests", form(api_key=key)))
    assert answer.status_code == 403
    assert told.startswith("api_key:")
    assert not Request.objects.exists()


def test_a_key_in_the_address_is_not_read(form, key):
    answer = Client().post(f"{BASE}requests.json?api_key={key}", form(api_key=None))
    assert answer.status_code == 403


def test_a_repeat_by_the_clients_number_is_the_same_request(form):
    for name in ("client_reference", "fixmystreet_id"):
        said = {f"attribute[{name}]": "4711"}
        first = filed(post("requests", form(**said)))
        # A photo has another id each time it is sent; the words were mended meanwhile.
        again = post("requests", form(**said, description="Иначе", media=picture()))
        assert filed(again) == first
        assert not Upload.objects.exists(), "a repeat's photo was taken in"
    assert Request.objects.count() == 2
    assert not Attachment.objects.exists()
    Category.objects.filter(slug=ORDINARY).update(is_open=False)
    assert filed(post("requests", form(**said))) == first


def test_another_keys_same_number_is_another_request(form, neighbour):
    said = {"attribute[client_reference]": "4711"}
    first = filed(post("requests", form(**said)))
    other = tokens.issue(neighbour, name="other", scopes=["open311:write"])
    assert filed(post("requests", form(api_key=other, **said))) != first


def test_the_idempotency_key_repeats_and_refuses_another_body(form):
    once = {"Idempotency-Key": "a key"}
    first = filed(post("requests", form(media=picture()), **once))
    assert filed(post("requests", form(media=picture()), **once)) == first
    assert post("requests", form(description="Другое"), **once).status_code == 409
    assert post("requests", form(), **{"Idempotency-Key": "k" * 201}).status_code == 400
    assert Request.objects.count() == 1
    assert IdempotentCall.objects.count() == 1


def test_photos_come_by_multipart_under_any_name(form):
    item = filed(post("requests", form(media=picture(), photo2=picture(colour=(1, 2, 3)))))
    assert item.attachments.count() == 2
    assert get(f"requests/{item.number}")[0]["media_url"] is None


def test_a_file_that_is_no_photo_is_refused_and_nothing_is_written(form):
    bad = picture()
    bad.file.seek(0)
    bad.file.write(b"MZ" + b"\0" * 100)
    bad.file.seek(0)
    (told,) = errors_of(post("requests", form(media=bad)))
    assert told.startswith("media:")
    assert not Request.objects.exists()
    assert not Upload.objects.exists()


def test_media_links_are_words_for_staff_only(form, front):
    urls = ["https://photos.example/1.jpg", "http://169.254.169.254/latest"]
    item = filed(post("requests", form(media_url=urls)))
    note = RequestEvent.objects.get(request=item, kind=EventKind.NOTE)
    assert not note.public
    assert all(url in note.text for url in urls)
    shown = str(get("requests", {"extensions": "true"})) + str(get("servicerequestupdates"))
    assert "photos.example" not in shown


def test_a_flood_of_one_key_is_told_when_to_come_back(form, front, monkeypatch):
    monkeypatch.setitem(keys.AN_HOUR, "file", 2)
    for _ in range(2):
        filed(post("requests", form()))
    answer = post("requests", form())
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert Request.objects.count() == 2
    assert throttling.look(bucket="open311-file", key="another", limit=1, at=timezone.now()).allowed
