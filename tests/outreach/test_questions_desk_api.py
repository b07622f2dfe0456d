"""The experts' desk for programs: the queue with its clock, one expert a question, no names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from accounts import tokens
from accounts.actors import actor_of
from notifications.models import Message
from notifications.rendering import render
from outreach.models import Guide, Question, QuestionTaking
from outreach.questions import asking, taking
from tests.outreach.test_questions import NEW
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
LIST = "desk/questions/"
ANSWER = "Подайте **заявление** о перерасчёте."
PUBLIC = {
    "public_question": "Как вернуть деньги за холодные батареи?",
    "public_answer": "Подайте заявление о перерасчёте.",
}
VERBS = {
    "take": {}, "give-back": {}, "draft": {"answer": "x"}, "answer": {"answer": "x"},
    "publish": {}, "hide": {}, "decline": {"reason": "x"},
}  # fmt: skip


@pytest.fixture
def desk(operator):
    return Program(operator)


@pytest.fixture
def question(db) -> Question:
    return asking.ask(NEW, user_id=None, at=now())


@pytest.fixture
def path(question):
    return f"{LIST}{question.pk}/"


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def state_of(question) -> tuple:
    row = Question.objects.filter(pk=question.pk).values().get()
    row.pop("search")
    return row, QuestionTaking.objects.count(), Message.objects.count()


def test_the_queue_goes_by_its_clock_and_names_nobody(desk, question, operator, chief):
    late = asking.ask(NEW, user_id=None, at=now() - timedelta(days=40))
    yard = asking.ask(
        asking.NewQuestion(**{**vars(NEW), "topic": "yard"}), user_id=None,
        at=now() + timedelta(days=1),
    )  # fmt: skip
    answer = desk.get(LIST)
    assert ids(answer) == [late.pk, question.pk, yard.pk]
    assert [row["stands"] for row in answer.json()["results"]] == ["late", "waiting", "waiting"]
    assert answer.json()["results"][0]["beginning"] == NEW.text[:90]
    for secret in (NEW.name, NEW.email):
        assert secret not in answer.content.decode()
    assert ids(desk.get(LIST, state="late")) == [late.pk]
    assert ids(desk.get(LIST, topic="yard")) == [yard.pk]
    taking.take(late, by=actor_of(operator), at=now())
    taking.take(yard, by=actor_of(chief), at=now())
    assert ids(desk.get(LIST, taken="mine")) == [late.pk]
    assert ids(desk.get(LIST, taken="nobody")) == [question.pk]
    asking.decline(late, reason="Не о жилье", by=actor_of(operator), at=now())
    asking.write(question, asking.Draft(answer="Ответ"), by=actor_of(operator))
    asking.answer(question, by=actor_of(operator), at=now())
    assert ids(desk.get(LIST)) == [yard.pk]
    assert ids(desk.get(LIST, state="declined")) == [late.pk]
    assert ids(desk.get(LIST, state="answered")) == [question.pk]
    assert ids(desk.get(LIST, state="published")) == []
    assert ids(desk.get(LIST, state="all")) == [yard.pk, late.pk, question.pk]
    for asked, field in (
        ({"state": "gone"}, "state"), ({"topic": "zzz"}, "topic"), ({"taken": "x"}, "taken"),
        ({"colour": "red"}, "colour"), ({"cursor": "WzAsMV0"}, "cursor"),
    ):  # fmt: skip
        assert_problem(desk.get(LIST, **asked), 400, field=field)


@pytest.mark.parametrize("state", ["waiting", "all"])
def test_the_queue_pages_at_the_same_cost(desk, state, operator):
    def add(count: int) -> None:
        for number in range(count):
            made = asking.ask(NEW, user_id=None, at=now())
            if number % 2:
                taking.take(made, by=actor_of(operator), at=now())

    def cost(**asked) -> int:
        desk.get(LIST, state=state, **asked)
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(LIST, state=state, **asked).status_code == 200
        return len(seen)

    add(3)
    before = cost()
    add(60)
    assert cost() == before
    first = desk.get(LIST, state=state).json()
    second = desk.get(LIST, state=state, cursor=first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (50, 13, "")
    assert cost(cursor=first["next"]) == before
    assert len({row["id"] for row in (*first["results"], *second["results"])}) == 63
    back = desk.get(LIST, state=state, cursor=second["previous"]).json()
    assert back["results"] == first["results"]
    assert_problem(desk.get(LIST, state="late", cursor=first["next"]), 400, "bad_cursor")


def test_one_question_is_told_without_its_asker(desk, path, question):
    answer = desk.get(path)
    body = answer.json()
    assert (body["text"], body["answer"], body["version"]) == (NEW.text, "", 1)
    assert (body["taken_by"], body["may_publish"], body["personal"]) == (None, True, [])
    assert answer["ETag"].startswith('"1.')
    for secret in (NEW.name, NEW.email, str(question.uid)):
        assert secret not in answer.content.decode()


def test_others_are_refused_and_write_nothing(desk, path, question, resident, company_user, editor):
    before = state_of(question)
    for who, status in ((None, 401), (resident, 403), (company_user, 403), (editor, 403)):
        program = Program(who)
        assert_problem(program.get(LIST), status)
        assert_problem(program.get(path), status)
        for verb, body in VERBS.items():
            assert_problem(program.send(f"{path}{verb}/", body), status)
    assert state_of(question) == before


def test_a_token_to_read_writes_nothing(path, question, operator):
    key = tokens.issue(operator, name="x", scopes={"desk:read"})
    reader = Client(headers={"Authorization": f"Token {key}"})
    assert reader.get(f"/api/v1/{path}").status_code == 200
    before = state_of(question)
    for verb, body in VERBS.items():
        answer = reader.post(f"/api/v1/{path}{verb}/", body, content_type="application/json")
        assert_problem(answer, 403, "scope_missing")
    assert state_of(question) == before


def test_unknown_and_erased_ones_are_not_found(desk, question):
    Question.objects.filter(pk=question.pk).update(erased_at=now())
    for pk in (question.pk, 10**9, 2**80):
        assert_problem(desk.get(f"{LIST}{pk}/"), 404, "not_found")
        for verb, body in VERBS.items():
            assert_problem(desk.send(f"{LIST}{pk}/{verb}/", body), 404, "not_found")
    assert ids(desk.get(LIST, state="all")) == []


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("take", {"over": "maybe"}, "over"), ("draft", {"topic": "zzz"}, "topic"),
        ("draft", {"answer": "x" * 50_001}, "answer"), ("draft", {"guide": "none"}, "guide"),
        ("draft", {"public_question": "x" * 301}, "public_question"), ("answer", {}, "answer"),
        ("answer", {"answer": " "}, "answer"), ("answer", {"answer": "x", "guide": "no"}, "guide"),
        ("decline", {}, "reason"), ("decline", {"reason": "x" * 601}, "reason"),
    ],
)  # fmt: skip
def test_a_wrong_body_is_named_and_nothing_is_written(desk, path, question, verb, body, field):
    before = state_of(question)
    assert_problem(desk.send(f"{path}{verb}/", body), 400, field=field)
    assert state_of(question) == before


def test_one_expert_has_a_question_until_it_is_given_back_or_taken_over(
    desk, path, question, operator, chief
):
    other = Program(chief)
    taken = desk.send(f"{path}take/", {}, key="t", seen=1)
    assert taken.status_code == 200, taken.content
    assert (taken.json()["taken_by"], taken.json()["version"]) == (operator.pk, 2)
    assert desk.send(f"{path}take/", {}, key="t", seen=1).json() == taken.json()
    assert desk.send(f"{path}take/", {}).json() == taken.json()
    before = state_of(question)
    for verb in ("take", "give-back", "draft", "answer", "publish", "decline"):
        assert_problem(
            other.send(f"{path}{verb}/", {**VERBS[verb], **({} if verb != "publish" else PUBLIC)}),
            409,
            "taken",
        )
    assert state_of(question) == before
    assert other.send(f"{path}take/", {"over": True}).json()["taken_by"] == chief.pk
    assert_problem(desk.send(f"{path}draft/", {"answer": "x"}), 409, "taken")
    back = other.send(f"{path}give-back/", key="g", seen=3).json()
    assert (back["taken_by"], back["version"]) == (None, 4)
    assert other.send(f"{path}give-back/", key="g", seen=3).json() == back
    assert desk.send(f"{path}draft/", {"answer": "Черновик"}).json()["answer"] == "Черновик"
    assert_problem(other.send(f"{path}draft/", {"answer": "x"}, seen=4), 412, "precondition_failed")


def test_an_answer_leaves_once(desk, path, question, operator):
    told = Guide.objects.create(
        slug="cold", title="Холодно", question="?", topic="bills", summary="…", body="…",
        clauses="п. 1", sources="ПП", reviewed_on=now().date(),
    )  # fmt: skip
    body = {"answer": ANSWER, "guide": "cold"}
    sent = desk.send(f"{path}answer/", body, key="a", seen=1)
    assert sent.status_code == 200, sent.content
    assert (sent.json()["stands"], sent.json()["guide"]) == ("answered", told.slug)
    assert desk.send(f"{path}answer/", body, key="a", seen=1).json() == sent.json()
    assert_problem(desk.send(f"{path}answer/", {"answer": "Другое"}, key="a"), 409)
    assert_problem(desk.send(f"{path}answer/", {"answer": "Другое"}), 409, "answered")
    assert_problem(desk.send(f"{path}decline/", {"reason": "x"}), 409, "answered")
    assert_problem(desk.send(f"{path}take/", {}), 409, "over")
    assert_problem(desk.send(f"{path}draft/", {"answer": "Другое"}), 400, field="answer")
    row = Question.objects.get(pk=question.pk)
    assert (row.answer, row.answered_by_id) == (ANSWER, operator.pk)
    assert Message.objects.filter(event="question.answered").count() == 1


def test_a_kept_draft_is_what_leaves(desk, path):
    kept = desk.send(f"{path}draft/", {"answer": ANSWER, **PUBLIC}, key="d", seen=1).json()
    assert (kept["stands"], kept["version"]) == ("waiting", 2)
    assert desk.send(f"{path}draft/", {"answer": ANSWER}).json()["version"] == 2
    assert not Message.objects.filter(event="question.answered").exists()
    assert desk.send(f"{path}answer/", {}).json()["answer"] == ANSWER


def test_a_text_that_names_a_person_is_held_back(desk, path, question, client):
    assert_problem(desk.send(f"{path}publish/", PUBLIC), 409, "not_publishable")
    assert Question.objects.get().public_answer == ""
    desk.send(f"{path}answer/", {"answer": ANSWER})
    person = {**PUBLIC, "public_answer": "Обратитесь к Сидорову И. П., тел. 8-900-555-01-01."}
    before = state_of(question)
    assert_problem(desk.send(f"{path}publish/", person), 400, field="public_answer")
    assert state_of(question) == before
    drafted = desk.send(f"{path}draft/", person).json()
    assert [(one["field"], one["leads_to"]) for one in drafted["personal"]] == [
        ("public_answer", "name"), ("public_answer", "phone"),
    ]  # fmt: skip
    assert_problem(desk.send(f"{path}publish/", {}), 400, field="public_answer")
    shown = desk.send(f"{path}publish/", PUBLIC, key="p")
    assert (shown.status_code, shown.json()["stands"]) == (200, "published"), shown.content
    assert desk.send(f"{path}publish/", PUBLIC, key="p").json() == shown.json()
    assert client.get(f"/api/v1/questions/{question.pk}/").status_code == 200
    rewritten = {"public_answer": "Иначе"}
    assert_problem(desk.send(f"{path}draft/", rewritten), 400, field="public_answer")
    hidden = desk.send(f"{path}hide/", key="h", seen=shown.json()["version"])
    assert (hidden.status_code, hidden.json()["stands"]) == (200, "answered"), hidden.content
    assert desk.send(f"{path}hide/", key="h", seen=shown.json()["version"]).json() == hidden.json()
    assert client.get(f"/api/v1/questions/{question.pk}/").status_code == 404
    assert desk.send(f"{path}draft/", rewritten).json()["public_answer"] == "Иначе"


def test_nothing_is_published_against_the_asker(desk, path, question):
    Question.objects.filter(pk=question.pk).update(may_publish=False)
    desk.send(f"{path}answer/", {"answer": ANSWER})
    assert_problem(desk.send(f"{path}publish/", PUBLIC), 409, "not_publishable")
    assert Question.objects.get().published_at is None


def test_a_question_is_declined_once_and_its_asker_told_why(desk, path, question, client):
    body = {"reason": "Вопрос о пенсии: обратитесь в Социальный фонд"}
    done = desk.send(f"{path}decline/", body, key="n", seen=1)
    assert (done.status_code, done.json()["stands"]) == (200, "declined"), done.content
    assert desk.send(f"{path}decline/", body, key="n", seen=1).json() == done.json()
    (letter,) = Message.objects.filter(event="question.declined")
    assert "обратитесь в Социальный фонд" in render(letter).text
    own = reverse("outreach:own_question", args=[asking.token_of(question)])
    assert "обратитесь в Социальный фонд" in client.get(own).content.decode()
    before = state_of(question)
    for verb in ("draft", "answer", "decline", "publish"):
        assert_problem(desk.send(f"{path}{verb}/", VERBS[verb]), 409, "declined")
    assert_problem(desk.send(f"{path}take/", {}), 409, "over")
    assert state_of(question) == before
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(decline_reason="")
    assert asking.forget(at=now() + asking.KEPT_FOR + timedelta(hours=1)) == 1
    row = Question.objects.get(pk=question.pk)
    assert (row.text, row.email, row.decline_reason) == ("", "", "")


def test_experts_take_write_and_decline_in_admin(question, operator, chief, settings):
    settings.DEMO = True
    first, second = Client(), Client()
    first.force_login(operator)
    second.force_login(chief)
    page = reverse("admin:outreach_question_change", args=[question.pk])
    do = reverse("admin:outreach_question_do", args=[question.pk])
    saved = {
        "topic": "bills", "answer": "Чужой", "guide": "", "public_question": "",
        "public_answer": "",
    }  # fmt: skip
    assert "Взять вопрос" in first.get(page).content.decode()
    first.post(do, {"do": "take"})
    assert QuestionTaking.objects.get().by_id == operator.pk
    assert "Вернуть вопрос" in first.get(page).content.decode()
    listed = second.get(reverse("admin:outreach_question_changelist")).content.decode()
    assert operator.get_full_name() in listed
    assert second.post(page, saved).status_code == 302
    second.post(do, {"do": "take"})
    second.post(do, {"do": "decline", "reason": "x"})
    row = Question.objects.get()
    assert (row.answer, row.declined_at, QuestionTaking.objects.get().by_id) == (
        "", None, operator.pk,
    )  # fmt: skip
    second.post(do, {"do": "take", "over": "yes"})
    second.post(do, {"do": "decline", "reason": " "})
    assert Question.objects.get().declined_at is None
    second.post(do, {"do": "decline", "reason": "Не о жилье"})
    assert Question.objects.get().decline_reason == "Не о жилье"
    shown = second.get(page).content.decode()
    assert "Не о жилье" in shown
    assert "Взять вопрос" not in shown
    queue = reverse("admin:outreach_question_changelist")
    assert NEW.text[:40] not in second.get(f"{queue}?state=waiting").content.decode()
    assert NEW.text[:40] in second.get(f"{queue}?state=declined").content.decode()
