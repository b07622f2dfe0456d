"""A call sent twice is done once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from accounts import idempotency
from accounts.idempotency import Fresh, KeyReused, Replay, fingerprint_of
from accounts.models import IdempotentCall
from tests.conftest import NOON

BODY = fingerprint_of({"flat": "12", "text": "нет воды"})


def claim(key: str = "k1", *, scope: str = "filing:7", fingerprint: str = BODY):
    return idempotency.claim(scope=scope, key=key, fingerprint=fingerprint, at=NOON)


@pytest.mark.django_db
def test_repeat_is_answered_with_the_first_result() -> None:
    first = claim()
    assert isinstance(first, Fresh)
    first.remember({"number": "26-000123"})
    assert claim() == Replay(result={"number": "26-000123"})
    assert IdempotentCall.objects.count() == 1


@pytest.mark.django_db
def test_key_with_another_body_is_refused() -> None:
    claim()
    with pytest.raises(KeyReused):
        claim(fingerprint=fingerprint_of({"flat": "13"}))


@pytest.mark.django_db
def test_other_sender_and_other_key_are_other_calls() -> None:
    claim()
    assert isinstance(claim(scope="filing:8"), Fresh)
    assert isinstance(claim("k2"), Fresh)
    assert isinstance(claim("k\x00" + "я" * 10_000), Fresh)


def test_order_of_keys_makes_no_other_body() -> None:
    assert fingerprint_of({"a": 1, "b": [2]}) == fingerprint_of({"b": [2], "a": 1})
    assert fingerprint_of({"a": 1}) != fingerprint_of({"a": "1"})


@pytest.mark.django_db(transaction=True)
def test_claim_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(RuntimeError):
        claim()
    assert not IdempotentCall.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_call_that_failed_may_be_sent_again() -> None:
    with transaction.atomic():
        claim()
        transaction.set_rollback(True)
    assert not IdempotentCall.objects.exists()
    with transaction.atomic():
        assert isinstance(claim(), Fresh)


@pytest.mark.django_db(transaction=True)
def test_twins_wait_for_each_other_and_do_the_work_once() -> None:
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def send() -> None:
        start.wait()
        try:
            with transaction.atomic():
                match claim():
                    case Fresh() as fresh:
                        fresh.remember({"number": "26-000123"})
                        outcomes.append("done")
                    case Replay(result=result):
                        outcomes.append(result["number"])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["26-000123"] * 5 + ["done"]


@pytest.mark.django_db
def test_sweep_forgets_only_old_calls() -> None:
    claim()
    assert idempotency.sweep(at=NOON + timedelta(days=6)) == 0
    assert idempotency.sweep(at=NOON + timedelta(days=8)) == 1
