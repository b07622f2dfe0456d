"""A request's page: buttons by the table, each step's needs, contact, notes, late saves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import actor_of
from accounts.models import ContactLook
from requests_app import lifecycle, steps
from requests_app.models import (
    Attachment,
    EventKind,
    Incident,
    IncidentBuilding,
    Presence,
    RefusedSave,
    Request,
)
from requests_app.statuses import Outcome, Status
from requests_app.steps import Need, Role
from tests.city_fixtures import EMERGENCY, NOON, RIVAL_INN, rows_of
from tests.requests_app.desk_cast import as_user, at

pytestmark = pytest.mark.django_db


def buttons_on(page) -> list[str]:
    return re.findall(r'data-step="(\w+)"', page.content.decode())


def page_of(user, item):
    return as_user(user).get(at("change", item.pk))


def step_values(step, item, **more):
    """Return what a form of the step sends when everything it needs is there."""
    values = {"step": step.name, "version": item.version, "text": ""}
    if Need.TEXT in step.needs:
        values["text"] = "Проверили с жителем"
    if Need.ACT in step.needs:
        values |= {"signed_on": "2026-03-02", "signer": "Мастер Фёдоров"}
    if Need.EXECUTOR in step.needs:
        values["executor_q"] = RIVAL_INN
    if Need.OUTCOME in step.needs:
        values |= {"outcome": Outcome.REFUSED, "clause": "ПП РФ № 491, п. 5"}
    return {**values, **more}


OPERATORS_STEPS = [step for step in steps.STEPS if Role.OPERATOR in step.by]


@pytest.mark.parametrize("status", Status.values)
def test_buttons_are_exactly_the_steps_of_the_table(operator, make_request, status):
    item = make_request(status=status)
    wanted = [step.name for step in steps.open_to(status, Role.OPERATOR)]
    assert sorted(buttons_on(page_of(operator, item))) == sorted(wanted)
    assert wanted


@pytest.mark.parametrize("step", OPERATORS_STEPS, ids=lambda step: f"{step.source}-{step.name}")
def test_each_button_makes_its_step(operator, make_request, step):
    item = make_request(status=step.source)
    answer = as_user(operator).post(at("move", item.pk), step_values(step, item))
    assert answer.status_code == 302
    item.refresh_from_db()
    assert item.status == step.target


@pytest.mark.parametrize(
    ("step", "missing"),
    [
        (step, name)
        for step in OPERATORS_STEPS
        for need, names in {
            Need.TEXT: ["text"],
            Need.ACT: ["signed_on", "signer"],
            Need.EXECUTOR: ["executor_q"],
            Need.OUTCOME: ["outcome", "clause"],
        }.items()
        if need in step.needs
        for name in names
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.source}-{value.name}",
)
def test_step_without_what_it_needs_writes_nothing(operator, make_request, step, missing):
    item = make_request(status=step.source)
    before = rows_of(item)
    page = as_user(operator).post(at("move", item.pk), step_values(step, item, **{missing: ""}))
    assert page.status_code == 422
    assert 'class="desk-field__error"' in page.content.decode()
    assert rows_of(item) == before


@pytest.mark.parametrize(("outcome", "field"), [("duplicate", "duplicate_of"), ("", "outcome")])
def test_refusal_is_told_beside_its_field(operator, make_request, outcome, field):
    item = make_request()
    (step,) = [s for s in steps.open_to("new", Role.OPERATOR) if s.name == "refuse"]
    page = as_user(operator).post(at("move", item.pk), step_values(step, item, outcome=outcome))
    (form,) = [one["form"] for one in page.context["steps"] if one["step"].name == "refuse"]
    assert field in form.errors


def test_step_that_is_not_open_is_refused(operator, make_request):
    item = make_request()
    before = rows_of(item)
    answer = as_user(operator).post(
        at("move", item.pk),
        {"step": "present_act", "version": 1, "signed_on": "2026-03-02", "signer": "Я"},
    )
    assert answer.status_code == 422
    assert rows_of(item) == before
    assert as_user(operator).post(at("move", item.pk), {"step": "nothing"}).status_code == 404


def test_twice_sent_form_makes_one_step(operator, make_request):
    item = make_request()
    values = {"step": "accept", "version": 1, "key": "k1"}
    for _turn in range(2):
        assert as_user(operator).post(at("move", item.pk), values).status_code == 302
    assert item.events.filter(step="accept").count() == 1


def test_ambiguous_organisation_is_asked_again(operator, make_request):
    item = make_request()
    (step,) = [s for s in steps.open_to("new", Role.OPERATOR) if s.name == "redirect"]
    page = as_user(operator).post(at("move", item.pk), step_values(step, item, executor_q="ООО"))
    assert page.status_code == 422
    text = page.content.decode()
    assert "Соседний двор" in text
    chosen = re.search(r'value="(company:\d+)"[^>]*> ?[^<]*Соседний', text).group(1)
    answer = as_user(operator).post(
        at("move", item.pk), step_values(step, item, executor=chosen, executor_q="ООО")
    )
    assert answer.status_code == 302
    item.refresh_from_db()
    assert item.executor_inn == RIVAL_INN


def test_act_with_its_scan(operator, make_request, a_scan):
    item = make_request(status="in_progress")
    answer = as_user(operator).post(
        at("move", item.pk),
        {
            "step": "present_act",
            "version": item.version,
            "signed_on": "2026-03-02",
            "signer": "Мастер Фёдоров",
            "scan": SimpleUploadedFile("act.png", a_scan, "image/png"),
        },
    )
    assert answer.status_code == 302
    act = item.acts.get()
    assert act.upload_id
    browser = as_user(operator)
    assert browser.get(at("file", item.pk, act.upload_id)).status_code == 200
    assert browser.get(at("thumbnail", item.pk, act.upload_id)).status_code == 200


def test_scan_that_is_no_picture_is_told(operator, make_request):
    item = make_request(status="in_progress")
    before = rows_of(item)
    page = as_user(operator).post(
        at("move", item.pk),
        {
            "step": "present_act",
            "version": item.version,
            "signed_on": "2026-03-02",
            "signer": "Мастер Фёдоров",
            "scan": SimpleUploadedFile("act.png", b"<svg onload=alert(1)>", "image/png"),
        },
    )
    assert page.status_code == 422
    assert rows_of(item) == before


def test_file_of_another_request_is_not_handed_out(operator, make_request, make_upload):
    upload = make_upload()
    item, other = make_request(uploads=(upload.pk,)), make_request()
    assert Attachment.objects.filter(request=item).exists()
    assert as_user(operator).get(at("file", other.pk, upload.pk)).status_code == 404


def test_late_save_writes_nothing_keeps_both_and_can_be_repeated(operator, chief, make_request):
    item = make_request()
    lifecycle.internal_note(item, by=actor_of(chief), at=NOON, text="Уже звоню им")
    before = rows_of(item)
    meant = {"step": "ask", "version": 1, "text": "Когда вы дома?", "key": "k"}
    page = as_user(operator).post(at("move", item.pk), meant)
    assert page.status_code == 409
    assert rows_of(item) == before
    text = page.content.decode()
    assert "Когда вы дома?" in text
    assert "Уже звоню им" in text
    kept = RefusedSave.objects.get()
    assert (kept.user, kept.attempted["text"]) == (operator, "Когда вы дома?")
    again = dict(page.context["repeated"]) | {"version": page.context["item"].version}
    assert as_user(operator).post(at("move", item.pk), again).status_code == 302
    item.refresh_from_db()
    assert item.status == Status.NEEDS_INFO


@pytest.mark.parametrize(
    ("name", "values"),
    [("assign", {"operator": ""}), ("recategorise", {"category": "en_door"})],
)
def test_late_assignment_and_matter_are_kept_too(operator, chief, make_request, name, values):
    item = make_request()
    lifecycle.internal_note(item, by=actor_of(chief), at=NOON, text="Уже звоню")
    before = rows_of(item)
    page = as_user(operator).post(at(name, item.pk), {"version": 1, **values})
    assert page.status_code == 409
    assert rows_of(item) == before
    assert RefusedSave.objects.count() == 1


def test_refused_saves_and_history_are_read_by_chiefs(operator, chief, make_request):
    item = make_request()
    lifecycle.internal_note(item, by=actor_of(chief), at=NOON, text="Уже звоню им")
    as_user(operator).post(at("move", item.pk), {"step": "accept", "version": 1})
    as_user(operator).post(at("move", item.pk), {"step": "accept", "version": 2})
    history = as_user(chief).get(at("history", item.pk))
    assert history.status_code == 200
    versions = history.context["versions"]
    assert versions[0]["who"] == "Вера Ильина"
    assert history.context["refused"]
    kept = RefusedSave.objects.get()
    for address in (
        "/admin/requests_app/refusedsave/",
        f"/admin/requests_app/refusedsave/{kept.pk}/change/",
    ):
        assert as_user(chief).get(address).status_code == 200
        assert as_user(operator).get(address).status_code == 403
    assert as_user(operator).get(at("history", item.pk)).status_code == 403


def test_contact_is_shown_only_after_a_noted_look(operator, make_request):
    item = make_request()
    browser = as_user(operator)
    page = browser.get(at("change", item.pk))
    for secret in ("resident@example.org", "Анна Петрова", "79000000001", "000-00-01"):
        assert secret not in page.content.decode()
    assert not ContactLook.objects.exists()
    assert browser.get(at("contact", item.pk)).status_code == 405
    shown = browser.post(at("contact", item.pk)).content.decode()
    assert "resident@example.org" in shown
    look = ContactLook.objects.get()
    assert (look.looked_by, look.subject) == (operator, f"request:{item.pk}")
    part = browser.post(at("contact", item.pk), headers={"HX-Request": "true"}).content.decode()
    assert "resident@example.org" in part
    assert "<html" not in part


def test_contact_without_the_right_is_not_to_be_found(make_request, clerk):
    from django.contrib.auth.models import Permission

    clerk.user_permissions.set(Permission.objects.filter(codename="view_request"))
    item = make_request()
    browser = as_user(clerk)
    assert browser.post(at("contact", item.pk)).status_code == 404
    assert not ContactLook.objects.exists()
    page = browser.get(at("change", item.pk))
    assert page.status_code == 200
    # Who may only read gets no form at all.
    assert buttons_on(page) == []
    assert "data-step" not in page.content.decode()


@pytest.mark.parametrize("name", ["move", "comment", "note", "assign", "recategorise", "incident"])
def test_who_may_only_read_changes_nothing(make_request, clerk, name):
    from django.contrib.auth.models import Permission

    clerk.user_permissions.set(Permission.objects.filter(codename="view_request"))
    item = make_request()
    before = rows_of(item)
    values = {"step": "accept", "version": 1, "text": "x", "category": "en_door"}
    assert as_user(clerk).post(at(name, item.pk), values).status_code == 403
    assert as_user(clerk).get(at(name, item.pk)).status_code in {403, 405}
    assert rows_of(item) == before


PAGES = ["change", "history", "filed"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["editor", "clerk"])
def test_staff_of_other_rooms_see_no_request(request, who, name, make_request):
    item = make_request()
    assert as_user(request.getfixturevalue(who)).get(at(name, item.pk)).status_code == 403


def test_unknown_request_is_not_found(operator, db):
    for address in (at("change", 10**9), at("move", 10**9)):
        assert as_user(operator).post(address).status_code in {404, 405}
    assert as_user(operator).get("/admin/requests_app/request/abc/change/").status_code == 404


def test_comment_and_note_are_different_things(operator, make_request):
    item = make_request()
    browser = as_user(operator)
    browser.post(at("comment", item.pk), {"text": "Мастер будет в шесть"})
    browser.post(at("note", item.pk), {"text": "Домофон 12к"})
    comment, note = item.events.filter(kind__in=[EventKind.COMMENT, EventKind.NOTE])
    assert (comment.public, note.public) == (True, False)
    text = browser.get(at("change", item.pk)).content.decode()
    assert "timeline__item--internal" in text
    for name in ("comment", "note"):
        assert browser.post(at(name, item.pk), {"text": " "}).status_code == 422


def test_comment_with_a_photo(operator, make_request, a_scan):
    item = make_request()
    as_user(operator).post(
        at("comment", item.pk),
        {"text": "Смотрите", "files": [SimpleUploadedFile("a.png", a_scan, "image/png")]},
    )
    assert item.attachments.count() == 1


def test_hostile_text_is_shown_as_text(operator, make_request):
    attack = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    item = make_request(description=attack)
    as_user(operator).post(at("comment", item.pk), {"text": attack})
    text = page_of(operator, item).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_assignment_and_matter(operator, chief, make_request):
    item = make_request()
    browser = as_user(operator)
    browser.post(at("assign", item.pk), {"operator": chief.pk, "version": 1})
    browser.post(at("recategorise", item.pk), {"category": "cw_leak", "version": 2})
    item.refresh_from_db()
    assert (item.assigned_to, item.category.slug, item.is_emergency) == (chief, "cw_leak", True)
    for name, values in (
        ("assign", {"operator": 10**9, "version": 3}),
        ("recategorise", {"category": "no-such", "version": 3}),
    ):
        assert browser.post(at(name, item.pk), values).status_code == 422


def test_one_click_hangs_a_request_on_an_incident(operator, make_request):
    item = make_request()
    incident = Incident.objects.create(
        kind="fault", category=item.category, title="Нет тепла в квартале", started_at=NOON
    )
    IncidentBuilding.objects.create(incident=incident, building=item.building)
    browser = as_user(operator)
    assert "Нет тепла в квартале" in browser.get(at("change", item.pk)).content.decode()
    browser.post(at("incident", item.pk), {"incident": incident.pk})
    item.refresh_from_db()
    assert item.incident == incident
    browser.post(at("incident", item.pk), {"incident": ""})
    item.refresh_from_db()
    assert item.incident is None
    browser.post(at("incident", item.pk), {"incident": 10**9})
    item.refresh_from_db()
    assert item.incident is None


def test_two_operators_are_told_of_each_other(operator, chief, make_request):
    item = make_request()
    assert as_user(operator).post(at("presence", item.pk)).json() == {"others": []}
    told = as_user(chief).post(at("presence", item.pk)).json()
    assert told == {"others": ["Вера Ильина"]}
    assert "Вера Ильина" in page_of(chief, item).context["others"]
    Presence.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert as_user(chief).post(at("presence", item.pk)).json() == {"others": []}
    assert as_user(chief).get(at("presence", item.pk)).status_code == 405
    assert Presence.objects.count() == 2


def test_page_says_who_will_hear_of_a_step(operator, make_request):
    from requests_app.models import RequestContact

    item = make_request()

    def said():
        return " ".join(
            words for one in page_of(operator, item).context["steps"] for words in one["told"]
        )

    assert "письмо" in said()
    RequestContact.objects.update(email="")
    assert "не оставил" in said()


def test_page_costs_the_same_with_a_busy_house_and_a_long_line(operator, make_request):
    item = make_request()
    browser = as_user(operator)
    browser.get(at("change", item.pk))
    with CaptureQueriesContext(connection) as quiet:
        browser.get(at("change", item.pk))
    for place in range(12):
        make_request(at=NOON + timedelta(minutes=place))
        lifecycle.internal_note(item, by=actor_of(operator), at=NOON, text=f"{place}")
    with CaptureQueriesContext(connection) as busy:
        page = browser.get(at("change", item.pk))
    assert len(page.context["known"].lines) == 13
    assert len(busy) == len(quiet) <= 32


def test_nobody_deletes(admin_user, make_request):
    item = make_request()
    browser = as_user(admin_user)
    assert browser.post(at("delete", item.pk), {"post": "yes"}).status_code == 403
    assert Request.objects.filter(pk=item.pk).exists()


def test_scan_of_a_late_act_is_not_sent_twice(operator, chief, make_request, a_scan):
    item = make_request(status="in_progress")
    seen = item.version
    lifecycle.internal_note(item, by=actor_of(chief), at=item.changed_at, text="Уже звоню")
    page = as_user(operator).post(
        at("move", item.pk),
        {
            "step": "present_act",
            "version": seen,
            "signed_on": "2026-03-02",
            "signer": "Мастер Фёдоров",
            "scan": SimpleUploadedFile("act.png", a_scan, "image/png"),
        },
    )
    assert page.status_code == 409
    assert not item.acts.exists()
    again = dict(page.context["repeated"]) | {"version": page.context["item"].version}
    assert as_user(operator).post(at("move", item.pk), again).status_code == 302
    assert item.acts.get().upload_id


def test_organisations_are_found_while_typing(operator, clerk, company, rival_company):
    browser = as_user(operator)
    found = browser.get(at("organisations"), {"executor_q": "соседний"}).content.decode()
    assert f'value="company:{rival_company.pk}"' in found
    assert f"company:{company.pk}" not in found
    for hostile in ("\x00", "%", "<b>x</b>", "а" * 5000, ""):
        page = browser.get(at("organisations"), {"executor_q": hostile})
        assert page.status_code == 200
        assert "<b>x" not in page.content.decode()
    assert as_user(clerk).get(at("organisations")).status_code == 403


def test_a_fault_that_came_back_names_its_last_repair(operator, make_request):
    first = make_request(status="done")
    again = make_request(at=first.done_at + timedelta(days=3))
    other = make_request(at=first.done_at + timedelta(days=3), category=EMERGENCY)
    said = page_of(operator, again).content.decode()
    assert "то же чинили здесь" in said
    assert first.number in said
    assert "то же чинили здесь" not in page_of(operator, other).content.decode()
