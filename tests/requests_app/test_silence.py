"""Silence after the act closes a request once, with its letters; an answer always wins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Message
from notifications.rendering import render
from requests_app import lifecycle, silence
from requests_app.models import Request
from requests_app.statuses import Status
from tests.city_fixtures import owner_of

pytestmark = pytest.mark.django_db


def test_silence_closes_with_a_letter_to_both(make_request, operator):
    item = make_request(status=Status.DONE)
    asked_at = item.done_at
    Message.objects.all().delete()
    assert silence.close_silent(at=asked_at + lifecycle.CONFIRM_WITHIN - timedelta(seconds=1)) == 0
    assert silence.close_silent(at=asked_at + lifecycle.CONFIRM_WITHIN) == 1
    item.refresh_from_db()
    assert (item.status, item.outcome) == (Status.CLOSED, "fixed")
    event = item.events.last()
    assert (event.step, event.author, event.user) == ("close_silent", "system", None)
    assert set(Message.objects.values_list("event", flat=True)) == {
        "request.close_silent",
        "executor.close_silent",
    }
    assert silence.close_silent(at=asked_at + lifecycle.CONFIRM_WITHIN) == 0


def test_the_letter_says_why_it_was_closed_and_what_one_may_still_do(make_request):
    """Issue 4, review: the letter after silence said «closed» and not why."""
    item = make_request(status=Status.DONE)
    silence.close_silent(at=item.done_at + lifecycle.CONFIRM_WITHIN)
    letter = render(Message.objects.get(event="request.close_silent"))
    for words in (letter.text, letter.html):
        assert "Вы не ответили за 7 дней" in words
        assert "возразить в течение 30 дней" in words


def test_answer_between_look_and_closing_wins(make_request, monkeypatch):
    item = make_request(status=Status.DONE)
    at = item.done_at + lifecycle.CONFIRM_WITHIN
    seen = Request.objects.get(pk=item.pk)
    lifecycle.move(
        item, Status.REOPENED, by=owner_of(item), at=at, details=lifecycle.Details(text="Нет")
    )
    assert silence._close(seen, at) is False
    assert Request.objects.get(pk=item.pk).status == Status.REOPENED


def test_request_that_cannot_close_stops_no_other(make_request, monkeypatch):
    broken, whole = make_request(status=Status.DONE), make_request(status=Status.DONE)
    move = lifecycle.move

    def trip(item: Request, *args, **kwargs):
        if item.pk == broken.pk:
            raise ZeroDivisionError
        return move(item, *args, **kwargs)

    monkeypatch.setattr(lifecycle, "move", trip)
    monkeypatch.setattr(silence, "BATCH", 1)
    assert silence.close_silent(at=whole.done_at + lifecycle.CONFIRM_WITHIN) == 1
    assert Request.objects.get(pk=whole.pk).status == Status.CLOSED
