"""Letters tell of a step and carry nobody's contact, no flat and no tracking code."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from accounts.actors import Resident, actor_of
from notifications import rendering, said
from notifications.models import Message
from requests_app import intake, lifecycle, tracking_code
from requests_app.lifecycle import Details, NewExecutor
from requests_app.statuses import Outcome, Status
from tests.city_fixtures import EMERGENCY, NOON

LATER = NOON + timedelta(days=2)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", [*Status.values, *Outcome.values])
def test_no_letter_keeps_what_is_private(kind, make_request):
    chosen = {"outcome": kind} if kind in Outcome.values else {"status": kind}
    item = make_request(
        **chosen,
        flat="кв-417",
        category=EMERGENCY,
        contact=intake.Contact(
            name="Аграфена Неповторимая", email="resident@example.org", phone="+7 900 123-45-67"
        ),
    )
    code = tracking_code.of(item)
    assert Message.objects.exists()
    for letter in Message.objects.all():
        kept = json.dumps([letter.context, letter.why, letter.topic], ensure_ascii=False)
        for private in (
            "Неповторимая",
            "resident@",
            "123-45-67",
            "9001234567",
            "кв-417",
            "Батарея в комнате",
            code,
            code.replace("-", ""),
            item.code_hash,
        ):
            assert private not in kept


def test_a_letter_says_who_answers_by_when_and_why(make_request, company):
    item = make_request()
    letter = Message.objects.get()
    assert letter.template == "requests_app/mail/filed"
    assert letter.topic == f"request:{item.number}"
    assert letter.why_said == f"Вы подали заявку {item.number}."
    context = letter.context
    assert context["category"] == "Холодная батарея или стояк"
    assert context["executor"] == "УК «Причал»"
    assert context["executor_phone"] == company.dispatcher_phone
    assert said.in_words(context)["due"] == "3 марта 2026 г. 16:00"
    assert context["clause"] == item.norm_clause
    assert context["link"] == {"link": "tracking", "id": item.pk}


def test_no_due_time_is_promised_while_the_clock_stands_or_after_the_end(make_request):
    for chosen in ({"status": Status.NEEDS_INFO}, {"status": Status.CLOSED}):
        make_request(**chosen)
        assert Message.objects.latest("id").context["due"] == ""


def test_a_letter_calls_the_resident_you_and_the_executor_not(make_request, resident):
    item = make_request(status=Status.ACCEPTED)
    lifecycle.move(item, Status.CLOSED, by=Resident(id=resident.pk), at=LATER)
    letter = Message.objects.latest("id")
    assert letter.template == "requests_app/mail/executor"
    assert said.in_words(letter.context)["status_words"] == "Отозвана жителем"


def test_a_refusal_names_its_clause_in_the_letter(make_request):
    make_request(outcome=Outcome.REFUSED)
    letter = Message.objects.filter(template="requests_app/mail/moved").latest("id")
    assert letter.context["clause"] == "ПП РФ № 491, п. 5"


def test_the_new_executor_is_told_and_the_old_one_is_not(make_request, operator, rival_company):
    item = make_request(status=Status.ACCEPTED)
    count = Message.objects.count()
    lifecycle.move(
        item,
        Status.REDIRECTED,
        by=actor_of(operator),
        at=LATER,
        details=Details(text="Не их дом", executor=NewExecutor(company=rival_company.pk)),
    )
    told = {letter.recipient for letter in Message.objects.order_by("id")[count:]}
    assert told == {"resident@example.org", rival_company.email}


def test_an_organisation_without_mail_is_told_nothing(make_request, company):
    company.email = ""
    company.save()
    make_request(category=EMERGENCY)
    assert [letter.recipient for letter in Message.objects.all()] == ["resident@example.org"]


@pytest.mark.parametrize("kind", [*Status.values, *Outcome.values])
def test_every_letter_reads_as_a_whole_in_russian(kind, make_request):
    chosen = {"outcome": kind} if kind in Outcome.values else {"status": kind}
    item = make_request(**chosen, category=EMERGENCY)
    for letter in Message.objects.all():
        made = rendering.render(letter)
        for text in (made.subject, made.text, made.html):
            assert text.strip()
            assert "{" not in text
            assert "None" not in text
        assert item.number in made.subject or "Заявка" in made.subject
        assert "\n" not in made.subject
        assert letter.context["address"] in made.text
