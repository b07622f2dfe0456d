"""Every page a person can reach, as each of them, on a phone and on a desk: fit for everybody."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from claims.legal_aid import loading
from claims.models import CaseEvent, CaseHearing, CaseParty, CourtCase
from disclosure.models import Building, ImportRun, ManagementCompany
from notifications.models import Message
from notifications.webhooks import health, signing, subscribing
from notifications.webhooks.catalogue import TYPES
from outreach.hotline import call_backs
from outreach.models import (
    Attendance,
    Booking,
    Call,
    CallBack,
    Host,
    HotlineHours,
    Meeting,
    OfficeHolder,
    Question,
    Seminar,
    SignUp,
    Slot,
    Tos,
    TosNews,
    TosProject,
)
from outreach.questions import asking
from outreach.reception.letters import token_of
from outreach.seminars import certificates
from outreach.seminars import letters as seminar_letters
from requests_app import tracking_code
from requests_app.models import (
    Category,
    Incident,
    IncidentBuilding,
    Norm,
    QualityCall,
    Request,
)
from tests.browser.waiting import until
from tests.live import LivePortal

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "preload": False,
    "resultTypes": ["violations"],
}
# What may differ at another width; names, roles and structure were judged at the first one.
WIDE_RULES = {
    "runOnly": {
        "type": "rule",
        "values": [
            *("color-contrast", "link-in-text-block", "target-size", "heading-order"),
            *("scrollable-region-focusable", "landmark-unique", "link-name", "button-name"),
        ],
    },
    "preload": False,
    "resultTypes": ["violations"],
}
# What Django's own admin breaks and only Django can mend: rule, and what marks the part of it.
DJANGO_BREAKS = {
    "empty-table-header": ("<th",),
    "label-title-only": ('id="searchbar"',),
    "aria-prohibited-attr": ("help-tooltip",),
    "scrollable-region-focusable": ("js-inline-admin-form",),
    "label": ("vDateField", "vTimeField", "-DELETE"),
    "aria-input-field-name": ("select2-",),
}
WIDTHS = (360, 1280)
# So tall that the phone's tab bar, which sticks to the lower edge, covers nothing.
TALL = 5_000
LONG = "Оченьдлинноесловобезпробелов" * 12 + " и обычные слова. " * 60

# A kit that is ready: the papers, what to do and when, and the votes to enter.
MEETING = (
    "/tos/meeting/?house={house}&purpose=council&form=mixed&notice_on=2026-03-01"
    "&starts_on=2026-03-12&starts_at=19:00&place=двор&ends_on=2026-03-26&hand_in=двор&agenda=council"
)
PUBLIC = (
    *("/", "/buildings/", "/buildings/?q=садовая", "/buildings/?q=zzzz", "/buildings/{house}/"),
    *("/buildings/{orphan}/", "/companies/", "/companies/?q=zzzz", "/companies/{inn}/"),
    *("/companies/?kind=company&sort=in_time", "/companies/map/", "/companies/compare/"),
    *("/companies/compare/?inn={inn}", "/companies/compare/?inn={inn}&q=zz"),
    *("/buildings/{house}/wrong/", "/companies/{inn}/wrong/"),
    *("/reception/", "/reception/?kind=mobile", "/reception/{host}/", "/reception/times/{time}/"),
    "/reception/bookings/{booking}/",
    *("/seminars/", "/seminars/?show=past", "/seminars/?topic=yard", "/seminars/{seminar}/"),
    *("/seminars/{seminar}/join/", "/seminars/{full}/join/", "/seminars/mine/{sign_up}/"),
    *("/seminars/mine/{attended}/", "/seminars/certificates/", "/seminars/certificates/?number=1"),
    *("/seminars/certificates/{certificate}/", "/seminars/figures/", "/calendar/"),
    *("/calendar/?view=list", "/calendar/?month=2001-02"),
    *("/help/", "/consultations/", "/consultations/call-back/"),
    "/consultations/call-back/{call_back}/",
    *("/tos/", "/tos/?district=zzzz", "/tos/{tos}/", "/tos/how-to/", "/tos/mine/?q=zzzz"),
    *("/tos/mine/?house={house}", "/tos/meeting/", "/tos/meeting/?house={house}&purpose=council"),
    *(MEETING, f"{MEETING}&total=100&present=60&q0-in_favour=40", "/tos/votes/"),
    *("/tos/votes/?total=100&present=60&q0-in_favour=40", "/tos/votes/?present=1"),
    "/tos/votes/table/",
    *("/questions/", "/questions/?q=zzzz", "/questions/ask/", "/questions/{question}/"),
    "/questions/mine/{own_question}/",
    *("/requests/", "/requests/?state=closed", "/requests/?district=zzzz", "/requests/consent/"),
    "/requests/offline/",
    *("/requests/track/", "/requests/new/", "/requests/new/?q=zzzz", "/requests/new/?q=садовая"),
    *("/requests/new/?building={house}", "/requests/mine/", "/accounts/login/"),
    *("/accounts/signup/", "/accounts/login/code/", "/accounts/password/reset/"),
    *("/dashboard/", "/dashboard/?month=zzzz", "/ratings/follow/", "/companies/{inn}/follow/"),
    "/recalculation/legal-aid/",
    *("/recalculation/won/", "/recalculation/won/?by=company", "/recalculation/won/rows/"),
    *("/dashboard/record/", "/feeds/"),
    *("/recalculation/?incident={over}", "/outages/{over}/", "/outages/{over}/money/"),
    "/outages/{over}/money/claim/",
    *("/no-such-page/", "/requests/00-000000/", "/notifications/unsubscribe/zzz/"),
)
RESIDENT = (
    *("/requests/mine/", "/requests/mine/?show=closed", "/requests/{new}/", "/requests/{late}/"),
    *("/requests/{needs_info}/", "/requests/{done}/", "/requests/{reopened}/"),
    *(
        "/requests/{fixed}/",
        "/requests/{fixed}/mark/",
        "/requests/{refused}/",
        "/requests/{duplicate}/",
    ),
    *("/requests/{withdrawn}/", "/requests/{new}/do/withdraw/", "/requests/{new}/do/comment/"),
    *("/requests/{needs_info}/do/answer/", "/requests/{done}/do/confirm/"),
    *("/requests/{done}/do/object/", "/accounts/profile/", "/accounts/notifications/"),
    *("/accounts/inbox/", "/accounts/inbox/?show=unread", "/accounts/follows/"),
    *("/accounts/webhooks/", "/accounts/webhooks/new/", "/accounts/3rdparty/"),
    *("/ratings/follow/", "/companies/{inn}/follow/"),
    *("/accounts/notifications/where/", "/court/", "/court/{court_case}/"),
    "/requests/{done}/money/",
    *("/accounts/email/", "/accounts/password/set/", "/accounts/2fa/"),
)
COMPANY = (
    *("/", "/requests/mine/", "/accounts/profile/", "/accounts/tokens/", "/requests/{done}/"),
    *("/cabinet/requests/", "/cabinet/requests/?state=done", "/cabinet/requests/?q=zzzz"),
    *("/cabinet/requests/{new}/", "/cabinet/requests/{late}/", "/cabinet/requests/{done}/"),
    *("/cabinet/requests/{new}/do/accept/", "/cabinet/requests/{late}/do/visit/"),
    *("/cabinet/requests/{late}/act/", "/cabinet/requests/{late}/act/scan/"),
    *("/cabinet/requests/{late}/link/", "/cabinet/requests/table/"),
    "/cabinet/requests/batches/",
    *("/cabinet/claims/", "/cabinet/claims/?state=granted&utility=gas"),
    *("/accounts/webhooks/", "/accounts/webhooks/{webhook}/"),
    *("/accounts/webhooks/{webhook}/edit/", "/accounts/webhooks/{webhook}/delete/"),
)
WORK = "/admin/requests_app/request/"
OPERATOR = (
    *("/admin/", WORK, f"{WORK}?tab=new", f"{WORK}?tab=overdue", f"{WORK}?tab=mine"),
    *(f"{WORK}?tab=all", f"{WORK}?q=zzzz", f"{WORK}?q=батарея", f"{WORK}add/"),
    *(WORK + "{new_id}/change/", WORK + "{needs_info_id}/change/", WORK + "{done_id}/change/"),
    *(f"{WORK}board/", f"{WORK}board/?day=2026-01-01"),
    *(f"{WORK}queue/", f"{WORK}queue/?view=everything", f"{WORK}?emergency=on"),
    *(WORK + "{reopened_id}/change/", WORK + "{refused_id}/change/"),
    *("/admin/requests_app/incident/", "/admin/requests_app/incident/{incident}/change/"),
    *("/admin/requests_app/norm/", "/admin/disclosure/building/"),
    *("/admin/requests_app/outsideletter/", "/admin/requests_app/outsideletter/?tab=declined"),
    "/admin/requests_app/outsideletter/upload/",
    *("/seminars/{seminar}/check-in/", "/seminars/{seminar}/check-in/sheet/"),
    *("/admin/outreach/signup/", "/admin/outreach/signup/{sign_up_id}/change/"),
    *("/admin/outreach/call/", "/admin/outreach/call/add/", "/admin/outreach/callback/"),
    *("/admin/outreach/call/{open_call}/change/", "/admin/outreach/call/{ended_call}/change/"),
    *("/admin/outreach/call/{open_call}/request/", "/court/", "/court/new/"),
)
CHIEF = (
    *("/admin/", "/admin/requests_app/category/", "/admin/requests_app/category/{matter}/change/"),
    *("/admin/requests_app/norm/{norm}/change/", "/admin/requests_app/incident/add/"),
    "/admin/requests_app/incident/{incident}/next/",
    *("/admin/requests_app/escalation/", "/admin/requests_app/escalationrule/"),
    *("/admin/requests_app/qualitycall/", "/admin/requests_app/qualitycall/{quality_call}/change/"),
    *("/dashboard/head/", f"{WORK}board/", "/admin/requests_app/suggestionmodel/"),
    "/admin/outreach/call/figures/",
    *("/admin/requests_app/answertemplate/", "/admin/requests_app/answertemplate/add/"),
    *("/admin/requests_app/request/{done_id}/history/", "/admin/accounts/contactlook/"),
    "/admin/drill/",
)
ADMIN = (
    *("/admin/", "/admin/requests_app/norm/add/", "/admin/requests_app/calendarday/"),
    *("/admin/requests_app/calendarday/add/", "/admin/requests_app/refusedsave/"),
    *("/admin/disclosure/managementcompany/", "/admin/disclosure/resourcesupplier/"),
    *("/admin/disclosure/managementcompany/{company}/change/", "/admin/disclosure/importrun/"),
    *("/admin/disclosure/importconflict/", "/admin/disclosure/opendataarchive/"),
    "/admin/requests_app/outsidematter/",
    *("/admin/disclosure/building/{house}/change/", "/admin/disclosure/managementperiod/"),
    *("/admin/disclosure/supplyperiod/", "/admin/notifications/message/"),
    "/admin/notifications/message/channels/",
    *("/admin/notifications/fanout/", "/admin/notifications/lettertext/"),
    "/admin/notifications/lettertext/letter/requests_app/mail/filed/ru/",
    *("/admin/notifications/message/{message}/change/", "/admin/accounts/user/"),
    *("/admin/accounts/user/{user}/change/", "/admin/accounts/apitoken/"),
    *("/admin/outreach/seminar/", "/admin/outreach/seminar/{seminar}/change/"),
    *("/admin/outreach/seminar/add/", "/admin/outreach/certificate/", "/admin/outreach/feedback/"),
    *("/admin/accounts/consent/", "/admin/mfa/authenticator/", "/admin/password_change/"),
)
TABLE = {
    "nobody": PUBLIC,
    "resident": RESIDENT,
    "company": COMPANY,
    "operator": OPERATOR,
    "chief": CHIEF,
    "admin": ADMIN,
}
# Refusals are pages as well; the browser itself tells the console of them.
REFUSALS = {
    "/tos/votes/?present=1",
    "/seminars/certificates/?number=1",
    "/no-such-page/",
    "/requests/00-000000/",
    "/notifications/unsubscribe/zzz/",
}

LOOK = """() => {
  const root = document.documentElement;
  const shown = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1;
  // WCAG 2.5.8 lets links within a sentence, and controls inside a larger label, be smaller.
  const spared = (e) => (e.tagName === "A" && getComputedStyle(e).display === "inline")
    || e.matches(".select2-hidden-accessible, label input, [aria-hidden=true]");
  const small = [...document.querySelectorAll(
      "a[href], button, input:not([type=hidden]), select, summary, textarea")]
    .filter((e) => shown(e) && !spared(e))
    .filter((e) => {
      const { width, height } = e.getBoundingClientRect();
      return Math.min(width, height) < 23.9;
    })
    .map((e) => e.outerHTML.slice(0, 90));
  return {
    aside: root.scrollWidth - root.clientWidth,
    heads: document.querySelectorAll("h1").length,
    title: document.title.trim(),
    small,
  };
}"""
WORDS = """() => [...document.querySelectorAll("main :is(h1, h2, h3), main a[href]")]
  .filter((e) => e.checkVisibility() && !e.closest("[data-map], .datetimeshortcuts, .add-row"))
  .map((e) => e.innerText.replace(/\\s+/g, " ").trim()).filter(Boolean)"""


# Only what is wrong comes back: the whole of axe's report is a hundred times longer.

JUDGE = """async (options) => (await axe.run(document, options)).violations
  .map(({ id, nodes }) => [id, nodes.map((node) => node.html)])"""


class Ear:
    """Hears what a page complains of and whom it asks."""

    def __init__(self, page: Page, home: str) -> None:
        self.heard: list[str] = []
        self.home = home
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("request", self._asked)

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.heard.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.heard.append(f"asked {request.url}")


def troubles_of(
    page: Page, ear: Ear, *, is_admin: bool, is_refusal: bool, rules: dict[str, Any] = RULES
) -> list[str]:
    """Return what is wrong with the page at the width it has now."""
    found = [f"console: {text}" for text in ear.heard if not (is_refusal and "status of 4" in text)]
    ear.heard.clear()
    seen = page.evaluate(LOOK)
    if seen["aside"] > 0:
        found.append(f"scrolls sideways by {seen['aside']} px")
    if seen["heads"] != 1:
        found.append(f"{seen['heads']} h1")
    if not seen["title"]:
        found.append("no title")
    found += [f"small target: {part}" for part in dict.fromkeys(seen["small"])]
    # A person scrolls what lies under the phone's bar into view; axe takes it for covered.
    page.evaluate(
        "() => document.querySelector('.tab-bar')?.style.setProperty('position', 'static')"
    )
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for rule, parts in page.evaluate(JUDGE, rules):
        marks = DJANGO_BREAKS.get(rule, ()) if is_admin else ()
        ours = [part[:90] for part in parts if not any(mark in part for mark in marks)]
        if ours:
            found.append(f"axe {rule}: {ours[:3]}")
    # What axe itself stumbles over is not the page's.
    page.evaluate("() => new Promise((done) => setTimeout(done, 30))")
    ear.heard.clear()
    return found


@pytest.fixture
def enter(chromium: Browser, live_portal: LivePortal) -> Iterator[Callable[..., BrowserContext]]:
    """Return a maker of contexts that are signed in as somebody."""
    contexts = []

    def enter(user: User | None = None, **options: Any) -> BrowserContext:
        context = chromium.new_context(
            **{
                "base_url": live_portal.url,
                "locale": "ru-RU",
                "viewport": {"width": 360, "height": TALL},
                **options,
            }
        )
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_portal.url}])
        return context

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def house(live_portal: LivePortal, building: Building) -> Building:
    return building


def school(now: datetime) -> dict[str, Any]:
    """Make a seminar with a free seat, a full one, and one that is over with its certificate."""
    made = {}
    for key, day, capacity in (("seminar", 2, 2), ("full", 3, 1), ("over", -3, 2)):
        starts = now + timedelta(days=day)
        made[key] = Seminar.objects.create(
            title=f"Как читать квитанцию {key}",
            topic="bills",
            about=LONG,
            speaker="Киселёв Артём Павлович",
            place="ул. Пристанская, д. 1, зал собраний",
            capacity=capacity,
            closes_at=starts - timedelta(hours=1),
            state="open",
            finished_at=now if day < 0 else None,
        )
        meeting = Meeting.objects.create(
            seminar=made[key], starts_at=starts, ends_at=starts + timedelta(hours=2)
        )
        row = SignUp.objects.create(
            seminar=made[key],
            seat=1,
            state="seated",
            code="K7M4Q2",
            name=LONG[:200],
            email="anna@example.org",
            made_at=now - timedelta(days=9),
        )
        made[f"{key}_row"] = row
        if day < 0:
            Attendance.objects.create(sign_up=row, meeting=meeting, at=starts)
    (paper,) = certificates.issue_due(made["over"], at=now)
    return {
        "seminar": made["seminar"].pk,
        "full": made["full"].pk,
        "sign_up": seminar_letters.token_of(made["seminar_row"]),
        "sign_up_id": made["seminar_row"].pk,
        "attended": seminar_letters.token_of(made["over_row"]),
        "certificate": paper.number,
    }


def _square() -> dict[str, Any]:
    lat, lon = settings.CITY.latitude, settings.CITY.longitude
    corners = [(0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01), (0, 0)]
    ring = [[round(lon + east, 6), round(lat + north, 6)] for east, north in corners]
    return {"type": "Polygon", "coordinates": [ring]}


def learning(now: datetime) -> dict[str, Any]:
    """Make a host with a free time and a booked one, and an answered question."""
    host = Host.objects.create(name="Киселёв Артём Павлович", post="Юрист", topics=LONG)
    free, held = (
        Slot.objects.create(
            host=host,
            during=DateTimeTZRange(now + timedelta(days=day), now + timedelta(days=day, hours=1)),
            kind="office",
            place="ул. Пристанская, д. 1, кабинет 7",
        )
        for day in (2, 3)
    )
    booked = Booking.objects.create(
        slot=held, name="Анна", email="anna@example.org", question=LONG, made_at=now
    )
    asked = Question.objects.create(
        topic="bills",
        text=LONG,
        email="anna@example.org",
        asked_at=now,
        answer_by=now,
        answered_at=now,
        answer=LONG,
        public_question="Как вернуть деньги за холодные батареи?",
        public_answer=LONG,
        published_at=now,
    )
    call_command("load_majorities", stdout=StringIO())
    tos = Tos.objects.create(
        name="ТОС «Соседи»", about=LONG, boundary=_square(), office="ул. Садовая, д. 1"
    )
    OfficeHolder.objects.create(
        tos=tos, name=LONG[:200], phone="+79005557733", email="anna@example.org",
        since=now.date(), consent_on=now.date(),
    )  # fmt: skip
    TosNews.objects.create(tos=tos, title=LONG[:200], text=LONG, published_on=now.date())
    TosProject.objects.create(tos=tos, title="Сквер", year=2026, amount_rub=1_000_000)
    return {
        "tos": tos.pk,
        "host": host.pk,
        "time": free.pk,
        "booking": token_of(booked),
        "question": asked.pk,
        "own_question": asking.token_of(asked),
    }


def consulting(now: datetime, operator: User) -> dict[str, Any]:
    """Open the hotline and make calls, one of them open, and a call-back."""
    for weekday in range(7):
        HotlineHours.objects.create(
            weekday=weekday, opens="08:00", closes="20:00", first_day=now.date()
        )
    ended = Call.objects.bulk_create(
        Call(
            operator=operator, started_at=now - timedelta(hours=hour), seconds=90, topic="bills",
            ended_at=now - timedelta(hours=hour), outcome="promised", asked=LONG[:500],
            follow_up=LONG[:300], follow_up_by=now, answer=LONG, note=LONG,
        )
        for hour in range(1, 40)
    )  # fmt: skip
    held = CallBack.objects.create(
        starts_at=now + timedelta(days=1), line=1, phone="+79000000001", topic="bills",
        question=LONG, made_at=now,
    )  # fmt: skip
    going = Call.objects.create(operator=operator, started_at=now, asked="холодные батареи")
    return {
        "call_back": call_backs.token_of(held),
        "open_call": going.pk,
        "ended_call": ended[0].pk,
    }


def told_elsewhere(now: datetime, company_user: User) -> int:
    """Subscribe the company's program, and let one call of it be taken and one not."""
    wanted = subscribing.Wanted(
        name=LONG[:100], url=f"https://example.org/{'in' * 90}", events=list(TYPES)
    )
    held, _secret = subscribing.subscribe(company_user, wanted, at=now)
    for state, status in (("sent", 200), ("dead", 500)):
        message = subscribing.send_test(held, at=now)
        error = "" if status == 200 else "the receiver answers 500"
        health.note(
            message, at=now, took_ms=312, status=status, answer=LONG[:900].encode(), error=error
        )
        Message.objects.filter(pk=message.pk).update(state=state, last_error=error)
    signing.rotate(held, overlap=timedelta(days=1), at=now)
    health.failed(held, at=now)
    return held.pk


def in_court(now: datetime, resident: User) -> dict[str, Any]:
    """Give the resident a case with a hearing ahead, parties and a story."""
    loading.load()
    case = CourtCase.objects.create(
        plaintiff=resident,
        status="in_court",
        subject=LONG[:500],
        court=LONG[:300],
        principal_rub=Decimal(1850),
        penalty_price_rub=Decimal(3000),
        penalty_from=now.date() - timedelta(days=9),
        opened_at=now,
        changed_at=now,
        filed_on=now.date(),
    )
    CaseParty.objects.create(case=case, role="plaintiff", name=LONG[:300])
    CaseEvent.objects.create(
        case=case, at=now, step="file", status="filed", author="lawyer", text=LONG
    )
    CaseHearing.objects.create(
        case=case,
        starts_at=now + timedelta(days=9),
        zone="Asia/Vladivostok",
        place=LONG[:300],
        changed_at=now,
    )
    return {"court_case": case.pk}


@pytest.fixture
def city(
    live_portal: LivePortal,
    house: Building,
    company: ManagementCompany,
    make_building: Callable[..., Building],
    make_request: Callable[..., Request],
    operator: User,
    resident: User,
    company_user: User,
) -> dict[str, Any]:
    """Make a small city with a request in every state; return what fills the table's gaps."""
    now = timezone.now()
    made = {
        "new": make_request(at=now, public=True, description=LONG),
        "late": make_request(status="in_progress", public=True),
        **{name: make_request(status=name) for name in ("needs_info", "reopened")},
        "done": make_request(status="done", public=True, at=now - timedelta(hours=5)),
        **{
            name: make_request(status="closed", outcome=name, public=True)
            for name in ("refused", "duplicate", "withdrawn")
        },
        # Of today, so that it may be marked.
        "fixed": make_request(
            status="closed", outcome="fixed", public=True, at=now - timedelta(days=1)
        ),
    }
    matter = Category.objects.get(slug="ht_riser")
    incident = Incident.objects.create(
        kind="fault",
        title="Нет отопления: повреждение на теплотрассе",
        utility="heating",
        category=matter,
        started_at=now - timedelta(hours=2),
        expected_end_at=now + timedelta(hours=6),
    )
    IncidentBuilding.objects.create(incident=incident, building=house)
    over = Incident.objects.create(
        kind="fault",
        title="Нет отопления: лопнул стояк",
        utility="heating",
        category=matter,
        started_at=now - timedelta(hours=70),
        ended_at=now - timedelta(hours=20),
        ending="over",
    )
    IncidentBuilding.objects.create(incident=over, building=house)
    ImportRun.objects.create(
        kind="buildings", file_name="дома.csv", started_at=now, finished_at=now, added=3
    )
    Building.objects.update(district="Нагорный")
    orphan = make_building(flats=1, district="Заречный", lat=None, lon=None)
    return {
        **{name: item.number for name, item in made.items()},
        **{f"{name}_id": item.pk for name, item in made.items()},
        "house": house.pk,
        "orphan": orphan.pk,
        "inn": company.inn,
        "company": company.pk,
        "incident": incident.pk,
        "over": over.pk,
        "matter": matter.pk,
        "norm": Norm.objects.filter(category=matter)[0].pk,
        "message": Message.objects.all()[0].pk,
        "user": operator.pk,
        **learning(now),
        **in_court(now, resident),
        **school(now),
        **consulting(now, operator),
        "webhook": told_elsewhere(now, company_user),
        "quality_call": QualityCall.objects.create(request=made["fixed"], drawn_on=now.date()).pk,
    }


@pytest.fixture
def cast(
    resident: User, company_user: User, operator: User, chief: User, admin_user: User
) -> dict[str, User | None]:
    return {
        "nobody": None,
        "resident": resident,
        "company": company_user,
        "operator": operator,
        "chief": chief,
        "admin": admin_user,
    }


@pytest.mark.parametrize("who", TABLE)
def test_every_page_is_fit_for_everybody(
    who: str, live_portal: LivePortal, enter, city: dict[str, Any], cast: dict[str, User | None]
):
    wrong: dict[str, list[str]] = {}
    page = enter(cast[who]).new_page()
    plain = enter(cast[who], java_script_enabled=False).new_page()
    ear = Ear(page, live_portal.url)
    for pattern in TABLE[who]:
        path = pattern.format(**city)
        is_refusal = path in REFUSALS
        page.set_viewport_size({"width": WIDTHS[0], "height": TALL})
        # What the page before still had to say is not this one's.
        page.goto("about:blank")
        ear.heard.clear()
        answer = page.goto(path)
        assert answer is not None
        found = [] if (answer.status == 200) != is_refusal else [f"status {answer.status}"]
        if page.locator("[data-map]").count():
            page.wait_for_selector("[data-map][data-ready]")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": TALL})
            found += [
                f"{width}: {trouble}"
                for trouble in troubles_of(
                    page,
                    ear,
                    is_admin=path.startswith("/admin/"),
                    is_refusal=is_refusal,
                    rules=RULES if width == WIDTHS[0] else WIDE_RULES,
                )
            ]
        plain.goto(path)
        said = " ".join(plain.locator("main").inner_text().split()).casefold()
        missing = [words for words in page.evaluate(WORDS) if words.casefold() not in said]
        found += [f"without scripts there is no «{words}»" for words in missing]
        if found:
            wrong[pattern] = found
    assert wrong == {}, json.dumps(wrong, ensure_ascii=False, indent=1)


@pytest.mark.parametrize("width", WIDTHS)
def test_opened_folds_of_a_webhook_are_fit_for_fingers(
    width: int, live_portal: LivePortal, enter, city: dict[str, Any], company_user: User
):
    page = enter(company_user, viewport={"width": width, "height": TALL}).new_page()
    ear = Ear(page, live_portal.url)
    page.goto(f"/accounts/webhooks/{city['webhook']}/")
    folds = page.locator("main summary")
    assert folds.count() == 4
    for fold in folds.all():
        fold.click()
    assert troubles_of(page, ear, is_admin=False, is_refusal=False) == []


def test_a_stranger_with_the_code_reads_every_outcome(live_portal: LivePortal, enter, make_request):
    page = enter().new_page()
    ear = Ear(page, live_portal.url)
    item = make_request(status="done", resident=None)
    page.goto(f"/requests/{item.number}/?code={tracking_code.of(item)}")
    assert troubles_of(page, ear, is_admin=False, is_refusal=False) == []
    page.emulate_media(media="print")
    expect(page.locator(".tab-bar")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def tab_to(page: Page, selector: str, *, presses: int = 90) -> None:
    """Press Tab until what `selector` names has the focus, as who has no mouse does."""
    for _press in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"{presses} times Tab do not reach {selector}")


def enter_key(page: Page) -> None:
    """Press Enter and wait for the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_request_is_filed_by_keys_alone(live_portal: LivePortal, enter, house: Building):
    page = enter(viewport={"width": 1280, "height": 900}).new_page()
    ear = Ear(page, live_portal.url)

    def fine(*, is_refusal: bool = False) -> None:
        page.wait_for_load_state("networkidle")
        assert troubles_of(page, ear, is_admin=False, is_refusal=is_refusal) == []

    page.goto("/requests/new/")
    tab_to(page, "#address")
    page.keyboard.type("садовая 1")
    enter_key(page)
    tab_to(page, f"#found a[href*='building={house.pk}']")
    enter_key(page)
    tab_to(page, "[name=flat]")
    fine()
    page.keyboard.type("12")
    enter_key(page)
    tab_to(page, "#matter")
    page.keyboard.type("холодная батарея")
    enter_key(page)
    tab_to(page, "#found button[value=ht_riser]")
    fine()
    enter_key(page)
    tab_to(page, "textarea")
    page.keyboard.type("Батарея холодная со вчерашнего вечера")
    tab_to(page, ".actions--thumb button")
    fine()
    enter_key(page)
    # Nothing filled in: the summary leads to the field by a link.
    tab_to(page, ".actions--thumb button")
    enter_key(page)
    tab_to(page, "[role=alert] a")
    fine(is_refusal=True)
    page.keyboard.press("Enter")
    tab_to(page, "[name=email]")
    page.keyboard.type("anna@home.example.org")
    tab_to(page, "[name=consent]")
    page.keyboard.press("Space")
    enter_key(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Всё верно?")
    tab_to(page, ".actions--thumb button, .actions .button--large")
    fine()
    enter_key(page)
    expect(page.locator("main")).to_contain_text("Заявка принята")
    fine()
    assert Request.objects.count() == 1


def test_a_request_is_accepted_at_the_desk_by_keys_alone(
    live_portal: LivePortal, enter, make_request, operator: User
):
    item = make_request(at=timezone.now())
    page = enter(operator, viewport={"width": 1280, "height": 900}).new_page()
    page.goto("/admin/")
    tab_to(page, ".desk-queue[href*='tab=new']")
    enter_key(page)
    tab_to(page, f"a[href*='/request/{item.pk}/change/']")
    enter_key(page)
    tab_to(page, "[data-step=accept] summary")
    page.keyboard.press("Enter")
    tab_to(page, "[data-step=accept] button[type=submit]", presses=12)
    page.keyboard.press("Enter")
    expect(page.locator("#content .chip").first).to_have_text("Принята", timeout=15_000)
    item.refresh_from_db()
    assert item.status == "accepted"


def test_a_point_says_what_it_is_and_a_moved_map_asks_for_what_is_in_view(
    live_portal: LivePortal, enter, make_request, house: Building
):
    item = make_request(public=True)
    page = enter(viewport={"width": 1280, "height": 900}).new_page()
    asked: list[str] = []

    def more_than_fits(route: Any) -> None:
        asked.append(route.request.url)
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "complete": False})

    page.route("**/points.geojson*", more_than_fits)
    page.goto("/requests/")
    page.wait_for_selector("[data-map][data-ready]")
    assert ["bbox" in address for address in asked] == [False]
    page.locator(".map__dot").click()
    words = page.locator(".leaflet-popup")
    expect(words).to_contain_text(item.category.name)
    expect(words.get_by_role("link")).to_have_attribute("href", house.get_absolute_url())
    with page.expect_request(lambda request: "bbox=" in request.url):
        page.locator(".leaflet-control-zoom-out").click()
    expect(words).to_be_visible()
    page.unroute_all(behavior="wait")
    # The list beside it says the same without the map.
    expect(page.locator("#requests .row__title")).to_have_text(item.category.name)


def test_a_photo_shows_how_it_goes_is_seen_and_taken_away(
    live_portal: LivePortal, enter, house: Building
):
    from tests.browser.test_story import photo

    page = enter(viewport={"width": 360, "height": 900}).new_page()
    page.goto(f"/requests/new/?building={house.pk}&category=ht_riser")
    page.locator("main").get_by_role("button", name="Дальше").last.click()
    page.wait_for_url("**/requests/new/words/")
    bar = page.locator("progress")
    expect(bar).to_be_hidden()
    # Hold the file on its way, or the bar is gone before anybody sees it.
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/requests/new/words/", hold)
    page.locator("input[type=file][multiple]").set_input_files([photo()])
    expect(bar).to_be_visible()
    end = time.monotonic() + 5
    while not held and time.monotonic() < end:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.unroute("**/requests/new/words/")
    picture = page.locator("#photos img")
    expect(picture).to_have_count(1)
    until(page, "document.querySelector('#photos img').naturalWidth > 0")
    page.locator("#photos [name=remove]").click()
    expect(picture).to_have_count(0)
    page.reload()
    expect(picture).to_have_count(0)


@pytest.fixture(autouse=True)
def _roles(live_portal: LivePortal) -> None:
    call_command("load_roles", verbosity=0)
