"""The hotline's pages: the card at the desk, call-backs for everybody, help by situation."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now

from accounts.models import ContactLook, User
from outreach.hotline import call_backs, hours
from outreach.models import Call, CallBack, HotlineHours, Outcome
from outreach.what_now import SITUATIONS
from requests_app import intake
from requests_app.models import Request
from requests_app.statuses import Channel
from tests.city_fixtures import ORDINARY

PHONE = "+79000000001"
SECRETS = (PHONE, "000-00-01", "Аристарх", "кв. 7731", "Секретный ответ")
ADD = "/admin/outreach/call/add/"
LIST = "/admin/outreach/call/"
DUE = "/admin/outreach/callback/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, operator) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def line(db) -> None:
    for weekday in range(7):
        HotlineHours.objects.create(
            weekday=weekday, opens=time(0), closes=time(23, 59), first_day=date(2020, 1, 1)
        )


def open_card(desk: Client, phone: str = PHONE) -> Call:
    page = desk.get(ADD)
    values = {name: page.context[name] for name in ("opened", "key")}
    answer = desk.post(ADD, {"phone": phone, **values})
    assert answer.status_code == 302, answer.content.decode()
    return Call.objects.latest("pk")


def card(call: Call) -> str:
    return f"/admin/outreach/call/{call.pk}/change/"


def written(**changed) -> dict:
    return {
        "phone": PHONE, "name": "Аристарх", "asked": "Двойной счёт", "answer": "Секретный ответ",
        "topic": "bills", "note": "кв. 7731", "outcome": "answered", "do": "finish", **changed,
    }  # fmt: skip


class TestCard:
    def test_the_clock_runs_from_the_ringing_by_the_servers_time(self, desk):
        page = desk.get(ADD)
        before = now()
        desk.post(ADD, {"phone": "", "opened": page.context["opened"], "key": "k"})
        assert Call.objects.get().started_at <= before

    def test_a_forged_or_old_moment_counts_from_now(self, desk, monkeypatch):
        before = now()
        desk.post(ADD, {"phone": "", "opened": "1600000000:forged", "key": "k"})
        assert Call.objects.get().started_at >= before

    def test_a_number_that_is_none_is_refused_with_the_words_beside_it(self, desk):
        answer = desk.post(ADD, {"phone": "скрыт", "opened": "", "key": "k"})
        assert answer.status_code == 422
        assert "Это не номер телефона" in answer.content.decode()
        assert not Call.objects.exists()

    def test_get_opens_no_card(self, desk):
        desk.get(ADD)
        assert not Call.objects.exists()

    def test_who_calls_is_told_by_post_and_the_look_is_noted(self, desk, resident, new_request):
        User.objects.filter(pk=resident.pk).update(phone=PHONE, name="Анна Известная")
        call = open_card(desk)
        page = desk.get(card(call))
        assert "Анна Известная" not in page.content.decode()
        assert not ContactLook.objects.exists()
        part = desk.post(f"/admin/outreach/call/{call.pk}/caller/", {"phone": "8 900 000-00-01"})
        assert "Анна Известная" in part.content.decode()
        assert ContactLook.objects.filter(subject=f"user:{resident.pk}").count() == 1

    def test_earlier_requests_and_calls_of_the_number_are_told(self, desk, new_request, operator):
        from accounts.actors import Operator

        by = Operator(id=operator.pk, sees_contacts=True, is_admin=False)
        contact = intake.Contact(name="Анна", email="", phone=PHONE)
        new = new_request(channel=Channel.PHONE, contact=contact)
        item = intake.file(new, by=by, at=now()).request
        first = open_card(desk)
        desk.post(card(first), written())
        part = desk.post(
            f"/admin/outreach/call/{open_card(desk).pk}/caller/", {"phone": PHONE}
        ).content.decode()
        assert item.number in part
        assert "Двойной счёт" in part

    @pytest.mark.parametrize("typed", ["", "скрыт", "\x00", "+7900\r\n0000001", "9" * 500])
    def test_no_number_tells_nobody(self, desk, typed):
        part = desk.post(f"/admin/outreach/call/{open_card(desk).pk}/caller/", {"phone": typed})
        assert part.status_code == 200
        assert not ContactLook.objects.exists()

    def test_guides_are_found_while_one_types(self, desk, guides):
        part = desk.get("/admin/outreach/call/guides/", {"asked": "холодные батареи"})
        assert guides["cold-flat"].summary in part.content.decode().replace("&quot;", '"')
        for asked in ("", "я", "\x00", "крокодил"):
            assert desk.get("/admin/outreach/call/guides/", {"asked": asked}).status_code == 200

    def test_without_a_script_the_guides_words_come_by_a_press(self, desk, guides):
        call = open_card(desk)
        guide = guides["cold-flat"]
        page = desk.post(card(call), written(do="look", guides=guide.pk, answer=""))
        call.refresh_from_db()
        assert (call.is_open, call.answer) == (True, guide.summary)
        assert page.status_code == 200

    def test_a_wrong_end_keeps_everything_that_was_typed(self, desk):
        call = open_card(desk)
        page = desk.post(card(call), written(topic=""))
        assert page.status_code == 422
        for typed in ("Двойной счёт", "Секретный ответ", "кв. 7731"):
            assert typed in page.content.decode()

    @pytest.mark.parametrize(
        "changed",
        [
            {"guides": "abc"}, {"guides": "9" * 40}, {"about": "x"}, {"topic": "\x00"},
            {"outcome": "nonsense"}, {"follow_up_days": "-1"}, {"answer": "я" * 200_000},
            {"phone": "+7900\r\n0000001"}, {"name": "\ud800".encode("utf-8", "surrogatepass")},
        ],
    )  # fmt: skip
    def test_hostile_values_are_refused_and_never_an_error(self, desk, changed):
        call = open_card(desk)
        assert desk.post(card(call), written(**changed)).status_code in (302, 422)

    def test_one_press_opens_the_intake_filled_in_and_ties_what_is_filed(
        self, desk, building, categories
    ):
        call = open_card(desk)
        answer = desk.post(card(call), written(do="request"))
        assert answer.url == f"/admin/outreach/call/{call.pk}/request/"
        page = desk.get(answer.url)
        form = page.context["form"]
        assert (form["phone"].value(), form["name"].value()) == (PHONE, "Аристарх")
        assert form["description"].value() == "Двойной счёт\nкв. 7731"
        filed = desk.post(
            answer.url,
            {
                "key": form["key"].value(), "phone": PHONE, "name": "Аристарх",
                "building": building.pk, "category": ORDINARY, "description": "Нет тепла",
                "consent": "on",
            },
        )  # fmt: skip
        assert filed.status_code == 302, filed.content.decode()
        call.refresh_from_db()
        assert call.request == Request.objects.get()
        assert (call.outcome, call.is_open) == (Outcome.REQUEST, False)

    def test_a_claim_about_an_earlier_request_leads_to_its_money(self, desk, new_request, operator):
        from accounts.actors import Operator

        by = Operator(id=operator.pk, sees_contacts=True, is_admin=False)
        item = intake.file(new_request(channel=Channel.PHONE), by=by, at=now()).request
        call = open_card(desk)
        answer = desk.post(card(call), written(outcome="claim", about=item.pk))
        assert answer.url == f"/requests/{item.number}/money/"

    def test_a_colleague_reads_an_open_card_but_does_not_write_it(self, desk, chief):
        call = open_card(desk)
        desk.force_login(chief)
        page = desk.get(card(call)).content.decode()
        assert 'name="asked"' not in page
        assert desk.post(card(call), written()).status_code == 422
        call.refresh_from_db()
        assert call.is_open
        assert desk.get(f"/admin/outreach/call/{call.pk}/request/").status_code == 404

    def test_what_was_said_is_shown_by_a_press_that_is_noted(self, desk):
        call = open_card(desk)
        desk.post(card(call), written())
        page = desk.get(card(call)).content.decode()
        assert not any(secret in page for secret in SECRETS)
        shown = desk.post(f"/admin/outreach/call/{call.pk}/contact/").content.decode()
        assert "кв. 7731" in shown
        assert ContactLook.objects.filter(subject=f"call:{call.pk}").count() == 1

    def test_the_list_names_no_caller_and_finds_by_the_whole_number(self, desk):
        call = open_card(desk)
        desk.post(card(call), written())
        page = desk.get(LIST).content.decode()
        assert not any(secret in page for secret in SECRETS)
        href = reverse("admin:outreach_call_change", args=[call.pk])
        assert href in desk.get(LIST, {"q": "8 (900) 000-00-01"}).content.decode()
        for typed in ("900", "Аристарх", "+79000000002"):
            assert href not in desk.get(LIST, {"q": typed}).content.decode()

    @pytest.mark.parametrize(
        "query",
        ["when=today", "when=week", "whose=mine", "whose=999", "whose=x", "follow_up=left",
         "follow_up=late", "follow_up=open", "outcome__exact=answered", "topic__exact=bills"],
    )  # fmt: skip
    def test_the_list_is_narrowed(self, desk, query):
        desk.post(card(open_card(desk)), written())
        assert desk.get(f"{LIST}?{query}").status_code == 200

    def test_the_list_asks_the_same_queries_for_more_calls(
        self, desk, operator, django_assert_max_num_queries
    ):
        started, counts = now(), set()
        for count in (2, 20):
            Call.objects.bulk_create(
                Call(operator=operator, started_at=started, ended_at=started, outcome="answered")
                for _ in range(count)
            )
            desk.get(LIST)
            with django_assert_max_num_queries(14) as asked:
                desk.get(LIST)
            counts.add(len(asked))
        assert len(counts) == 1

    def test_a_follow_up_is_done_by_one_press(self, desk):
        call = open_card(desk)
        desk.post(card(call), written(outcome="promised", follow_up="Спросить юриста"))
        desk.post(f"/admin/outreach/call/{call.pk}/done/")
        call.refresh_from_db()
        assert call.follow_up_done_at is not None

    def test_figures_are_the_chiefs(self, desk, chief):
        desk.post(card(open_card(desk)), written())
        assert desk.get("/admin/outreach/call/figures/").status_code == 403
        desk.force_login(chief)
        for weeks in ("", "1", "26", "999", "x"):
            page = desk.get("/admin/outreach/call/figures/", {"weeks": weeks})
            assert page.status_code == 200
            assert not any(secret in page.content.decode() for secret in SECRETS)


def form_values(page) -> dict[str, str]:
    return {"key": page.context["form"]["key"].value(), "day": str(page.context["day"])}


class TestCallBackPages:
    def book(self, client: Client, **changed):
        page = client.get("/consultations/call-back/")
        values = {
            "phone": "8 900 000-00-01", "topic": "bills", "consent": "on",
            "starts_at": page.context["quarters"][0]["value"], **form_values(page), **changed,
        }  # fmt: skip
        return client.post("/consultations/call-back/", values, follow=True)

    def test_a_call_is_booked_moved_and_cancelled_by_its_link(self, client, line):
        page = self.book(client, email="anna@example.org").content.decode()
        assert "Мы вам позвоним" in page
        assert "0001" in page
        assert "9000000001" not in re.sub(r"\D", "", page)
        made = CallBack.objects.get()
        link = reverse("outreach:call_back", args=[call_backs.token_of(made)])
        later = made.starts_at + timedelta(hours=2)
        client.post(f"{link}change/", {"starts_at": later.isoformat()})
        made.refresh_from_db()
        assert made.starts_at == later
        client.post(f"{link}change/", {"do": "cancel"})
        made.refresh_from_db()
        assert made.state == "cancelled"

    def test_a_taken_quarter_keeps_the_words_and_offers_the_others(self, client, line):
        start = hours.free_by_day(now())
        first = next(iter(start.values()))[0]
        CallBack.objects.create(
            starts_at=first, line=1, phone="+79000000002", topic="bills", made_at=now()
        )
        answer = self.book(client, starts_at=first.isoformat(), question="Двойной счёт")
        assert answer.status_code == 409
        assert "Двойной счёт" in answer.content.decode()
        assert CallBack.objects.count() == 1

    @pytest.mark.parametrize(
        "starts_at", ["", "x", "2026-02-30T10:00:00+00:00", "2026-01-01", "9" * 40, "\x00"]
    )
    def test_a_time_that_is_none_is_named(self, client, line, starts_at):
        answer = self.book(client, starts_at=starts_at)
        assert answer.status_code in (409, 422)
        assert not CallBack.objects.exists()

    @pytest.mark.parametrize("day", ["x", "2026-02-30", "1999-01-01", "\x00", "9" * 50])
    def test_a_day_that_is_none_shows_the_first_free_one(self, client, line, day):
        page = client.get("/consultations/call-back/", {"day": day})
        assert page.status_code == 200
        assert page.context["quarters"]

    def test_a_flood_from_one_address_is_stopped(self, client, line):
        for _ in range(call_backs.BOOKINGS_AN_HOUR):
            self.book(client, phone="")
        assert self.book(client).status_code == 429
        assert not CallBack.objects.exists()

    def test_without_hours_the_pages_say_so(self, client):
        assert "свободного времени нет" in client.get("/consultations/call-back/").content.decode()
        assert client.get("/consultations/").status_code == 200

    @pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "я" * 200])
    def test_a_forged_link_opens_nothing(self, client, token):
        assert client.get(f"/consultations/call-back/{token}/").status_code == 404
        assert client.post(f"/consultations/call-back/{token}/change/").status_code == 404

    def test_a_holiday_is_offered_to_nobody(self, client, line):
        offered = hours.free_by_day(
            datetime(2026, 12, 28, 8, tzinfo=timezone.get_current_timezone())
        )
        assert date(2026, 12, 30) in offered
        assert not {date(2027, 1, 1), date(2027, 1, 7)} & offered.keys()

    def test_the_due_list_opens_the_card_with_the_number(self, client, line, operator):
        self.book(client, question="Двойной счёт")
        client.force_login(operator)
        page = client.get(DUE).content.decode()
        assert "Двойной счёт" in page
        assert not any(secret in page for secret in SECRETS)
        made = CallBack.objects.get()
        answer = client.post(f"{DUE}{made.pk}/call/")
        call = Call.objects.get()
        assert answer.url == card(call)
        assert call.phone == PHONE
        assert ContactLook.objects.filter(subject=f"call-back:{made.pk}").count() == 1

    def test_who_comes_second_is_told_who_is_calling(self, client, line, operator, chief):
        self.book(client)
        made = CallBack.objects.get()
        client.force_login(operator)
        client.post(f"{DUE}{made.pk}/call/")
        client.force_login(chief)
        answer = client.post(f"{DUE}{made.pk}/call/", follow=True)
        assert "Уже звонит" in answer.content.decode()
        assert Call.objects.count() == 1

    def test_the_due_list_asks_the_same_queries_for_more(
        self, client, operator, django_assert_max_num_queries
    ):
        client.force_login(operator)
        counts = []
        for extra in (1, 20):
            for number in range(extra):
                CallBack.objects.create(
                    starts_at=now() + timedelta(minutes=15 * number), line=extra, phone=PHONE,
                    topic="bills", made_at=now(),
                )  # fmt: skip
            client.get(DUE)
            with django_assert_max_num_queries(12) as asked:
                client.get(DUE)
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestPublicPages:
    def test_nothing_of_a_call_is_ever_public(self, client, line, operator, guides):
        client.force_login(operator)
        for _ in range(30):
            call = open_card(client)
            client.post(card(call), written())
        client.logout()
        for address in ("/consultations/", "/help/", "/", "/questions/", "/guides/?q=счёт"):
            page = client.get(address).content.decode()
            assert not any(secret in page for secret in SECRETS), address

    def test_consultations_join_every_way_to_ask(self, client, line):
        page = client.get("/consultations/").content.decode()
        for href in ("/consultations/call-back/", "/questions/ask/", "/reception/", "/questions/"):
            assert f'"{href}"' in page

    def test_the_pages_ask_a_constant_number_of_queries(
        self, client, line, operator, guides, django_assert_max_num_queries
    ):
        counts: dict[str, set[int]] = {}
        for extra in (1, 40):
            started = now() - timedelta(days=1)
            Call.objects.bulk_create(
                Call(operator=operator, started_at=started, ended_at=started, outcome="answered")
                for _ in range(extra)
            )
            for address in ("/consultations/", "/consultations/call-back/", "/help/"):
                client.get(address)
                with django_assert_max_num_queries(8) as asked:
                    client.get(address)
                counts.setdefault(address, set()).add(len(asked))
        assert {address: len(found) for address, found in counts.items()} == dict.fromkeys(
            counts, 1
        )

    def test_each_situation_has_its_guides_and_leads_on(self, client, guides):
        missing = {slug for one in SITUATIONS for slug in one.guides} - guides.keys()
        assert missing == set()
        page = client.get("/help/").content.decode()
        for one in SITUATIONS:
            assert f'id="{one.code}"' in page
            assert guides[one.guides[0]].summary.split(".")[0] in page
            for way in one.ways:
                assert client.get(way.href).status_code == 200, way.href

    def test_help_survives_guides_that_are_taken_off_the_shelf(self, client, guides):
        type(guides["lift"]).objects.update(is_published=False)
        page = client.get("/help/")
        assert page.status_code == 200
        assert guides["pipe-burst"].title not in page.content.decode()

    def test_the_front_page_asks_what_has_happened(self, client):
        page = client.get("/").content.decode()
        for one in SITUATIONS:
            assert f'href="/help/#{one.code}"' in page
