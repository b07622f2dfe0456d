"""Letters go out before a limit and once after it, never twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.utils.timezone import get_current_timezone

from disclosure.forms_standard.definition import Due
from disclosure.forms_standard.due import Standing, after_working_days, months_after, timing
from disclosure.models import CompletenessScore
from disclosure.publications import letters, nightly
from notifications import rendering, said
from notifications.models import Message
from tests.disclosure.forms.conftest import FINANCES


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=get_current_timezone())


@pytest.mark.parametrize(
    ("left", "stage"),
    [(30, None), (15, None), (14, 14), (4, 14), (3, 3), (0, 3), (-1, -1), (-8, None)],
)
def test_a_limit_calls_for_its_letter(left, stage):
    day = date(2026, 3, 1)
    assert letters.stage_of(day + timedelta(days=left), day) == stage


def test_reminders_name_the_forms_and_come_once(standard, company, building, company_user):
    day = date(2026, 3, 20)
    for _again in range(2):
        assert nightly.remind(at(day)) == 1
    yearly = [
        m for m in Message.objects.all() if said.in_words(m.context)["due"].startswith("31 марта")
    ]
    assert len(yearly) == 1
    assert yearly[0].recipient == company_user.email
    assert [form[:3] for form in yearly[0].context["forms"]] == ["1.3", "1.4"]
    nightly.remind(at(date(2026, 3, 29)))
    assert Message.objects.filter(context__due=yearly[0].context["due"]).count() == 2
    nightly.remind(at(date(2026, 4, 2)))
    assert Message.objects.filter(event="disclosure.late").exists()


def test_a_published_form_calls_for_no_letter(finances, publish, company_user):
    publish(finances, FINANCES)
    nightly.remind(at(date(2026, 3, 20)))
    named = [form for m in Message.objects.all() for form in m.context["forms"]]
    assert named
    assert not [form for form in named if form.startswith("1.4")]


def test_a_company_without_representatives_gets_no_letter(standard, rival_company):
    nightly.remind(at(date(2026, 3, 20)))
    assert not Message.objects.exists()


def test_letters_render_with_a_link_to_the_cabinet(standard, company, building, company_user):
    nightly.remind(at(date(2026, 3, 20)))
    for message in Message.objects.all():
        letter = rendering.render(message)
        assert f"{settings.PUBLIC_URL}/cabinet/{company.inn}/" in letter.text
        assert f"{settings.PUBLIC_URL}/cabinet/{company.inn}/" in letter.html


def test_working_days_skip_weekends_and_holidays():
    assert after_working_days(date(2026, 2, 27), 1) == date(2026, 3, 2)
    assert after_working_days(date(2025, 12, 31), 1) > date(2026, 1, 8)
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)


YEARLY, CHANGE = Due(month=4, day=1), Due(working_days=7, confirm_months=12)


@pytest.mark.parametrize(
    ("due", "published", "returned", "on", "standing"),
    [
        (YEARLY, None, None, date(2026, 4, 1), Standing.MISSING),
        (YEARLY, None, None, date(2026, 4, 2), Standing.LATE),
        (YEARLY, date(2026, 5, 1), None, date(2026, 6, 1), Standing.FRESH),
        (CHANGE, None, None, date(2026, 1, 13), Standing.MISSING),
        (CHANGE, None, None, date(2026, 3, 1), Standing.LATE),
        (CHANGE, date(2026, 3, 1), None, date(2026, 9, 1), Standing.FRESH),
        (CHANGE, date(2026, 3, 1), None, date(2027, 2, 20), Standing.SOON),
        (CHANGE, date(2026, 3, 1), None, date(2027, 3, 2), Standing.LATE),
        (CHANGE, None, date(2026, 3, 2), date(2026, 3, 5), Standing.RETURNED),
        (CHANGE, date(2026, 1, 1), date(2026, 3, 2), date(2026, 4, 5), Standing.LATE),
    ],
)
def test_standing_of_a_form(due, published, returned, on, standing):
    found = timing(
        due,
        year=2025 if due.month else 0,
        began=date(2026, 1, 1),
        published_on=published,
        returned_on=returned,
        on=on,
    )
    assert found.standing is standing


def test_scores_are_stored_when_they_change(finances, building, publish):
    publish(finances, FINANCES)
    nightly.rescore(at(date(2026, 3, 3)))
    count = CompletenessScore.objects.count()
    nightly.rescore(at(date(2026, 3, 4)))
    assert CompletenessScore.objects.count() == count
    nightly.rescore(at(date(2026, 4, 10)))
    assert CompletenessScore.objects.count() > count


def test_one_companys_trouble_does_not_silence_the_others(
    standard, company, rival_company, company_user, monkeypatch
):
    real = letters.remind

    def breaks(who, *, at):
        if who == rival_company:
            raise ValueError
        real(who, at=at)

    monkeypatch.setattr(letters, "remind", breaks)
    assert nightly.remind(at(date(2026, 3, 20))) == 1
    assert Message.objects.exists()
