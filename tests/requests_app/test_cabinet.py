"""The executor's cabinet: whose requests it shows, what is done with them, what it keeps back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actors import actor_of
from accounts.models import CompanyRepresentative, ContactLook, User
from notifications import rendering, said
from notifications.models import Message
from requests_app import lifecycle, tracking_code
from requests_app.lifecycle import Details, NewExecutor
from requests_app.models import EventKind, QueuePlace, Request, RequestEvent
from requests_app.statuses import Status
from tests.city_fixtures import SUPPLIER_INN, owner_of, rows_of

pytestmark = pytest.mark.django_db

LIST = "/cabinet/requests/"
HOUR = timedelta(hours=1)
PHONE = "000-00-01"


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def firm(company_user) -> Client:
    return of(company_user)


@pytest.fixture
def make(make_request):
    """Return a maker of requests of today, for pages ask the clock."""
    return lambda **fields: make_request(**{"at": timezone.now() - 20 * HOUR, **fields})


def local(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def do(client: Client, item: Request, verb: str, **fields):
    return client.post(
        f"{LIST}{item.number}/do/{verb}/", {"key": f"{verb}-1", "text": "", **fields}
    )


def letters_to(email: str) -> list[str]:
    return list(
        Message.objects.filter(recipient=email).order_by("id").values_list("event", flat=True)
    )


def test_a_representative_sees_the_requests_to_their_organisation_alone(
    make, firm, rival, operator, rival_company, client, neighbour
):
    mine = make()
    theirs = lifecycle.move(
        make(),
        Status.REDIRECTED,
        by=actor_of(operator),
        at=timezone.now(),
        details=Details(text="Дом соседей", executor=NewExecutor(company=rival_company.pk)),
    )
    page = firm.get(LIST)
    assert mine.number in page.text
    assert theirs.number not in page.text
    assert firm.get(f"{LIST}{mine.number}/").status_code == 200
    assert theirs.number in of(rival).get(LIST).text
    before = rows_of(theirs)
    at = local(timezone.now() + HOUR)
    for verb in ("accept", "write", "pass_on", "ask"):
        assert firm.get(f"{LIST}{theirs.number}/do/{verb}/").status_code == 404
        assert do(firm, theirs, verb, text="Моё", planned_at=at).status_code == 404
    assert firm.get(f"{LIST}{theirs.number}/").status_code == 404
    assert firm.post(f"{LIST}{theirs.number}/contact/").status_code == 404
    assert rows_of(theirs) == before
    assert of(neighbour).get(LIST).status_code == 404
    assert of(operator).get(LIST).status_code == 404
    assert client.get(LIST).status_code == 302


def test_who_speaks_for_a_supplier_is_led_to_requests_and_has_no_forms(supplier, make):
    user = User.objects.create_user("supplier@example.org", name="Диспетчер сетей")
    CompanyRepresentative.objects.create(user=user, inn=SUPPLIER_INN)
    item = make(category="ht_none")
    assert item.executor_inn == SUPPLIER_INN
    answer = of(user).get("/cabinet/", follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert item.number in answer.text
    assert supplier.short_name in answer.text
    assert "/houses/" not in answer.text


def test_the_list_is_parted_by_state_nearest_limit_first(make, firm):
    far, near = make(category="en_glass"), make()
    work = make(status="in_progress", at=timezone.now() - 40 * HOUR)
    waiting, done = make(status="needs_info"), make(status="done")
    shown = {
        "": [work, near, far, waiting],
        "new": [near, far],
        "work": [work],
        "overdue": [work],
        "waiting": [waiting],
        "done": [done],
        "nonsense": [work, near, far, waiting],
    }
    for state, expected in shown.items():
        text = firm.get(LIST, {"state": state}).text
        places = {item.number: text.find(item.number) for item in (far, near, work, waiting, done)}
        assert {number for number, at in places.items() if at >= 0} == {
            item.number for item in expected
        }, state
    text = firm.get(LIST).text
    assert text.index(work.number) < text.index(near.number) < text.index(far.number)
    assert firm.get(LIST, {"cursor": "nonsense"}).status_code == 302


def test_a_number_or_words_of_the_address_find_a_request(make, firm, make_building, company):
    other = make(building=make_building(company=company, street="пер. Молочный", house="17").pk)
    mine = make()
    for words in (other.number, "молочный", "пер Молочный 17", "МОЛОЧН"):
        text = firm.get(LIST, {"q": words}).text
        assert other.number in text, words
        assert mine.number not in text.replace(f'value="{words}"', ""), words
    for words in ("молочный 7", "zzzz", "'; drop", "(", "ул ("):
        assert other.number not in firm.get(LIST, {"q": words}).text, words
    # Nothing asked for finds everything.
    assert other.number in firm.get(LIST, {"q": "\x00 "}).text


def test_several_organisations_are_shown_together_and_apart(make, company_user, supplier, company):
    CompanyRepresentative.objects.create(user=company_user, inn=SUPPLIER_INN)
    mine, networks = make(), make(category="ht_none")
    client = of(company_user)
    assert mine.number in client.get(LIST).text
    assert networks.number in client.get(LIST).text
    apart = client.get(LIST, {"inn": SUPPLIER_INN}).text
    assert networks.number in apart
    assert mine.number not in apart
    # A foreign organisation asked for is no filter and no door.
    assert mine.number in client.get(LIST, {"inn": "7325000013"}).text


def test_the_list_costs_the_same_with_one_row_and_with_twenty(
    make, firm, django_assert_max_num_queries
):
    make()
    firm.get(LIST)
    with django_assert_max_num_queries(30) as once:
        firm.get(LIST)
    for _ in range(9):
        make()
    with django_assert_max_num_queries(len(once)):
        firm.get(LIST)


def test_accepting_names_the_time_in_one_letter(make, firm):
    item = make()
    planned = timezone.now() + 2 * HOUR
    before = len(letters_to("resident@example.org"))
    answer = do(firm, item, "accept", planned_at=local(planned))
    assert answer["Location"] == f"{LIST}{item.number}/"
    # The same press again.
    do(firm, item, "accept", planned_at=local(planned))
    item.refresh_from_db()
    assert item.status == Status.ACCEPTED
    assert local(item.planned_at) == local(planned)
    assert letters_to("resident@example.org")[before:] == ["request.accept"]
    context = Message.objects.filter(event="request.accept").get().context
    assert "Запланировано на" in said.in_words(context)["news"]
    assert "Запланировано на" in firm.get(f"{LIST}{item.number}/").text


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (-HOUR, "прошло"),
        (timedelta(days=400), "больше чем через год"),
        (timedelta(days=9), "Напишите"),
    ],
)
def test_a_time_that_cannot_be_accepts_nothing(make, firm, when, said):
    item = make()
    before = rows_of(item)
    answer = do(firm, item, "accept", planned_at=local(timezone.now() + when))
    assert answer.status_code == 422
    assert said in answer.text
    assert rows_of(item) == before
    assert do(firm, item, "accept").status_code == 422


def test_a_late_time_needs_a_word_and_the_limit_stays(make, firm):
    item = make()
    late = local(item.due_at + 30 * HOUR)
    do(firm, item, "accept", planned_at=late, text="Ждём насос, привезут в среду")
    after = Request.objects.get(pk=item.pk)
    assert (after.status, after.due_at) == (Status.ACCEPTED, item.due_at)
    event = RequestEvent.objects.filter(request=item, step="accept").get()
    assert event.data["is_late"]
    assert event.text == "Ждём насос, привезут в среду"


def test_only_taking_the_work_on_names_a_time(make, company_user):
    item = make()
    before = rows_of(item)
    with pytest.raises(lifecycle.Refused) as refused:
        lifecycle.move(
            item,
            Status.NEEDS_INFO,
            by=actor_of(company_user),
            at=timezone.now(),
            details=Details(text="Когда?", planned_at=timezone.now() + HOUR),
        )
    assert refused.value.code == "no_plan_here"
    assert rows_of(item) == before


def test_the_work_goes_its_way_from_the_card(make, firm):
    item = make(status="accepted")
    do(firm, item, "start")
    do(firm, item, "plan", planned_at=local(timezone.now() + HOUR))
    do(firm, item, "visit", visit_at=local(timezone.now() + HOUR), text="По телефону")
    do(firm, item, "ask", text="Какой код домофона?")
    item.refresh_from_db()
    assert (item.status, item.pause_reason) == (Status.NEEDS_INFO, "resident")
    page = firm.get(f"{LIST}{item.number}/").text
    assert "do/go_on/" in page
    assert "do/plan/" not in page
    do(firm, item, "go_on")
    item.refresh_from_db()
    assert (item.status, item.paused_at) == (Status.IN_PROGRESS, None)
    kinds = RequestEvent.objects.filter(request=item).values_list("kind", flat=True)
    assert {EventKind.PLANNED, EventKind.VISIT} <= set(kinds)


def test_what_the_clocks_wait_for_is_written_down_from_the_card(make, firm):
    leak = make(status="accepted", category="cw_leak", at=timezone.now() - 3 * HOUR)
    now = local(timezone.now())
    assert do(firm, leak, "harm", happened_at=now).status_code == 302
    weak = make(status="accepted", category="cw_pressure", at=timezone.now() - 3 * HOUR)
    assert do(firm, weak, "inspection", happened_at=now, found_fault="yes").status_code == 422
    assert (
        do(
            firm, weak, "inspection", happened_at=now, found_fault="yes", signer="Мастер Фёдоров"
        ).status_code
        == 302
    )
    assert do(firm, weak, "answer", text="Напор восстановлен").status_code == 302
    leak.refresh_from_db()
    weak.refresh_from_db()
    assert leak.reacted_at
    assert weak.inspected_at
    assert weak.answered_at
    page = firm.get(f"{LIST}{weak.number}/").text
    assert "do/answer/" not in page
    assert "Напор восстановлен" in page


def test_a_letter_to_the_executor_leads_to_the_card_and_carries_no_code(make, firm):
    item = make(status="accepted", category="cw_leak")
    lifecycle.comment(item, by=owner_of(item), at=timezone.now(), text="Капает сильнее")
    letter = Message.objects.get(event="executor.comment")
    text = rendering.render(letter).text
    assert f"{LIST}{item.number}/" in text
    assert (tracking_code.of(item) or "") not in text


def test_words_to_the_resident_stand_in_the_history_and_go_out_once(make, firm):
    item = make(status="in_progress")
    before = len(letters_to("resident@example.org"))
    for _ in range(2):
        do(firm, item, "write", text="Придём в 18:00")
    assert letters_to("resident@example.org")[before:] == ["request.comment"]
    assert "Придём в 18:00" in firm.get(f"{LIST}{item.number}/").text
    rows = rows_of(item)
    assert do(firm, item, "write", key="2").status_code == 422
    assert rows_of(item) == rows


def test_more_time_is_asked_only_where_the_law_knows_it(make, firm):
    repair = make(status="accepted")
    assert "do/more_time/" not in firm.get(f"{LIST}{repair.number}/").text
    before = rows_of(repair)
    until = timezone.localdate() + timedelta(days=20)
    assert do(firm, repair, "more_time", until=until, text="Нет труб").status_code == 422
    assert rows_of(repair) == before
    letter = make(is_appeal=True, category="en_glass")
    assert "do/more_time/" in firm.get(f"{LIST}{letter.number}/").text
    assert do(firm, letter, "more_time", until=until, text="Ждём смету").status_code == 302
    event = RequestEvent.objects.get(request=letter, kind=EventKind.ASKED_TIME)
    assert (event.data["until"], event.text) == (until.isoformat(), "Ждём смету")
    assert Request.objects.get(pk=letter.pk).answer_by == letter.answer_by


def test_asking_to_pass_on_waits_for_the_centre_until_it_decides(make, firm, operator):
    item = make(status="accepted")
    QueuePlace.objects.filter(request=item).update(is_unread=False, is_unanswered=False)
    assert do(firm, item, "pass_on").status_code == 422
    assert not QueuePlace.objects.get(request=item).is_unanswered
    do(firm, item, "pass_on", text="Это сети водоканала")
    place = QueuePlace.objects.get(request=item)
    assert (place.is_unread, place.is_unanswered, place.turn) == (True, True, 0)
    assert Request.objects.get(pk=item.pk).status == Status.ACCEPTED
    desk = f"/admin/requests_app/request/{item.pk}/change/"
    page = of(operator).get(desk)
    assert page.context["known"].asked.text == "Это сети водоканала"
    assert 'href="#step-redirect"' in page.text
    # A note for colleagues answers nobody.
    staff = actor_of(operator)
    lifecycle.internal_note(item, by=staff, at=timezone.now(), text="Уточню")
    assert of(operator).get(desk).context["known"].asked
    assert QueuePlace.objects.get(request=item).is_unanswered
    lifecycle.comment(item, by=staff, at=timezone.now(), text="Трубы ваши")
    assert not QueuePlace.objects.get(request=item).is_unanswered
    assert of(operator).get(desk).context["known"].asked is None


def test_passed_on_the_request_forgets_the_time_that_the_first_one_named(
    make, firm, operator, rival_company
):
    item = make()
    do(firm, item, "accept", planned_at=local(timezone.now() + HOUR))
    item.refresh_from_db()
    assert item.planned_at
    moved = lifecycle.move(
        item,
        Status.REDIRECTED,
        by=actor_of(operator),
        at=timezone.now(),
        details=Details(text="Не их", executor=NewExecutor(company=rival_company.pk)),
    )
    assert moved.planned_at is None
    assert moved.due_at == item.due_at


def test_the_phone_is_shown_only_for_the_work_and_each_look_is_kept(make, firm, company_user):
    item = make()
    card, contact = f"{LIST}{item.number}/", f"{LIST}{item.number}/contact/"
    assert "когда вы примете" in firm.get(card).text
    assert firm.post(contact).status_code == 404
    assert not ContactLook.objects.exists()
    item = make(status="in_progress")
    card, contact = f"{LIST}{item.number}/", f"{LIST}{item.number}/contact/"
    assert PHONE not in firm.get(card).text
    answer = firm.post(contact)
    assert PHONE in answer.text
    assert "Анна Петрова" in answer.text
    assert "resident@example.org" not in answer.text
    look = ContactLook.objects.get()
    assert (look.subject, look.looked_by) == (f"request:{item.pk}", company_user)
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    over = make(status="done")
    assert firm.post(f"{LIST}{over.number}/contact/").status_code == 404
    assert ContactLook.objects.count() == 1


def test_an_executor_who_lost_the_request_meanwhile_changes_nothing(
    make, firm, operator, rival_company
):
    item = make(status="accepted")
    assert firm.get(f"{LIST}{item.number}/do/start/").status_code == 200
    lifecycle.move(
        item,
        Status.REDIRECTED,
        by=actor_of(operator),
        at=timezone.now(),
        details=Details(text="Не их", executor=NewExecutor(company=rival_company.pk)),
    )
    before = rows_of(item)
    assert do(firm, item, "start").status_code == 404
    assert rows_of(item) == before


def test_a_verb_whose_time_is_over_leads_back_and_does_nothing(make, firm):
    item = make(status="done")
    assert firm.get(f"{LIST}{item.number}/do/start/").status_code == 302
    before = rows_of(item)
    assert do(firm, item, "accept", planned_at=local(timezone.now() + HOUR)).status_code == 422
    assert rows_of(item) == before
    assert firm.get(f"{LIST}{item.number}/do/nonsense/").status_code == 404


def test_the_resident_reads_what_the_executor_named(make, firm):
    item = make()
    do(firm, item, "accept", planned_at=local(timezone.now() + HOUR))
    client = Client()
    client.force_login(User.objects.get(pk=owner_of(item).id))
    assert "Запланировано на" in client.get(f"/requests/{item.number}/").text
