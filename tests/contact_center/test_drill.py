"""The drill: a storm played in a portal of its own, from which nothing gets out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Operator, actor_of
from accounts.training import InDrill, real_only
from contact_center.drill import gate, playing, report, running, storm, watching
from contact_center.drill.marks import Count
from contact_center.models import Drill, DrillCall
from disclosure.open_data import snapshot
from disclosure.open_data.models import OpenDataFile
from notifications import delivery
from notifications.models import Message, Priority, State
from ratings import publishing
from requests_app import lifecycle
from requests_app.desk import ties
from requests_app.incidents import opening
from requests_app.lifecycle import Refused
from requests_app.models import Incident, IncidentKind, Request
from requests_app.statuses import OPEN, Outcome, Status
from tests.city_fixtures import NOON
from tests.requests_app.desk_cast import as_user

pytestmark = pytest.mark.django_db

PAGE = "/admin/drill/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def in_drill(settings) -> None:
    """Make this portal a drill, as DRILL=1 does."""
    settings.DRILL = True
    place = settings.MIDDLEWARE.index("contact_center.middleware.PrivatePages") + 1
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:place],
        "contact_center.drill.gate.DrillGate",
        *settings.MIDDLEWARE[place:],
    ]


@pytest.fixture
def town(categories, make_building, company, supplier) -> None:
    """Three streets of six houses each."""
    for street in ("ул. Длинная", "ул. Соседняя", "ул. Дальняя"):
        for house in range(1, 7 + (street == "ул. Длинная")):
            make_building(company=company, supplier=supplier, street=street, house=str(house))


@pytest.fixture
def head(chief) -> Operator:
    return actor_of(chief)


@pytest.fixture
def start(in_drill, town, head, operator):
    """Return a starter of drills: `start(speed=20, at=NOON)`."""

    def begin(*, speed: int = 20, at=NOON, crew=None) -> Drill:
        return running.start(speed=speed, crew=crew or [operator.pk], by=head, at=at)

    return begin


def play_until(drill: Drill, minute: float, *, since: float = 0, act=None) -> None:
    """Let the storm's time pass minute by minute; `act` works after each."""
    moments = [since + step for step in range(int(minute - since) + 1)]
    for passed in dict.fromkeys([*moments, minute]):
        playing.play(at=drill.moment(passed))
        if act:
            act(drill.moment(passed))


# --- what a drill refuses ------------------------------------------------------------------------


def test_in_a_drill_no_letter_is_handed_over_or_sent(start, settings):
    drill = start()
    play_until(drill, 6)
    message = Message.objects.filter(state=State.QUEUED).first()
    for priority in Priority:
        with pytest.raises(InDrill):
            delivery.take(size=10, at=NOON + timedelta(days=1), priority=priority)
    Message.objects.filter(pk=message.pk).update(state=State.LEASED)
    with pytest.raises(InDrill):
        delivery.deliver(message.pk, at=NOON)
    with pytest.raises(CommandError, match="drill"):
        call_command("relay")
    assert not Message.objects.filter(state=State.SENT).exists()


def test_in_a_drill_nothing_is_published(in_drill, head):
    with pytest.raises(InDrill):
        snapshot.make(at=NOON)
    assert not OpenDataFile.objects.exists()
    with pytest.raises(InDrill):
        publishing.publish(1, by=head, at=NOON)


def test_the_real_portal_refuses_nothing(settings):
    assert not settings.DRILL
    real_only("a letter")


def test_no_storm_is_started_stopped_or_played_on_the_real_portal(town, head, operator, chief):
    with pytest.raises(running.NotADrill):
        running.start(speed=20, crew=[operator.pk], by=head, at=NOON)
    with pytest.raises(running.NotADrill):
        playing.play(at=NOON)
    with pytest.raises(running.NotADrill):
        running.put_away(by=head, at=NOON)
    with pytest.raises(CommandError, match="make drill"):
        call_command("play_drill")
    browser = as_user(chief)
    assert browser.post(f"{PAGE}start/", {"speed": "20", "crew": operator.pk}).status_code == 404
    assert browser.get(f"{PAGE}1/report/").status_code == 404
    assert browser.post(f"{PAGE}1/stop/").status_code == 404
    assert not Drill.objects.exists()
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("path", "is_open"),
    [
        ("/admin/", True),
        ("/admin/requests_app/request/queue/", True),
        ("/admin/drill/", True),
        ("/admin/notifications/message/", True),
        ("/accounts/login/", True),
        ("/static/css/drill.css", True),
        ("/readyz", True),
        ("/requests/", False),
        ("/requests/new/", False),
        ("/outages/", False),
        ("/open-data/", False),
        ("/ratings/2026-03/results.csv", False),
        ("/cabinet/", False),
        ("/api/v1/requests/", False),
        ("/accounts/signup/", False),
        ("/accounts/login/code/", False),
        ("/admin/ratings/ratingsnapshot/", False),
        ("/admin/disclosure/building/", False),
        ("/admin/accounts/user/", False),
        ("/admin/notifications/message/act/", False),
        ("/nowhere/", False),
    ],
)
def test_a_drill_has_the_desk_and_nothing_for_the_world(path, is_open):
    assert gate.is_open(path) is is_open


def test_a_closed_page_says_why_and_the_first_page_leads_to_the_desk(in_drill, client, chief):
    answer = client.get("/requests/")
    assert answer.status_code == 404
    said = answer.content.decode()
    assert "В учебной тревоге такой страницы нет" in said
    assert "drill-banner" in said
    assert client.get("/").url == "/admin/"
    assert client.get("/api/v1/requests/", headers={"accept": "application/json"}).json()
    assert as_user(chief).get("/admin/ratings/ratingsnapshot/").status_code == 404


def test_every_page_carries_the_banner_in_a_drill_and_none_outside(client, operator, settings):
    def has_banner(browser, path: str) -> bool:
        return "drill-banner" in browser.get(path).content.decode()

    staff = as_user(operator)
    pages = (
        (client, "/accounts/login/"),
        (staff, "/admin/"),
        (staff, "/admin/requests_app/request/"),
    )
    assert not any(has_banner(*page) for page in pages)
    settings.DRILL = True
    assert all(has_banner(*page) for page in pages)


def test_signing_in_to_a_drill_is_by_password_alone(in_drill, client):
    said = client.get("/accounts/login/").content.decode()
    assert 'name="password"' in said
    assert "/accounts/login/code/" not in said
    assert "/accounts/signup/" not in said


# --- start and stop ------------------------------------------------------------------------------


def test_a_storm_chooses_its_streets_and_the_next_one_others(start, head):
    first = start()
    script = storm.read()
    assert first.calls.count() == len(script.calls)

    def streets_of(drill: Drill, name: str) -> set[str]:
        codes = [one.code for one in script.calls if one.place.startswith(f"{name}:")]
        rows = DrillCall.objects.filter(drill=drill, code__in=codes)
        return set(rows.values_list("building__street__name", flat=True))

    assert streets_of(first, "main") == {"ул. Длинная"}
    assert len(streets_of(first, "power")) == 1
    assert streets_of(first, "main") & streets_of(first, "power") == set()
    running.stop(first, by=head, at=NOON + MINUTE)
    second = start(at=NOON + 2 * MINUTE)
    assert streets_of(second, "main") != streets_of(first, "main")


def test_one_drill_plays_at_a_time(start, head, operator):
    drill = start()
    with pytest.raises(Refused, match="уже идёт"):
        start()
    with pytest.raises(IntegrityError), transaction.atomic():
        Drill.objects.create(speed=1, started_at=NOON)
    running.stop(drill, by=head, at=NOON + MINUTE)
    again = running.stop(drill, by=head, at=NOON + 5 * MINUTE)
    assert again.stopped_at == NOON + MINUTE


@pytest.mark.parametrize(("speed", "crew"), [(3, "operator"), (20, "resident"), (20, "")])
def test_a_drill_needs_a_known_speed_and_an_operator(start, speed, crew, operator, resident):
    people = {"operator": [operator.pk], "resident": [resident.pk], "": [0]}[crew]
    with pytest.raises(Refused):
        start(speed=speed, crew=people)
    assert not Drill.objects.exists()
    assert not DrillCall.objects.exists()


def test_a_city_without_houses_is_told_so(in_drill, head, operator):
    with pytest.raises(Refused, match="нет домов"):
        running.start(speed=20, crew=[operator.pk], by=head, at=NOON)


def test_stopping_puts_away_what_is_open_and_keeps_the_report(start, head, operator):
    drill = start()
    play_until(drill, 8)
    item = Request.objects.filter(category__slug="cw_none").first()
    lifecycle.move(item, Status.ACCEPTED, by=actor_of(operator), at=drill.moment(8.5))
    before = report.of(drill, at=drill.moment(9))
    drill = running.stop(drill, by=head, at=drill.moment(9))
    assert not Request.objects.filter(status__in=OPEN).exists()
    assert not Incident.objects.filter(ended_at=None).exists()
    assert report.of(drill, at=drill.moment(500)) == before


# --- the storm -----------------------------------------------------------------------------------


def test_calls_come_when_their_minute_does_and_never_twice(start):
    drill = start(speed=5)
    assert playing.play(at=NOON) == 1
    assert playing.play(at=NOON) == 0
    # At ×5 the storm's fifth minute is one by the clock.
    assert playing.play(at=NOON + MINUTE) == 4
    assert Request.objects.count() == 5
    assert drill.minute(NOON + MINUTE) == 5


def test_limits_come_as_much_nearer_as_the_storm_is_faster(start, categories):
    drill = start(speed=20)
    play_until(drill, 12)
    item = Request.objects.filter(category__slug="ht_riser").first()
    assert item.due_at - item.registered_at == timedelta(days=1) / 20
    call = DrillCall.objects.get(number=item.number)
    assert (call.limit_minutes, call.clause) == (10, playing.CALL_BACK_CLAUSE)
    # A letter waits for the first limit of its norm: two hours to look at it.
    web = DrillCall.objects.get(code="main-5")
    assert (web.limit_minutes, web.turn) == (120, 0)


def test_limits_counted_anew_by_the_law_come_nearer_again_and_only_once(start, operator):
    drill = start(speed=20)
    play_until(drill, 7)
    by = actor_of(operator)
    wrong = Request.objects.get(number=DrillCall.objects.get(code="main-4").number)
    lifecycle.recategorise(wrong, category="cw_none", by=by, at=drill.moment(7.5))
    heat = Request.objects.get(number=DrillCall.objects.get(code="bulb").number)
    before = heat.due_at
    asked = lifecycle.Details(text="Какой этаж?")
    lifecycle.move(heat, Status.NEEDS_INFO, by=by, at=drill.moment(7.5), details=asked)
    play_until(drill, 12, since=8)
    wrong.refresh_from_db()
    assert wrong.due_at - wrong.registered_at == timedelta(hours=4) / 20
    assert wrong.inspect_by - wrong.registered_at == timedelta(hours=2) / 20
    promised = datetime.fromisoformat(wrong.promised["fix"]["by"])
    assert promised - wrong.registered_at == timedelta(hours=4) / 20
    heat.refresh_from_db()
    assert heat.status == Status.ACCEPTED
    # It stood for some minutes of the storm: seconds, not days.
    assert timedelta(0) <= heat.due_at - before < timedelta(minutes=1)


def test_whom_nobody_answers_calls_again_and_gets_angrier(start):
    drill = start()
    play_until(drill, 14.5)
    assert not DrillCall.objects.filter(turn=1, code="main-1").exists()
    play_until(drill, 40, since=15)
    turns = DrillCall.objects.filter(code="main-1").order_by("turn")
    assert [call.turn for call in turns] == [0, 1, 2]
    said = Request.objects.get(number=turns[2].number)
    assert said.description == storm.read().call("main-1").again[1]
    assert said.contact.phone == Request.objects.get(number=turns[0].number).contact.phone


def test_who_was_answered_does_not_call_again(start, operator):
    drill = start()
    play_until(drill, 6)
    first = DrillCall.objects.get(code="main-1", turn=0)
    item = Request.objects.get(number=first.number)
    lifecycle.comment(item, by=actor_of(operator), at=drill.moment(6.1), text="Бригада выехала")
    play_until(drill, 40, since=6.5)
    assert not DrillCall.objects.filter(code="main-1", turn=1).exists()


def test_a_question_is_answered_after_a_while(start, operator):
    drill = start()
    play_until(drill, 8)
    prank = Request.objects.get(number=DrillCall.objects.get(code="prank-1").number)
    lifecycle.move(
        prank,
        Status.NEEDS_INFO,
        by=actor_of(operator),
        at=drill.moment(8.5),
        details=lifecycle.Details(text="Какой крокодил?"),
    )
    play_until(drill, 9.5, since=9)
    prank.refresh_from_db()
    assert prank.status == Status.NEEDS_INFO
    play_until(drill, 11, since=10.5)
    prank.refresh_from_db()
    assert prank.status == Status.ACCEPTED
    assert prank.events.filter(text__contains="шутим").exists()


def test_the_storm_ends_by_itself_after_some_quiet(start):
    drill = start()
    play_until(drill, storm.read().minutes + playing.QUIET_MINUTES - 1)
    drill.refresh_from_db()
    assert drill.is_running
    playing.play(at=drill.moment(storm.read().minutes + playing.QUIET_MINUTES + 0.5))
    drill.refresh_from_db()
    assert not drill.is_running


class GoodOperator:
    """Does everything as the norms want it, emergencies first, within a minute of the storm."""

    def __init__(self, drill: Drill, by: Operator) -> None:
        self.drill, self.by = drill, by
        self.incidents: dict[str, int] = {}

    def __call__(self, at) -> None:
        calls = {call.number: call for call in self.drill.calls.exclude(number="")}
        waiting = [
            (item, calls[item.number].script)
            for item in Request.objects.filter(status=Status.NEW, number__in=calls)
            .select_related("category")
            .order_by("registered_at", "id")
        ]
        urgent = set(Request.objects.filter(category__emergency=True).values_list("pk", flat=True))
        waiting.sort(
            key=lambda pair: (
                not (
                    pair[0].pk in urgent
                    or pair[1].right_matter in ("gas_smell", "cw_leak", "el_none")
                )
            )
        )
        for item, script in waiting:
            self.handle(item, script, calls[item.number], at)

    def handle(self, item: Request, script, call: DrillCall, at) -> None:
        if script.is_prank:
            details = lifecycle.Details(text="Шутка", outcome=Outcome.NOT_CONFIRMED)
            lifecycle.move(item, Status.CLOSED, by=self.by, at=at, details=details)
            return
        if script.same_as:
            first = self.drill.calls.get(code=script.same_as, turn=0).number
            ties.merge(item, into=first, text="", by=self.by, at=at)
            return
        if script.really:
            item = lifecycle.recategorise(item, category=script.really, by=self.by, at=at)
        if script.fault:
            self.hang(item, script, at)
        lifecycle.move(item, Status.ACCEPTED, by=self.by, at=at)

    def hang(self, item: Request, script, at) -> None:
        if script.fault not in self.incidents:
            houses = self.drill.calls.filter(
                code__in=[one.code for one in storm.read().calls if one.fault == script.fault]
            ).values_list("building_id", flat=True)
            self.incidents[script.fault] = opening.open_incident(
                kind=IncidentKind.FAULT,
                utility="cold_water" if script.fault == "main" else "electricity",
                category=item.category_id,
                title="Авария",
                started_at=at,
                buildings=sorted(set(houses)),
                by=self.by,
                at=at,
            ).pk
        lifecycle.attach_to_incident(item, incident=self.incidents[script.fault], by=self.by, at=at)


def test_a_whole_storm_handled_well_has_no_bad_mark(start, operator):
    drill = start()
    play_until(drill, 25, act=GoodOperator(drill, actor_of(operator)))
    found = report.of(drill, at=drill.moment(25))
    wrong = [
        (one.call.key, mark.count) for one in found.calls for mark in one.marks if not mark.is_good
    ]
    assert wrong == []
    assert not DrillCall.objects.filter(turn__gt=0).exists()
    (sheet,) = found.sheets
    calls = len(storm.read().calls)
    assert (sheet.by, sheet.calls, sheet.share) == (operator.pk, calls, 1.0)
    assert sheet.marked[Count.IN_TIME] == calls
    assert sheet.marked[Count.PRANK] == 2
    assert sheet.marked[Count.JOINED] == 3
    assert sheet.marked[Count.MATTER] == 4
    assert sheet.waited is not None
    assert sheet.waited <= 1


def test_a_storm_that_nobody_handles_is_nobodys_and_late(start, operator):
    drill = start()
    play_until(drill, 45)
    found = report.of(drill, at=drill.moment(45))
    mine, nobodys = found.sheets
    assert (mine.by, mine.calls, mine.share) == (operator.pk, 0, None)
    assert nobodys.by is None
    assert nobodys.calls == len(storm.read().calls) + DrillCall.objects.filter(turn__gt=0).count()
    assert nobodys.share == 0


def test_marks_follow_what_each_operator_did(start, operator, chief):
    drill = start(crew=[operator.pk, chief.pk])
    play_until(drill, 8.5)
    bulb = Request.objects.get(number=DrillCall.objects.get(code="bulb").number)
    gas = Request.objects.get(number=DrillCall.objects.get(code="gas").number)
    lifecycle.assign(bulb, to=operator.pk, by=actor_of(operator), at=drill.moment(8.5))
    lifecycle.comment(bulb, by=actor_of(operator), at=drill.moment(9), text="Запишем")
    lifecycle.move(
        gas,
        Status.REDIRECTED,
        by=actor_of(chief),
        at=drill.moment(20),
        details=lifecycle.Details(
            text="Не наше", executor=lifecycle.NewExecutor(company=bulb.company_id)
        ),
    )
    calls = {one.call.key: one for one in report.of(drill, at=drill.moment(21)).calls}
    bulb_marks = {mark.count: mark.is_good for mark in calls["bulb/0"].marks}
    assert calls["bulb/0"].call.by == operator.pk
    assert bulb_marks == {Count.IN_TIME: True, Count.ORDER: False}
    gas_marks = {mark.count: mark.is_good for mark in calls["gas/0"].marks}
    assert calls["gas/0"].call.by == chief.pk
    assert gas_marks == {Count.IN_TIME: False, Count.MATTER: False}


def test_taking_a_request_and_notes_among_staff_are_no_answer(start, operator):
    drill = start()
    play_until(drill, 5)
    item = Request.objects.get(number=DrillCall.objects.get(code="main-1").number)
    by = actor_of(operator)
    lifecycle.assign(item, to=operator.pk, by=by, at=drill.moment(5.5))
    lifecycle.internal_note(item, by=by, at=drill.moment(5.6), text="Спросить у мастера")
    seen = {one.key: one for one in watching.seen(drill, at=drill.moment(6))}
    assert seen["main-1/0"].taken_by == operator.pk
    assert seen["main-1/0"].reacted_at is None


# --- pages ---------------------------------------------------------------------------------------


def test_only_the_head_sees_the_drill_and_the_button(operator, chief, settings):
    assert as_user(operator).get(PAGE).status_code == 403
    assert PAGE not in as_user(operator).get("/admin/").content.decode()
    browser = as_user(chief)
    assert PAGE in browser.get("/admin/").content.decode()
    assert "DRILL_URL" in browser.get(PAGE).content.decode()
    settings.DRILL_URL = "https://drill.example"
    assert 'href="https://drill.example/admin/drill/"' in browser.get(PAGE).content.decode()


def test_the_head_starts_watches_and_stops_a_storm(in_drill, town, operator, chief):
    browser = as_user(chief)
    said = browser.get(PAGE).content.decode()
    assert f'value="{operator.pk}"' in said
    answer = browser.post(f"{PAGE}start/", {"speed": "20", "crew": [operator.pk]}, follow=True)
    assert "Буря началась" in answer.content.decode()
    drill = Drill.objects.get()
    assert (drill.speed, list(drill.crew.all()), drill.started_by) == (20, [operator], chief)
    playing.play(at=timezone.now())
    assert "Поступило звонков: 1 из 27" in browser.get(PAGE).content.decode()
    assert "ещё никто не взял" in browser.get(f"{PAGE}{drill.pk}/report/").content.decode()
    answer = browser.post(f"{PAGE}{drill.pk}/stop/")
    assert answer.url == f"{PAGE}{drill.pk}/report/"
    assert operator.name in browser.get(answer.url).content.decode()
    assert answer.url in browser.get(PAGE).content.decode()


def test_a_bad_start_is_told_and_starts_nothing(in_drill, town, operator, chief):
    browser = as_user(chief)
    for values in ({}, {"speed": "x", "crew": "y"}, {"speed": "20", "crew": "9" * 30}):
        assert browser.post(f"{PAGE}start/", values).status_code == 302
    assert not Drill.objects.exists()
    assert as_user(operator).post(f"{PAGE}start/", {"speed": "20"}).status_code == 403
    assert browser.get(f"{PAGE}start/").status_code == 405
    assert browser.get(f"{PAGE}77/report/").status_code == 404


def test_the_report_asks_as_much_of_three_calls_as_of_thirty(start, chief, operator):
    drill = start()
    browser = as_user(chief)
    address = f"{PAGE}{drill.pk}/report/"

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(address).status_code == 200
        return len(asked)

    play_until(drill, 2)
    browser.get(address)
    few = queries()
    play_until(drill, 25, since=2.5, act=GoodOperator(drill, actor_of(operator)))
    assert queries() == few
    assert few <= 16
