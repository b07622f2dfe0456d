"""What people will receive, shown before the step is made."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.actors import actor_of
from notifications import rendering
from notifications.models import Message
from requests_app import lifecycle, tracking_code
from requests_app.models import RequestContact
from requests_app.statuses import Status
from tests.city_fixtures import rows_of
from tests.requests_app.desk_cast import as_user, at

pytestmark = pytest.mark.django_db


def press(browser, item, **values):
    return browser.post(
        at("preview", item.pk), {"version": item.version, **values}, headers={"HX-Request": "true"}
    )


def test_the_letter_is_the_one_that_goes_out_and_nothing_is_written(operator, make_request):
    item = make_request(at=timezone.now())
    before = rows_of(item)
    page = press(as_user(operator), item, step="accept", text="Мастер придёт завтра")
    assert rows_of(item) == before
    shown = [letter for letter in page.context["found"]["letters"] if letter.is_residents]
    lifecycle.move(
        item,
        Status.ACCEPTED,
        by=actor_of(operator),
        at=timezone.now(),
        details=lifecycle.Details(text="Мастер придёт завтра"),
    )
    sent = rendering.render(Message.objects.filter(event="request.accept").get())
    assert [letter.subject for letter in shown] == [sent.subject]
    assert "Мастер придёт завтра" in shown[0].text
    assert shown[0].text.splitlines()[0] == sent.text.splitlines()[0]


def test_the_residents_link_and_code_are_not_shown_to_the_operator(operator, make_request):
    item = make_request(at=timezone.now())
    page = press(as_user(operator), item, step="accept").content.decode()
    assert "http" not in page.split("desk-letter__text")[1].split("</pre>")[0]
    assert (tracking_code.of(item) or "no code") not in page


def test_who_left_no_address_gets_no_letter_and_the_operator_is_told(operator, make_request):
    item = make_request(at=timezone.now())
    RequestContact.objects.filter(request=item).update(email="", phone="+79000000001")
    page = press(as_user(operator), item, step="accept")
    assert not [one for one in page.context["found"]["letters"] if one.is_residents]
    assert "позвоните" in page.content.decode()
    RequestContact.objects.filter(request=item).delete()
    assert "контакт удалён" in press(as_user(operator), item, step="accept").content.decode()


def test_a_form_with_mistakes_or_a_step_that_is_not_open_shows_why(operator, make_request):
    item = make_request(at=timezone.now())
    assert press(as_user(operator), item, step="ask", text="").context["found"]["wrong"]
    refused = press(as_user(operator), item, step="start")
    assert refused.context["found"]["wrong"]
    assert press(as_user(operator), item, step="no-such").status_code == 404


def test_without_javascript_the_page_comes_back_with_the_letter(operator, make_request):
    item = make_request(at=timezone.now())
    page = as_user(operator).post(
        at("preview", item.pk), {"version": item.version, "text": "Завтра в 10"}
    )
    assert page.context["comment_letters"]["letters"]
    assert page.context["comment_form"]["text"].value() == "Завтра в 10"
