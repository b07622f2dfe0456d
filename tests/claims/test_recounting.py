"""Claims counted anew after a correction: offered with both sums, taken or left, once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from claims import lifecycle, tasks
from claims.models import (
    Claim,
    ClaimEvent,
    ClaimVersion,
    FigureRow,
    Recount,
    RecountState,
    Tariff,
)
from claims.recounting import living, offering
from claims.statuses import ClaimStatus
from claims.tariffs import loading
from claims.totals import reconciling
from notifications import said
from notifications.models import Message
from tests.claims.test_claims import (
    AT,
    LATER,
    as_role,
    desk,
    filed,
    firm,
    item,
    owner,
    stand,
)
from tests.claims.test_tariffs import COLD, HOT, csv, water

__all__ = ["as_role", "desk", "filed", "firm", "item", "owner"]

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


def correct(value: str, code: str = "rate.interruption") -> FigureRow:
    row, _is_new = FigureRow.objects.update_or_create(
        code=code,
        since=date(2026, 1, 1),
        defaults={"value": value, "clause": "п. 14", "source": "акт", "confidence": "sure"},
    )
    return row


def rows():
    return (
        list(Claim.objects.order_by("pk").values()),
        list(ClaimVersion.objects.values()),
        list(Recount.objects.order_by("pk").values()),
        list(ClaimEvent.objects.order_by("pk").values()),
        Message.objects.count(),
    )


def letters(event: str) -> list[Message]:
    return list(Message.objects.filter(event=event))


@pytest.mark.parametrize(
    ("value", "now", "word"), [("0.3", "126.00", "больше"), ("0.1", "42.00", "меньше")]
)
def test_a_corrected_figure_is_offered_with_both_sums_whichever_way_it_goes(
    filed, value, now, word
):
    correct(value)
    assert offering.offer_all(at=LATER) == 1
    offer = Recount.objects.get()
    assert (offer.was_rub, offer.amount_rub) == (Decimal("63.00"), Decimal(now))
    assert offer.corrected == [["rate.interruption", "0.15", value]]
    # The claim stays what it was, and its reader is told both sums.
    filed.refresh_from_db()
    assert filed.amount_rub == Decimal("63.00")
    (letter,) = letters("claim.recount_offered")
    assert said.in_words(letter.context)["was"].replace("\N{NO-BREAK SPACE}", " ") == "63 ₽ 00 к."
    assert word in ClaimEvent.objects.get(step="recount_offered").text
    assert not letters("executor.claim.recount_offered")


def test_a_second_pass_offers_nothing_again(filed):
    correct("0.3")
    offering.offer_all(at=LATER)
    before = rows()
    assert offering.offer_all(at=LATER + timedelta(hours=1)) == 0
    tasks.offer_recounts(newer="argument")
    assert rows() == before


def test_nothing_is_offered_where_nothing_changes(filed):
    assert offering.offer_all(at=LATER) == 0
    correct("0.2", "rate.pressure")
    assert offering.offer_all(at=LATER) == 0
    assert not Recount.objects.exists()


def test_a_pass_broken_off_goes_on_where_it_stopped(filed, item, owner, monkeypatch):
    from tests.claims.test_claims import body, hours

    day = "2026-03-1{}T08:00:00+04:00".format
    other = lifecycle.file(item, body(intervals=hours(day(0), day(2))), by=owner, at=AT)
    correct("0.3")
    true = offering.offer

    def broken(claim, *args, **kwargs):
        if claim.pk == filed.pk:
            raise OSError("the database went away")
        return true(claim, *args, **kwargs)

    monkeypatch.setattr(offering, "offer", broken)
    assert offering.offer_all(at=LATER) == 1
    assert Recount.objects.get().claim == other
    monkeypatch.setattr(offering, "offer", true)
    assert offering.offer_all(at=LATER) == 1
    assert Recount.objects.count() == 2


@pytest.mark.parametrize("status", sorted(set(ClaimStatus) - set(living.STATUSES)))
def test_a_claim_that_ended_is_offered_nothing(filed, status):
    stand(filed, ClaimStatus(status))
    correct("0.3")
    assert offering.offer_all(at=LATER) == 0
    assert not Recount.objects.exists()


def test_what_was_granted_is_not_offered_for_less(filed):
    stand(filed, ClaimStatus.GRANTED)
    Claim.objects.filter(pk=filed.pk).update(granted_rub=filed.amount_rub)
    correct("0.1")
    assert offering.offer_all(at=LATER) == 0


def test_who_takes_the_offer_demands_the_new_sum_and_the_old_version_is_kept(filed, owner):
    before = Claim.objects.values().get()
    correct("0.3")
    offering.offer_all(at=LATER)
    claim = lifecycle.take_recount(Recount.objects.get(), by=owner, at=LATER)
    assert (claim.amount_rub, claim.version) == (Decimal("126.00"), 2)
    assert claim.figures["rate.interruption"] == "0.3"
    assert claim.status == ClaimStatus.SENT
    assert claim.due_at == filed.due_at
    kept = ClaimVersion.objects.get()
    assert (kept.version, kept.amount_rub) == (1, Decimal("63.00"))
    assert (kept.body, kept.found, kept.figures) == (
        before["body"],
        before["found"],
        before["figures"],
    )
    assert Recount.objects.get().state == RecountState.TAKEN
    assert len(letters("executor.claim.recount")) == 1
    assert offering.offer_all(at=LATER + timedelta(days=1)) == 0
    assert not list(reconciling.differences())


def test_all_that_was_granted_is_a_part_of_the_new_sum(filed, owner):
    stand(filed, ClaimStatus.GRANTED)
    Claim.objects.filter(pk=filed.pk).update(granted_rub=filed.amount_rub)
    correct("0.3")
    offering.offer_all(at=LATER)
    claim = lifecycle.take_recount(Recount.objects.get(), by=owner, at=LATER)
    assert (claim.status, claim.granted_rub) == (ClaimStatus.PARTLY, Decimal("63.00"))
    assert ClaimEvent.objects.get(step="recount").status == ClaimStatus.PARTLY


def test_who_leaves_it_is_not_asked_again(filed, owner):
    correct("0.3")
    offering.offer_all(at=LATER)
    lifecycle.leave_recount(Recount.objects.get(), by=owner, at=LATER)
    assert Claim.objects.get().amount_rub == Decimal("63.00")
    assert offering.offer_all(at=LATER + timedelta(days=1)) == 0
    assert Recount.objects.get().state == RecountState.LEFT


def test_a_correction_corrected_back_takes_the_offer_back_and_may_come_again(filed):
    figure = correct("0.3")
    offering.offer_all(at=LATER)
    figure.delete()
    assert offering.offer_all(at=LATER + timedelta(hours=1)) == 0
    assert Recount.objects.get().state == RecountState.OVERTAKEN
    correct("0.3")
    assert offering.offer_all(at=LATER + timedelta(hours=2)) == 1
    assert Recount.objects.get().state == RecountState.OFFERED
    correct("0.2")
    assert offering.offer_all(at=LATER + timedelta(hours=3)) == 1
    assert sorted(Recount.objects.values_list("state", flat=True)) == ["offered", "overtaken"]


def test_an_offer_on_a_claim_that_was_withdrawn_is_overtaken(filed, owner):
    correct("0.3")
    offering.offer_all(at=LATER)
    lifecycle.move(filed, ClaimStatus.WITHDRAWN, by=owner, at=LATER)
    with pytest.raises(lifecycle.Refused):
        lifecycle.take_recount(Recount.objects.get(), by=owner, at=LATER)
    offering.offer_all(at=LATER + timedelta(hours=1))
    assert Recount.objects.get().state == RecountState.OVERTAKEN


def test_nothing_due_any_more_is_said_and_cannot_be_demanded(filed, owner):
    correct("100", "heating.month_limit")
    correct("100", "heating.once_limit_from_12")
    offering.offer_all(at=LATER)
    offer = Recount.objects.get()
    assert offer.amount_rub == 0
    before = rows()
    with pytest.raises(lifecycle.Refused):
        lifecycle.take_recount(offer, by=owner, at=LATER)
    assert rows() == before


def test_twice_or_by_a_stranger_nothing_is_decided(filed, owner, neighbour, firm, rival):
    from accounts.actors import Executor, Resident

    correct("0.3")
    offering.offer_all(at=LATER)
    offer = Recount.objects.get()
    before = rows()
    strangers = [Resident(id=neighbour.pk), firm, Executor(id=1, inns=("0000000000",))]
    for stranger in strangers:
        for decide in (lifecycle.take_recount, lifecycle.leave_recount):
            with pytest.raises(lifecycle.NotFound):
                decide(offer, by=stranger, at=LATER)
    assert rows() == before
    lifecycle.take_recount(offer, by=owner, at=LATER)
    after = rows()
    with pytest.raises(lifecycle.Refused):
        lifecycle.take_recount(offer, by=owner, at=LATER)
    assert rows() == after


def test_a_tariff_corrected_later_is_offered_only_where_the_portal_named_it(make_request, owner):
    loading.load(csv(HOT, COLD))
    from claims.tariffs import filling, finding

    item = make_request(status="in_progress", category="hw_temp")
    known = finding.of_month(date(2026, 4, 1), item.building)
    by_portal = lifecycle.file(item, filling.fill(water(), known), by=owner, at=AT)
    assert by_portal.amount_rub == Decimal("96.00")
    Tariff.objects.filter(utility="hot_water").update(value=300)
    assert offering.offer_all(at=LATER) == 1
    offer = Recount.objects.get()
    assert offer.amount_rub == Decimal("156.00")
    assert ["tariff", "200.00000", "300.00000"] in offer.corrected


# ── The pages


def test_both_sums_are_seen_and_one_is_chosen(client, filed, item, resident):
    correct("0.3")
    offering.offer_all(at=LATER)
    client.force_login(resident)
    address = Recount.objects.get().get_absolute_url()
    assert address in client.get(filed.get_absolute_url()).content.decode()
    page = client.get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "63 ₽ 00 к." in page
    assert "126 ₽ 00 к." in page
    assert Recount.objects.get().state == RecountState.OFFERED
    assert client.post(address, {"take": "yes"}).status_code == 302
    assert Claim.objects.get().amount_rub == Decimal("126.00")
    # A double click.
    again = client.post(address, {"take": "yes"}, follow=True)
    assert "Это уже решено" in again.content.decode()
    assert ClaimVersion.objects.count() == 1
    page = client.get(filed.get_absolute_url()).content.decode()
    assert "Требуется другая сумма" in page


@pytest.mark.parametrize("who", ["nobody", "neighbour", "company_user", "rival"])
def test_the_offer_is_not_there_for_others(client, filed, request, who):
    correct("0.3")
    address = f"{filed.get_absolute_url()}anew/"
    assert client.get(address).status_code == 404
    offering.offer_all(at=LATER)
    before = rows()
    if who != "nobody":
        client.force_login(request.getfixturevalue(who))
    assert client.get(address).status_code == 404
    assert client.post(address, {"take": "yes"}).status_code == 404
    assert rows() == before


def test_staff_see_how_many_wait(filed, chief):
    correct("0.3")
    offering.offer_all(at=LATER)
    client = Client()
    client.force_login(chief)
    page = client.get("/admin/claims/recount/?state__exact=offered").content.decode()
    assert filed.number in page
    assert "+63" in page
    assert client.get("/admin/claims/recount/add/").status_code == 403
