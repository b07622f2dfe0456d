"""What comes in becomes a request whole, or is refused field by field and leaves no row."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.actors import Nobody, Resident, actor_of
from accounts.idempotency import KeyReused
from accounts.models import IdempotentCall
from disclosure.models import Building, ManagementPeriod
from notifications.models import Message
from requests_app import intake, tracking_code
from requests_app.intake import Contact, Invalid
from requests_app.models import Category, Incident, IncidentBuilding, Norm, Request
from requests_app.statuses import Status
from tests.city_fixtures import EMERGENCY, NOON, everything, rows_of

pytestmark = pytest.mark.django_db


def refused(new, *, by=None, at=NOON) -> dict[str, str]:
    """Return what is wrong with `new`, having made sure that nothing was written."""
    before = everything()
    with pytest.raises(Invalid) as invalid:
        intake.file(new, by=by or Nobody(), at=at, idempotency_key=str(uuid4()))
    assert everything() == before
    assert not IdempotentCall.objects.exists()
    assert intake.check(new, by=by or Nobody(), at=at) == invalid.value.errors
    return invalid.value.errors


# ------------------------------------------------------------------ in order


def test_a_request_carries_its_promise(new_request, company, categories):
    filed = intake.file(new_request(), by=Nobody(), at=NOON)
    item = filed.request
    norm = Norm.objects.get(category__slug="ht_riser")
    assert item.number.startswith("26-")
    assert (item.status, item.outcome, item.registered_at) == (Status.NEW, "", NOON)
    assert (item.company, item.executor_inn, item.executor_name) == (
        company,
        company.inn,
        "УК «Причал»",
    )
    assert item.executor_phone == company.dispatcher_phone
    assert (item.norm, item.norm_clause, item.norm_text) == (norm, norm.clause, norm.text)
    assert item.due_at == item.fix_by == NOON + timedelta(days=1)
    rows = rows_of(item)
    assert [row["kind"] for row in rows["events"]] == ["filed"]
    assert [row["pgh_label"] for row in rows["audit"]] == ["filed"]
    assert rows["contact"][0]["phone"] == "+79000000001"
    assert [row["recipient"] for row in rows["messages"]] == ["resident@example.org"]


def test_numbers_of_a_year_follow_each_other(new_request):
    numbers = [intake.file(new_request(), by=Nobody(), at=NOON).request.number for _ in range(3)]
    assert [int(n[3:]) for n in numbers] == [int(numbers[0][3:]) + k for k in range(3)]
    later = intake.file(new_request(), by=Nobody(), at=NOON + timedelta(days=365)).request
    assert later.number.startswith("27-")


def test_the_year_of_a_number_is_the_citys(new_request):
    # 21:00 UTC on the last of December is already January in the city.
    at = NOON.replace(month=12, day=31, hour=21)
    assert intake.file(new_request(), by=Nobody(), at=at).request.number.startswith("27-")


def test_the_norm_is_the_one_of_the_citys_day(new_request):
    norm = Norm.objects.get(category__slug="ht_riser")
    norm.in_force = DateRange(date(2020, 1, 1), date(2026, 3, 3))
    norm.save()
    late = NOON.replace(hour=21)  # the third of March in the city
    assert "category" in refused(new_request(), at=late)
    assert intake.file(new_request(), by=Nobody(), at=NOON.replace(hour=19)).request.norm == norm


def test_a_later_edit_moves_no_promise(new_request):
    item = intake.file(new_request(), by=Nobody(), at=NOON).request
    before = rows_of(item)
    Norm.objects.update(fix_amount=99, fix_unit="days", text="Иначе", clause="Иначе")
    ManagementPeriod.objects.all().delete()
    assert rows_of(item) == before


def test_who_answers_is_who_managed_the_house_that_day(
    new_request, make_building, company, rival_company
):
    house = make_building()
    turn = date(2026, 3, 3)
    for organisation, period in (
        (company, DateRange(date(2020, 1, 1), turn)),
        (rival_company, DateRange(turn, None)),
    ):
        ManagementPeriod.objects.create(building=house, company=organisation, during=period)
    new = new_request(building=house.pk)
    assert intake.file(new, by=Nobody(), at=NOON).request.company == company
    assert intake.file(new, by=Nobody(), at=NOON.replace(hour=21)).request.company == rival_company


def test_a_house_nobody_manages_still_files(new_request, make_building):
    item = intake.file(new_request(building=make_building().pk), by=Nobody(), at=NOON).request
    assert (item.company, item.supplier, item.executor_name, item.executor_inn) == (
        None,
        None,
        "",
        "",
    )


def test_a_supplier_nobody_entered_is_stood_in_for_by_the_company(
    new_request, make_building, company
):
    house = make_building(company=company)
    new = new_request(building=house.pk, category="ht_none")
    assert intake.file(new, by=Nobody(), at=NOON).request.company == company


def test_what_the_city_answers_for_stays_with_the_centre(new_request):
    item = intake.file(new_request(category="ct_pothole"), by=Nobody(), at=NOON).request
    assert (item.company, item.supplier) == (None, None)


def test_every_leaf_takes_a_request(new_request, categories):
    for slug, category in categories.items():
        if category.parent_id:
            item = intake.file(new_request(category=slug), by=Nobody(), at=NOON).request
            assert item.due_at >= NOON, slug
            assert item.norm_text, slug


def test_an_emergency_tells_the_dispatcher_at_once(new_request):
    intake.file(new_request(category=EMERGENCY), by=Nobody(), at=NOON)
    assert {m.recipient for m in Message.objects.all()} == {
        "resident@example.org",
        "dispatch@prichal.example.org",
    }


def test_phone_alone_is_enough_and_writes_no_letter(new_request):
    new = new_request(contact=Contact(phone="8 (900) 000-00-01"))
    item = intake.file(new, by=Nobody(), at=NOON).request
    assert item.contact.phone == "+79000000001"
    assert not Message.objects.exists()


def test_files_hang_on_the_first_line(new_request, make_upload):
    uploads = tuple(make_upload().pk for _ in range(10))
    item = intake.file(new_request(uploads=uploads), by=Nobody(), at=NOON).request
    assert [row["upload_id"] for row in rows_of(item)["files"]] == list(uploads)


def test_joining_an_incident_of_the_house(new_request, building, categories):
    incident = Incident.objects.create(
        kind="fault", category=categories["ht_none"], title="Авария", started_at=NOON
    )
    IncidentBuilding.objects.create(incident=incident, building=building)
    new = new_request(incident=incident.pk)
    assert intake.file(new, by=Nobody(), at=NOON).request.incident == incident
    Incident.objects.update(ended_at=NOON + timedelta(hours=1))
    assert "incident" in refused(new, at=NOON + timedelta(hours=2))


# ------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    "slug", ["", "nonsense", "heating", "ht_riser' OR 1=1", "\x00", "я" * 64, "HT_RISER"]
)
def test_a_matter_that_is_none_or_too_wide_is_refused(slug, new_request):
    assert list(refused(new_request(category=slug))) == ["category"]


def test_a_closed_matter_is_refused_and_so_is_one_below_a_closed_top(new_request):
    Category.objects.filter(slug="ht_riser").update(is_open=False)
    assert list(refused(new_request())) == ["category"]
    Category.objects.filter(slug="ht_riser").update(is_open=True)
    Category.objects.filter(slug="heating").update(is_open=False)
    assert list(refused(new_request())) == ["category"]


@pytest.mark.parametrize("house", [0, -1, 10**9, 2**62, 2**70])
def test_an_unknown_house_is_refused(house, new_request):
    assert list(refused(new_request(building=house))) == ["building"]


def test_a_closed_house_is_refused(new_request, building):
    Building.objects.update(is_open=False)
    assert list(refused(new_request())) == ["building"]


@pytest.mark.parametrize("incident", [0, 10**9, 2**70])
def test_an_unknown_incident_is_refused(incident, new_request):
    assert list(refused(new_request(incident=incident))) == ["incident"]


@pytest.mark.parametrize(
    "text", ["", "   \n\t ", "\x00\x01\x1f", "я" * 50_000, "я" * (intake.DESCRIPTION_MAX + 1)]
)
def test_an_empty_or_endless_text_is_refused(text, new_request):
    assert list(refused(new_request(description=text))) == ["description"]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Течёт 💧👩‍🔧 труба", "Течёт 💧👩‍🔧 труба"),
        ("Течёт\x00 труба\x07", "Течёт труба"),
        ("Первая\r\nвторая\rтретья", "Первая\nвторая\nтретья"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("я" * intake.DESCRIPTION_MAX, "я" * intake.DESCRIPTION_MAX),
        ("половина пары \ud83d знака", "половина пары  знака"),
    ],
)
def test_odd_text_is_stored_plain(text, stored, new_request):
    item = intake.file(new_request(description=text), by=Nobody(), at=NOON).request
    item.refresh_from_db()
    assert item.description == stored


@pytest.mark.parametrize(
    "email",
    [
        "резидент",
        "a@b",
        "a@b.c\r\nBcc: all@example.org",
        "a@example.org\nX-Spam: 1",
        "a@example.org, b@example.org",
        "<a@example.org>",
        "a@example.org\x00",
        "a" * 300 + "@example.org",
    ],
)
def test_an_address_that_is_none_or_smuggles_a_header_is_refused(email, new_request):
    found = refused(new_request(contact=Contact(email=email))) if email[-1] != "\x00" else None
    if found is None:
        # A zero byte is dropped like any control character; the address itself is whole.
        item = intake.file(new_request(contact=Contact(email=email)), by=Nobody(), at=NOON).request
        assert item.contact.email == "a@example.org"
    else:
        assert list(found) == ["contact.email"]


def test_a_name_keeps_no_line_break(new_request):
    new = new_request(contact=Contact(name="Анна\r\nBcc: x@y.z", email="a@example.org"))
    item = intake.file(new, by=Nobody(), at=NOON).request
    assert item.contact.name == "Анна Bcc: x@y.z"


@pytest.mark.parametrize(
    "phone", ["позвоните мне", "12345", "+7 900 ABC-00-01", "8900", "+7" + "9" * 20, "()"]
)
def test_a_phone_that_is_none_is_refused(phone, new_request):
    assert list(refused(new_request(contact=Contact(phone=phone)))) == ["contact.phone"]


def test_who_leaves_no_way_to_answer_is_asked_for_one(new_request):
    assert list(refused(new_request(contact=Contact(name="Анна")))) == ["contact.email"]


def test_without_consent_nothing_is_kept(new_request):
    assert list(refused(new_request(consent=False))) == ["consent"]


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("flat", "1" * 13, "flat"),
        ("entrance", "1" * 9, "entrance"),
        ("contact", Contact(name="я" * 201, email="a@example.org"), "contact.name"),
    ],
)
def test_what_is_too_long_is_named(field, value, named, new_request):
    assert list(refused(new_request(**{field: value}))) == [named]


def test_eleven_files_are_too_many(new_request, make_upload):
    uploads = tuple(make_upload().pk for _ in range(11))
    assert list(refused(new_request(uploads=uploads))) == ["uploads"]


def test_a_file_that_is_unknown_taken_twice_or_anothers_is_refused(
    new_request, make_upload, resident, neighbour
):
    taken = make_upload(claimed_at=NOON).pk
    anothers = make_upload(by=neighbour).pk
    once = make_upload().pk
    me = Resident(id=resident.pk)
    for wrong in ((uuid4(),), (taken,), (anothers,), (once, once)):
        assert list(refused(new_request(uploads=wrong), by=me)) == ["uploads"]
    assert list(refused(new_request(uploads=(anothers,)), by=Nobody())) == ["uploads"]
    mine = make_upload(by=resident).pk
    assert intake.file(new_request(uploads=(mine, once)), by=me, at=NOON).request


def test_every_mistake_is_named_at_once(new_request):
    new = new_request(
        category="x", building=0, description="", contact=Contact(phone="x"), consent=False
    )
    assert set(refused(new)) == {
        "category",
        "building",
        "description",
        "contact.phone",
        "consent",
    }


# ------------------------------------------------------------------ once


def test_the_same_filing_twice_is_one_request(new_request):
    first = intake.file(new_request(), by=Nobody(), at=NOON, idempotency_key="k1")
    rows = everything()
    again = intake.file(
        new_request(), by=Nobody(), at=NOON + timedelta(hours=1), idempotency_key="k1"
    )
    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert again.request == first.request
    assert again.tracking_code == first.tracking_code
    assert everything() == rows


def test_a_key_with_another_body_is_refused(new_request):
    intake.file(new_request(), by=Nobody(), at=NOON, idempotency_key="k1")
    rows = everything()
    with pytest.raises(KeyReused):
        intake.file(new_request(description="Другое"), by=Nobody(), at=NOON, idempotency_key="k1")
    assert everything() == rows


def test_the_same_key_of_another_sender_is_another_filing(new_request, resident, neighbour):
    numbers = {
        intake.file(new_request(), by=by, at=NOON, idempotency_key="k1").request.number
        for by in (Nobody(), Resident(id=resident.pk), Resident(id=neighbour.pk))
    }
    assert len(numbers) == 3


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_are_one_request(new_request):
    new, start, found = new_request(), Barrier(2), []

    def file():
        try:
            start.wait()
            found.append(intake.file(new, by=Nobody(), at=NOON, idempotency_key="k1"))
        finally:
            connection.close()

    threads = [Thread(target=file) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(f.is_repeat for f in found) == [False, True]
    assert len({f.tracking_code for f in found}) == 1
    assert Request.objects.count() == 1


def test_an_operator_at_the_phone_is_the_author(new_request, operator):
    item = intake.file(new_request(channel="phone"), by=actor_of(operator), at=NOON).request
    (event,) = rows_of(item)["events"]
    assert (event["author"], event["user_id"]) == ("operator", operator.pk)


def test_the_code_lies_nowhere(new_request):
    filed = intake.file(new_request(), by=Nobody(), at=NOON)
    code = filed.tracking_code
    kept = str(rows_of(filed.request)) + str(IdempotentCall.objects.values())
    assert code not in kept
    assert code.replace("-", "") not in kept
    assert tracking_code.digest(code) in kept
