"""Questions to the experts: under the clock, answered once, published without a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from accounts.actors import actor_of
from notifications.models import Message
from outreach.models import Question
from outreach.questions import asking, personal
from outreach.questions.asking import NewQuestion
from outreach.questions.personal import Kind
from outreach.senders import Invalid

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
NEW = NewQuestion(
    topic="bills",
    text="За февраль начислили отопление, хотя батареи были холодные. Что делать?",
    name="Анна Петрова",
    email="anna@example.org",
    may_publish=True,
    consent=True,
)
LIST = reverse("outreach:questions")


@pytest.fixture
def question(db) -> Question:
    return asking.ask(NEW, user_id=None, at=AT)


@pytest.fixture
def answered(question, operator) -> Question:
    question.answer = "Подайте **заявление** о перерасчёте."
    question.save(update_fields=["answer"])
    assert asking.answer(question, by=actor_of(operator), at=AT + timedelta(days=1))
    question.refresh_from_db()
    return question


def written(question: Question, text: str = "Подайте заявление о перерасчёте.") -> Question:
    question.public_question = "Как вернуть деньги за холодные батареи?"
    question.public_answer = text
    question.save(update_fields=["public_question", "public_answer"])
    return question


class TestPersonal:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("звоните 8 (8422) 41-22-33 вечером", Kind.PHONE),
            ("мой номер +79005550101", Kind.PHONE),
            ("тел. 8-900-555-01-01", Kind.PHONE),
            ("пишите anna.p@mail.example.ru", Kind.EMAIL),
            ("ул. Мира, д. 5, кв. 12", Kind.FLAT),
            ("в квартире № 7 холодно", Kind.FLAT),
            ("председатель Сидоров И. П. отказал", Kind.NAME),
            ("сказала И.П. Сидорова", Kind.NAME),
            ("слесарь Иван Петрович не пришёл", Kind.NAME),
            ("от Петровой Анны Ивановны", Kind.NAME),
            ("лицевой счёт 7300 1234 5678 90", Kind.NUMBER),
            ("паспорт 7312 123456", Kind.NUMBER),
            ("СНИЛС 112-233-445 95", Kind.NUMBER),
            ("страница vk.com/id12345", Kind.LINK),
            ("телеграм @anna_petrova", Kind.LINK),
        ],
    )
    def test_what_leads_to_a_person_is_found(self, text, kind):
        assert [one.kind for one in personal.find(text)] == [kind]

    @pytest.mark.parametrize(
        "text",
        [
            "По п. 98–101 правил № 354 за каждый час снижают плату на 0,15 %.",
            "На улице Ленина, 5 и на Горького, 12/34 с 1 по 15 января 2026 года было +14 °C.",
            "Начислили 2 150,40 ₽ вместо 1 854,85 ₽ за 31 день.",
            "Звоните 112 или 104.",
            "Собрание проводят по ст. 44–48 Жилищного кодекса Российской Федерации.",
        ],
    )
    def test_law_streets_and_sums_name_nobody(self, text):
        assert personal.find(text) == []

    @given(some.text(max_size=300))
    def test_places_never_overlap_and_are_of_the_text(self, text):
        for one in personal.find(text):
            assert one.text in text


def test_a_question_is_taken_in_with_the_day_of_its_answer(question):
    # Thursday; 9 March is off after the holiday on Sunday.
    due = timezone.localtime(question.answer_by)
    assert (due.day, due.month, due.hour, due.minute) == (13, 3, 23, 59)
    letter = Message.objects.get()
    assert (letter.event, letter.recipient) == ("question.asked", "anna@example.org")


def test_one_press_sent_twice_is_one_question(db):
    first, second = (
        asking.ask(NEW, user_id=None, at=AT, idempotency_key="press") for _press in range(2)
    )
    assert first.pk == second.pk
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"topic": "zzz"}, "topic"),
        ({"text": "  "}, "text"),
        ({"text": "я" * (asking.TEXT_MAX + 1)}, "text"),
        ({"email": ""}, "email"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "email"),
        ({"consent": False}, "consent"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_written(changed, field):
    with pytest.raises(Invalid) as said:
        asking.ask(NewQuestion(**{**vars(NEW), **changed}), user_id=None, at=AT)
    assert field in said.value.errors
    assert not Question.objects.exists()


def test_an_answer_leaves_once_and_never_empty(question, operator):
    by = actor_of(operator)
    with pytest.raises(Invalid):
        asking.answer(question, by=by, at=AT)
    question.answer = "Ответ"
    question.save(update_fields=["answer"])
    assert asking.answer(question, by=by, at=AT)
    assert not asking.answer(question, by=by, at=AT)
    assert Message.objects.filter(event="question.answered").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(answer="")


@pytest.mark.parametrize(
    "text",
    ["Обратитесь к Сидорову И. П.", "Звоните 8 (8422) 41-22-33.", "Жителю кв. 12 вернут деньги."],
)
def test_a_text_that_names_a_person_is_held_back(answered, text, client):
    written(answered, text)
    with pytest.raises(Invalid) as said:
        asking.publish(answered, at=AT)
    assert "public_answer" in said.value.errors
    assert Question.objects.get().published_at is None
    assert client.get(answered.get_absolute_url()).status_code == 404


def test_nothing_is_published_before_it_is_answered_or_without_leave(question, answered):
    written(answered)
    Question.objects.update(may_publish=False)
    with pytest.raises(Invalid):
        asking.publish(answered, at=AT)
    Question.objects.update(may_publish=True, answered_at=None)
    with pytest.raises(Invalid):
        asking.publish(answered, at=AT)
    assert Question.objects.get().published_at is None


def test_the_published_page_shows_the_editors_words_alone(answered, client):
    asking.publish(written(answered), at=AT)
    page = client.get(answered.get_absolute_url()).content.decode()
    assert "Как вернуть деньги за холодные батареи?" in page
    for secret in (NEW.text, NEW.name, NEW.email):
        assert secret not in page
    listed = client.get(LIST, {"q": "вернули деньги"}).content.decode()
    assert answered.get_absolute_url() in listed
    assert answered.get_absolute_url() not in client.get(LIST, {"q": "лифт"}).content.decode()
    assert answered.get_absolute_url() not in client.get(LIST, {"topic": "yard"}).content.decode()
    asking.hide(answered)
    assert client.get(answered.get_absolute_url()).status_code == 404


def test_markdown_of_an_answer_can_do_no_harm(answered, client):
    asking.publish(written(answered, "<script>alert(1)</script> [жми](javascript:alert(1))"), at=AT)
    page = client.get(answered.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_the_asker_reads_the_answer_by_the_link_alone(answered, client):
    own = reverse("outreach:own_question", args=[asking.token_of(answered)])
    page = client.get(own).content.decode()
    assert "<strong>заявление</strong>" in page
    assert NEW.text in page
    assert client.get("/questions/mine/forged/").status_code == 404


def test_a_person_asks_by_the_page_and_too_many_are_refused(client):
    path = reverse("outreach:ask")
    key = client.get(path).context["form"]["key"].value()
    assert client.post(path, {"key": key}).status_code == 422
    sent = {**vars(NEW), "key": key, "consent": "on", "may_publish": "on"}
    for _press in range(2):
        answer = client.post(path, sent)
        assert answer.status_code == 302
    assert Question.objects.count() == 1
    assert client.get(answer["Location"]).status_code == 200
    codes = {
        client.post(path, {**sent, "key": str(n)}).status_code for n in range(asking.ASKS_AN_HOUR)
    }
    assert 429 in codes


def test_the_desk_answers_publishes_and_hides(question, operator, company_user, settings):
    settings.DEMO = True
    desk = Client()
    desk.force_login(operator)
    page = reverse("admin:outreach_question_change", args=[question.pk])
    do = reverse("admin:outreach_question_do", args=[question.pk])
    listed = desk.get(reverse("admin:outreach_question_changelist")).content.decode()
    assert NEW.text[:60] in listed
    for secret in (NEW.email, NEW.name):
        assert secret not in listed + desk.get(page).content.decode()
    saved = {
        "topic": "bills", "answer": "Подайте заявление.", "guide": "",
        "public_question": "Как вернуть деньги?", "public_answer": "Подайте заявление.",
    }  # fmt: skip
    assert desk.post(page, saved).status_code == 302
    desk.post(do, {"do": "publish"})
    assert Question.objects.get().published_at is None
    desk.post(do, {"do": "answer"})
    assert Question.objects.get().answered_by_id == operator.pk
    # What has left is rewritten by nobody.
    desk.post(page, {**saved, "answer": "Другое"})
    assert Question.objects.get().answer == "Подайте заявление."
    desk.post(do, {"do": "publish"})
    assert Question.objects.get().published_at is not None
    desk.post(do, {"do": "hide"})
    assert Question.objects.get().published_at is None
    rival = Client()
    rival.force_login(company_user)
    assert rival.post(do, {"do": "publish"}).status_code == 302
    assert Question.objects.get().published_at is None


def test_old_questions_forget_the_asker_and_keep_what_is_public(answered, client):
    asking.publish(written(answered), at=AT)
    later = AT + asking.KEPT_FOR + timedelta(hours=1)
    assert asking.forget(at=later - timedelta(hours=2)) == 0
    assert asking.forget(at=later) == 1
    row = Question.objects.get()
    assert (row.text, row.name, row.email, row.answer) == ("", "", "", "")
    assert not Message.objects.exists()
    assert client.get(row.get_absolute_url()).status_code == 200
    own = reverse("outreach:own_question", args=[asking.token_of(row)])
    assert client.get(own).status_code == 404


@pytest.mark.parametrize("count", [2, 15])
def test_the_list_costs_the_same_whatever_its_length(count, client, django_assert_num_queries):
    for n in range(count):
        Question.objects.create(
            topic="bills", text="x", email="a@example.org", asked_at=AT, answer_by=AT,
            answered_at=AT, answer="x", public_question=f"Вопрос {n}", public_answer="Ответ",
            published_at=AT + timedelta(minutes=n),
        )  # fmt: skip
    client.get(LIST)
    with django_assert_num_queries(1):
        assert client.get(LIST).content.decode().count("/questions/") > count
