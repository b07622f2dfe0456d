"""Companies see a draft and object before it is published; staff decide, everybody reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.actors import System, actor_of
from notifications.models import Message
from ratings import cabinet, inputs, objecting, publishing, snapshots, tasks
from ratings.models import Objection, RatingSnapshot, Verdict
from requests_app.models import Request
from requests_app.special_days import calendar_of
from tests.city_fixtures import COMPANY_INN, RIVAL_INN
from tests.ratings.conftest import AFTER, MONTH

pytestmark = pytest.mark.django_db
ROWS = f"/cabinet/{COMPANY_INN}/rating/2026-03/"
LATER = AFTER + timedelta(days=1)


@pytest.fixture
def shown(draft, company_user, rival):
    """Return the draft that companies may object to, the 5th to the 20th of April."""
    return publishing.open_comments(draft.pk, calendar=calendar_of(2026), by=System(), at=AFTER)


@pytest.fixture
def at_the_time(monkeypatch):
    monkeypatch.setattr(cabinet, "now", lambda: LATER)


def late_request():
    return Request.objects.get(status="new")


def file_objection(snapshot, company, user, **changed):
    given = {
        "company": company, "request_id": late_request().pk, "reason": "Доступ не дали",
        "by": actor_of(user), "at": LATER,
    }  # fmt: skip
    return objecting.object_to(snapshot, **{**given, **changed})


def line_of(snapshot, company=COMPANY_INN):
    [line] = [line for line in inputs.read(snapshot.inputs) if line.company == company]
    return line.counts


def test_the_period_is_ten_working_days_and_every_representative_is_told_once(shown):
    assert timezone.localtime(shown.comments_until).isoformat()[:16] == "2026-04-18T00:00"
    publishing.open_comments(shown.pk, calendar=calendar_of(2026), by=System(), at=LATER)
    letters = Message.objects.filter(event="rating.comments")
    assert sorted(letters.values_list("recipient", flat=True)) == [
        "company@example.org",
        "rival@example.org",
    ]


def test_an_unheard_draft_is_not_published_without_saying_why(draft):
    with pytest.raises(publishing.Refused):
        publishing.publish(draft.pk, by=System(), at=LATER)
    assert not RatingSnapshot.objects.get().is_published


def test_a_draft_is_not_published_while_companies_may_object(shown):
    with pytest.raises(publishing.Refused, match="до"):
        publishing.publish(shown.pk, by=System(), at=LATER)
    made = publishing.publish(shown.pk, by=System(), at=shown.comments_until)
    assert made.is_published


def test_the_company_sees_every_request_behind_its_numbers(
    client, shown, company_user, at_the_time
):
    client.force_login(company_user)
    said = client.get(ROWS).content.decode()
    counted = Request.objects.exclude(outcome="withdrawn")
    for item in counted:
        assert item.number in said
    assert Request.objects.get(outcome="withdrawn").number not in said
    table = b"".join(client.get(f"{ROWS}rows.csv")).decode("utf-8-sig").splitlines()
    assert len(table) == 1 + counted.count() == 1 + line_of(shown)["requests"]


@pytest.mark.parametrize("who", ["nobody", "resident", "rival"])
def test_nobody_else_sees_them(request, client, shown, who):
    if who != "nobody":
        client.force_login(request.getfixturevalue(who))
    for url in (ROWS, f"{ROWS}rows.csv", f"{ROWS}{late_request().number}/"):
        assert client.get(url).status_code == (302 if who == "nobody" else 404)
    assert client.post(f"{ROWS}{late_request().number}/", {"reason": "Нет"}).status_code in {
        302, 404,
    }  # fmt: skip
    assert not Objection.objects.exists()


def test_an_objection_is_filed_in_the_cabinet_once(client, shown, company_user, at_the_time):
    client.force_login(company_user)
    url = f"{ROWS}{late_request().number}/"
    assert "Почему" in client.get(url).content.decode()
    assert "Обязательное поле" in client.post(url, {"reason": " "}).content.decode()
    assert client.post(url, {"reason": "Житель не открыл дверь"})["Location"] == ROWS
    again = client.post(url, {"reason": "И ещё раз"}).content.decode()
    assert "уже возразила" in again
    assert Objection.objects.get().reason == "Житель не открыл дверь"
    assert "решают сотрудники" in client.get(ROWS).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": ""},
        {"reason": "я" * 2001},
        {"at": datetime(2026, 4, 20, tzinfo=UTC)},
        {"by": System()},
        {"request_id": 987654},
    ],
)
def test_what_is_no_objection_is_refused_and_nothing_written(shown, company, company_user, changed):
    with pytest.raises(publishing.Refused):
        file_objection(shown, company, company_user, **changed)
    assert not Objection.objects.exists()


def test_another_company_objects_to_nothing_of_this_one(shown, company, rival_company, rival):
    for whose in (company, rival_company):
        with pytest.raises(publishing.Refused):
            file_objection(shown, whose, rival)
    assert not Objection.objects.exists()


def test_a_waiting_objection_holds_the_rating_back(shown, company, company_user):
    file_objection(shown, company, company_user)
    over = shown.comments_until + timedelta(hours=1)
    for waiver in ("", "Очень нужно"):
        with pytest.raises(publishing.Refused):
            publishing.publish(shown.pk, by=System(), at=over, waiver=waiver)
    assert not RatingSnapshot.objects.get().is_published


def test_an_upheld_objection_takes_the_request_out_when_the_draft_is_made_anew(
    shown, company, company_user, chief, monkeypatch
):
    objection = file_objection(shown, company, company_user)
    before = line_of(shown)
    objecting.decide(
        objection.pk, verdict=Verdict.UPHELD, decision="Акт о недопуске есть", by=actor_of(chief),
        at=LATER,
    )  # fmt: skip
    over = shown.comments_until + timedelta(hours=1)
    with pytest.raises(publishing.Refused):
        publishing.publish(shown.pk, by=System(), at=over)
    monkeypatch.setattr(tasks, "localdate", over.date)
    monkeypatch.setattr(tasks, "now", lambda: over)
    tasks.carry_on_ratings()
    made = RatingSnapshot.objects.get()
    assert made.is_published
    assert made.comments_until == shown.comments_until
    after = line_of(made)
    assert (before["requests"], after["requests"]) == (4, 3)
    assert snapshots.faults(made) == []


def test_a_dismissed_objection_changes_nothing_and_both_are_told(
    client, shown, company, company_user, chief
):
    objection = file_objection(shown, company, company_user, reason="Иванова сама виновата")
    client.force_login(chief)
    url = f"/admin/ratings/objection/{objection.pk}/change/"
    assert "Иванова" in client.get(url).content.decode()
    without_words = client.post(url, {"verdict": "dismissed", "decision": ""})
    assert without_words.status_code == 200
    client.post(url, {"verdict": "dismissed", "decision": "Акта о недопуске нет"})
    objection.refresh_from_db()
    assert (objection.verdict, objection.decided_by) == ("dismissed", chief)
    [letter] = Message.objects.filter(event="rating.decided")
    assert letter.recipient == "company@example.org"
    made = publishing.publish(shown.pk, by=System(), at=shown.comments_until)
    assert made.inputs == shown.inputs
    client.logout()
    public = client.get("/ratings/2026-03/objections/").content.decode()
    assert "Акта о недопуске нет" in public
    assert "Иванова" not in public


def test_a_decision_is_made_once_and_never_edited(client, shown, company, company_user, chief):
    objection = file_objection(shown, company, company_user)
    given = {"verdict": Verdict.DISMISSED, "decision": "Нет", "by": actor_of(chief), "at": LATER}
    objecting.decide(objection.pk, **given)
    with pytest.raises(publishing.Refused):
        objecting.decide(objection.pk, **{**given, "verdict": Verdict.UPHELD})
    client.force_login(chief)
    url = f"/admin/ratings/objection/{objection.pk}/"
    client.post(f"{url}change/", {"verdict": "upheld", "decision": "Да"})
    assert client.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    objection.refresh_from_db()
    assert objection.verdict == "dismissed"


def test_operators_decide_nothing(client, shown, company, company_user, operator):
    objection = file_objection(shown, company, company_user)
    client.force_login(operator)
    url = f"/admin/ratings/objection/{objection.pk}/change/"
    assert client.post(url, {"verdict": "upheld", "decision": "Да"}).status_code == 403
    objection.refresh_from_db()
    assert not objection.is_decided


def test_visibility_of_objections(shown, company, company_user, rival, resident, chief):
    file_objection(shown, company, company_user)
    seen = {
        name: Objection.objects.visible_to(actor_of(user)).count()
        for name, user in {
            "company": company_user, "rival": rival, "resident": resident, "chief": chief,
        }.items()
    }  # fmt: skip
    assert seen == {"company": 1, "rival": 0, "resident": 0, "chief": 1}
    assert RIVAL_INN != COMPANY_INN
    assert shown.period == MONTH
