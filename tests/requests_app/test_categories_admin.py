"""Editors keep matters, norms and the calendar; a slip of theirs is told in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from requests_app import special_days
from requests_app.models import CalendarDay, Category, Norm
from tests.city_fixtures import NOON

NORMS = "/admin/requests_app/norm/"
MATTERS = "/admin/requests_app/category/"


@pytest.fixture
def desk(client, editor, settings):
    """Return the browser of an editor; the second factor is waived as in the demo."""
    settings.DEMO = True
    client.force_login(editor)
    return client


def norm_form(category: Category, **changes: object) -> dict[str, object]:
    """Return a filled form of a norm that nothing is wrong with."""
    return {
        "category": category.pk,
        "in_force_0": "01.09.2026",
        "in_force_1": "",
        "answers": "management_company",
        "fix_amount": 12,
        "fix_unit": "hours",
        "clause": "ПП РФ № 416, п. 13",
        "text": "За 12 часов.",
        "confidence": "likely",
        **changes,
    }


def errors(page) -> dict[str, list[str]]:
    return dict(page.context["adminform"].form.errors)


def test_the_tree_is_shown_whole_with_its_norms(desk, categories):
    page = desk.get(MATTERS)
    text = page.content.decode()
    assert page.context["title"] == "Темы"
    assert "— Холодная батарея или стояк" in text
    assert "устранить за 1 сутки" in text
    assert "осмотреть за 2 часа, устранить за 16 часов" in text


def test_lists_cost_the_same_however_long(desk, categories, django_assert_max_num_queries):
    for address in (MATTERS, NORMS):
        with django_assert_max_num_queries(14):
            desk.get(address)


@pytest.mark.parametrize("words", ["батарея", "ht_riser", "завоздушена"])
def test_a_matter_is_found_by_name_code_and_everyday_words(words, desk, categories):
    assert "Холодная батарея" in desk.get(MATTERS, {"q": words}).content.decode()


def test_closing_and_opening_leave_requests_alone(desk, categories, make_request):
    item = make_request()
    chosen = {"_selected_action": [item.category_id]}
    desk.post(MATTERS, {"action": "close", **chosen})
    category = Category.objects.get(pk=item.category_id)
    assert not category.is_open
    assert category.closed_at is not None
    item.refresh_from_db()
    assert item.status == "new"
    desk.post(MATTERS, {"action": "open_again", **chosen})
    category.refresh_from_db()
    assert (category.is_open, category.closed_at) == (True, None)


def test_the_page_of_a_matter_says_that_no_promise_moves(desk, categories):
    page = desk.get(reverse("admin:requests_app_category_change", args=[categories["ht_riser"].pk]))
    text = page.content.decode()
    assert "остаются обещанные норма, текст и срок" in text
    assert "с 01.01.2020" in text


def test_a_new_norm_closes_the_one_before_and_moves_no_promise(desk, categories, make_request):
    item = make_request()
    answer = desk.post(f"{NORMS}add/", norm_form(categories["ht_riser"]))
    assert answer.status_code == 302, errors(answer)
    periods = Norm.objects.filter(category=categories["ht_riser"]).order_by("in_force")
    turn = date(2026, 9, 1)
    assert [(p.in_force.lower, p.in_force.upper) for p in periods] == [
        (date(2020, 1, 1), turn),
        (turn, None),
    ]
    assert next(str(m) for m in get_messages(answer.wsgi_request)) == (
        "Прежняя норма теперь действует с 01.01.2020 по 31.08.2026."
    )
    old = (item.due_at, item.norm_text)
    item.refresh_from_db()
    assert (item.due_at, item.norm_text) == old
    assert make_request().due_at == NOON + timedelta(days=1)
    after = make_request(at=NOON + timedelta(days=200))
    assert after.due_at == NOON + timedelta(days=200, hours=12)


@pytest.mark.parametrize(
    ("first", "before"),
    [("01.01.2019", ""), ("01.01.2019", "01.01.2021"), ("01.01.2020", "")],
)
def test_overlapping_periods_are_refused_in_words(first, before, desk, categories):
    page = desk.post(
        f"{NORMS}add/",
        norm_form(categories["ht_riser"], in_force_0=first, in_force_1=before),
    )
    assert errors(page) == {
        "in_force": ["В эти дни уже действует другая норма: с 01.01.2020."],
    }
    assert Norm.objects.filter(category=categories["ht_riser"]).count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fix_unit": ""}, "fix_amount"),
        ({"fix_amount": ""}, "fix_amount"),
        ({"fix_amount": 0}, "fix_amount"),
        ({"fix_amount": "", "fix_unit": ""}, "fix_amount"),
        ({"fix_amount": -1}, "fix_amount"),
        ({"window_start": "08:00"}, "window_end"),
        ({"window_start": "23:00", "window_end": "08:00"}, "window_end"),
        ({"in_force_0": ""}, "in_force"),
        ({"in_force_0": "02.01.2027", "in_force_1": "01.01.2027"}, "in_force"),
        ({"text": ""}, "text"),
    ],
)
def test_a_faulty_norm_is_refused_beside_its_field(changes, field, desk, categories):
    page = desk.post(f"{NORMS}add/", norm_form(categories["ht_riser"], **changes))
    assert page.status_code == 200
    assert list(errors(page)) == [field]


def test_a_top_gets_no_norm(desk, categories):
    page = desk.post(f"{NORMS}add/", norm_form(categories["heating"]))
    assert errors(page) == {"category": ["Норма бывает у точной темы, а не у раздела."]}


def test_an_entered_day_off_counts_at_once(desk, categories):
    day = date(2026, 11, 25)
    assert special_days.calendar_of(2026).is_working(day)
    answer = desk.post(
        "/admin/requests_app/calendarday/add/",
        {"date": "25.11.2026", "kind": "holiday", "note": "Указ"},
    )
    assert answer.status_code == 302
    assert CalendarDay.objects.get().date == day
    assert not special_days.calendar_of(2026).is_working(day)
    special_days.forget()


@pytest.mark.parametrize("address", [MATTERS, NORMS, "/admin/requests_app/calendarday/"])
def test_an_operator_changes_none_of_it(address, client, operator, categories, settings):
    settings.DEMO = True
    client.force_login(operator)
    assert client.get(f"{address}add/").status_code == 403


def test_the_edit_of_an_editor_outlives_the_next_load(desk, categories):
    category = categories["ht_riser"]
    Category.objects.filter(pk=category.pk).update(hint="Свой текст")
    page = desk.get(MATTERS)
    row = page.context["cl"].result_list.get(pk=category.pk)
    assert page.context["cl"].model_admin.edited(row) is True
