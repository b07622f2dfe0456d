"""The work list: who sees it, its views, filters and search, by key and at a constant price."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import actor_of
from accounts.models import ContactLook
from requests_app import lifecycle
from requests_app.models import Request
from requests_app.statuses import Channel, Status
from tests.city_fixtures import NOON
from tests.requests_app.desk_cast import LIST, as_user, at

pytestmark = pytest.mark.django_db


def numbers_on(page) -> list[str]:
    return [row.item.number for row in page.context["rows"]]


@pytest.fixture
def many(make_request):
    """Return 120 requests whose promises end at the same moment."""
    first = make_request()
    fields = {
        f.attname: getattr(first, f.attname)
        for f in Request._meta.concrete_fields
        if f.name not in {"id", "number", "uid", "search"}
    }
    Request.objects.bulk_create(
        Request(**fields, number=f"26-9{place:05d}") for place in range(119)
    )
    return Request.objects.order_by("due_at", "id")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("operator", 200),
        ("chief", 200),
        ("admin_user", 200),
        ("editor", 403),
        ("clerk", 403),
    ],
)
def test_list_is_for_those_who_may_see_requests(request, who, status, make_request):
    make_request()
    assert as_user(request.getfixturevalue(who)).get(LIST).status_code == status


@pytest.mark.parametrize("who", ["resident", "company_user"])
def test_outsiders_do_not_reach_the_desk(request, who):
    assert as_user(request.getfixturevalue(who)).get(LIST).status_code == 302


def test_each_view_holds_its_requests(operator, make_request):
    items = {status: make_request(status=status, at=NOON) for status in Status.values}
    browser = as_user(operator)
    everything = {item.number for item in items.values()}
    assert set(numbers_on(browser.get(f"{LIST}?tab=all"))) == everything
    assert numbers_on(browser.get(f"{LIST}?tab=new")) == [items["new"].number]
    assert numbers_on(browser.get(f"{LIST}?tab=waiting")) == [items["needs_info"].number]
    assert numbers_on(browser.get(f"{LIST}?tab=done")) == [items["done"].number]
    over = {items["done"].number, items["closed"].number}
    assert set(numbers_on(browser.get(LIST))) == everything - over
    # A stopped clock breaks no promise.
    late = set(numbers_on(browser.get(f"{LIST}?tab=overdue")))
    assert late == everything - over - {items["needs_info"].number}
    mine = set(numbers_on(browser.get(f"{LIST}?tab=mine")))
    assert mine == {
        item.number for item in Request.objects.filter(assigned_to=operator) if item.is_open
    }


def test_most_pressing_comes_first(operator, make_request):
    later = make_request(at=NOON + timedelta(days=2))
    sooner = make_request(at=NOON)
    assert numbers_on(as_user(operator).get(LIST)) == [sooner.number, later.number]


def test_no_person_is_in_the_list(operator, make_request):
    make_request(description="Звонить после семи <script>alert(1)</script>")
    text = as_user(operator).get(f"{LIST}?tab=all").content.decode()
    for secret in ("Петрова", "resident@example.org", "9000000001", "после семи", "alert(1)"):
        assert secret not in text


def test_pages_by_key_hold_each_request_once_even_with_equal_due_times(operator, many):
    browser, seen, address = as_user(operator), [], LIST
    for _turn in range(5):
        page = browser.get(address)
        seen += numbers_on(page)
        address = page.context["older"]
        if not address:
            break
    assert seen == [item.number for item in many]
    back = browser.get(page.context["newer"])
    assert numbers_on(back) == seen[50:100]


def test_list_costs_the_same_for_ten_and_for_many_and_on_a_deep_page(operator, make_request, many):
    browser = as_user(operator)
    browser.get(LIST)
    many.filter(pk__in=many.values("pk")[10:]).update(status="closed", outcome="fixed")
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert len(numbers_on(browser.get(LIST))) == 10
    Request.objects.update(status="new", outcome="")
    with CaptureQueriesContext(connection) as full:
        page = browser.get(LIST)
    with CaptureQueriesContext(connection) as deep:
        browser.get(page.context["older"])
    assert len(few) == len(full) == len(deep) <= 16
    assert not [query for query in full if "COUNT(" in query["sql"].upper()]


def test_counts_stop_at_ninety_nine(operator, many):
    tabs = {tab["word"]: tab["count"] for tab in as_user(operator).get(LIST).context["tabs"]}
    assert "99+" in tabs.values()
    assert None in tabs.values()


@pytest.mark.parametrize("cursor", ["x", "W10", "'; drop", "%00", "WzAsMV0"])
def test_broken_cursor_leads_to_the_first_page(operator, make_request, cursor):
    make_request()
    assert as_user(operator).get(LIST, {"cursor": cursor}).status_code == 302


def test_filters_narrow(operator, chief, make_request, make_building, company, supplier):
    far = make_building(company=company, supplier=supplier, district="Заречный")
    leak = make_request(category="cw_leak", building=far.pk)
    riser = make_request(channel=Channel.PHONE, at=NOON + timedelta(days=3))
    lifecycle.assign(riser, to=chief.pk, by=actor_of(operator), at=NOON + timedelta(days=3))
    browser = as_user(operator)

    def found(**asked):
        return numbers_on(browser.get(LIST, {"tab": "all", **asked}))

    assert found(category="cw_leak") == [leak.number]
    assert found(category=leak.category.parent.slug) == [leak.number]
    assert found(district="Заречный") == [leak.number]
    assert found(emergency="on") == [leak.number]
    assert found(channel="phone") == [riser.number]
    assert found(operator=chief.pk) == [riser.number]
    assert found(operator="none") == [leak.number]
    assert found(since="2026-03-04") == [riser.number]
    assert found(until="2026-03-04") == [leak.number]
    assert set(found(executor="причал")) == {leak.number, riser.number}
    assert found(executor="7325000013") == []
    assert found(status=["accepted"]) == []
    assert "filter_form" in browser.get(LIST, {"filters": "1"}).context
    wrong = browser.get(LIST, {"category": "no-such", "since": "yesterday", "operator": "x"})
    assert wrong.status_code == 200
    assert set(wrong.context["filter_form"].errors) == {"category", "since", "operator"}


def test_search_by_number_opens_the_request(operator, make_request):
    item = make_request()
    browser = as_user(operator)
    for typed in (item.number, f" {item.number} ", f"№{int(item.number[3:])}"):
        answer = browser.post(at("search"), {"q": typed})
        if answer.url.startswith(at("change", item.pk)):
            continue
        # A bare sequence number means this year's, and the test's year may be another.
        assert typed.startswith("№")


def test_search_by_phone_in_any_spelling_keeps_it_out_of_addresses(operator, make_request):
    item = make_request()
    browser = as_user(operator)
    for typed in ("+7 900 000-00-01", "8 (900) 000 00 01", "89000000001"):
        answer = browser.post(at("search"), {"q": typed})
        assert "900" not in answer.url.replace(at("search"), "") or "9000000001" not in answer.url
        page = browser.get(answer.url)
        assert numbers_on(page) == [item.number]
        assert "9000000001" not in page.content.decode()
    # The list shows no contact, so nothing was looked at.
    assert not ContactLook.objects.exists()


def test_search_by_address_and_by_words(operator, make_request, make_building, company):
    here = make_building(company=company, street="ул. Гончарова", house="5")
    item = make_request(building=here.pk, description="Прорвало трубу в подвале")
    make_request(description="Не работает лифт")
    browser = as_user(operator)
    assert numbers_on(browser.get(LIST, {"q": "гончарова 5"})) == [item.number]
    assert numbers_on(browser.get(LIST, {"q": "трубы подвал"})) == [item.number]
    assert numbers_on(browser.get(LIST, {"q": "гончарова 5", "meant": "text"})) == []
    assert numbers_on(browser.get(LIST, {"q": "ничего такого"})) == []
    for hostile in ("' OR 1=1 --", "\x00", "<b>", "!!!", "🔥", "а" * 5000, "-", '"'):
        assert browser.get(LIST, {"q": hostile}).status_code == 200


def test_common_word_is_ranked_within_a_bounded_window(operator, many):
    page = as_user(operator).get(LIST, {"q": "батарея"})
    assert len(numbers_on(page)) == 50
    second = as_user(operator).get(page.context["older"])
    assert not set(numbers_on(page)) & set(numbers_on(second))


def test_search_finds_nothing_for_nobody(make_request, resident):
    make_request()
    assert as_user(resident).post(at("search"), {"q": "26-000001"}).status_code == 302
