"""Filing without a signal: the page the phone keeps, and what the portal makes of what it sends."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from accounts.models import Upload
from requests_app.models import Category, Draft, Request
from tests.city_fixtures import ORDINARY

pytestmark = pytest.mark.django_db


def send(client: Client, body: dict, key: str, **headers: str):
    return client.post(
        "/api/v1/requests/",
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": key, **headers},
    )


@pytest.fixture
def body(building, categories):
    return {
        "category": ORDINARY,
        "building": building.pk,
        "description": "Лампа в подвале не горит",
        "contact": {"email": "anna@example.org"},
        "consent": True,
        "channel": "web",
    }


def test_the_page_is_the_same_for_everybody(client, categories, resident):
    def main() -> str:
        page = client.get("/requests/offline/").content.decode()
        assert resident.email not in page
        return re.search(r"<main.*?</main>", page, re.DOTALL)[0]

    nobodys = main()
    client.force_login(resident)
    assert main() == nobodys


def test_the_page_asks_two_questions_of_the_database(client, categories, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get("/requests/offline/")


def test_each_matter_that_stops_a_person_stops_one_here_too(client, categories):
    page = client.get("/requests/offline/").content.decode()
    stops = Category.objects.filter(is_open=True, children=None).exclude(stop_kind="")
    assert stops
    for matter in stops:
        assert f'data-stop="{matter.slug}"' in page


def test_what_the_app_sends_counts_as_the_website(client, body):
    answer = send(client, body, "phone-draft-1")
    assert answer.status_code == 201
    assert Request.objects.get(number=answer.json()["number"]).channel == "web"


def test_a_program_that_says_nothing_of_its_channel_is_a_program(client, body):
    del body["channel"]
    answer = send(client, body, "program-1")
    assert Request.objects.get(number=answer.json()["number"]).channel == "api"


def test_a_program_may_not_pass_for_a_phone_call(client, body):
    answer = send(client, {**body, "channel": "phone"}, "program-2")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "channel"
    assert not Request.objects.exists()


def test_a_draft_sent_again_after_a_lost_answer_is_one_request(client, body):
    numbers = {send(client, body, "phone-draft-2").json()["number"] for _ in range(3)}
    assert len(numbers) == 1
    assert Request.objects.count() == 1


def test_a_signed_in_draft_needs_the_token_and_belongs_to_its_writer(resident, body):
    client = Client(enforce_csrf_checks=True)
    client.force_login(resident)
    assert send(client, body, "phone-draft-3").status_code == 403
    assert not Request.objects.exists()
    token = client.get("/app/reader.json").json()["csrf"]
    answer = send(client, body, "phone-draft-3", **{"X-CSRFToken": token})
    assert answer.status_code == 201
    assert Request.objects.get().resident == resident


def test_shared_photos_that_no_worker_took_are_asked_for_again(client):
    answer = client.post("/requests/share/", {"text": "Течёт"}, follow=True)
    assert answer.redirect_chain == [("/requests/new/", 302)]
    assert "добавьте их ниже" in answer.content.decode()
    assert not Upload.objects.exists()
    assert not Draft.objects.exists()
