"""A worker that takes nothing while work lies waiting is deaf, and ends itself."""

from __future__ import annotations

import pytest
from redis.exceptions import ConnectionError as RedisGone

from contact_center import hearing
from contact_center.hearing import PATIENCE, Hearing


def looks(*seen: tuple[int, int, int]) -> list[bool]:
    """Return the verdict of each look at (waiting, taken, active)."""
    worker = Hearing()
    return [
        worker.is_lost(waiting=waiting, taken=taken, active=active)
        for waiting, taken, active in seen
    ]


def test_work_waits_and_nothing_is_taken():
    assert looks(*[(3, 10, 0)] * (PATIENCE + 1)) == [False] * PATIENCE + [True]


@pytest.mark.parametrize(
    "last",
    [(0, 10, 0), (3, 11, 0), (3, 10, 1)],
    ids=["nothing waits", "something was taken", "a long task runs"],
)
def test_a_worker_with_a_reason_to_be_silent_is_left_alone(last):
    quiet = [(3, 10, 0)] * (PATIENCE - 1)
    assert not any(looks(*quiet, last, *quiet))


def test_a_deaf_process_ends_and_one_without_redis_waits(monkeypatch):
    answers = iter([RedisGone(), *[2] * (PATIENCE + 1)])

    def waiting(app, queues):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    ended: list[int] = []
    monkeypatch.setattr(hearing, "EVERY_SECONDS", 0.001)
    monkeypatch.setattr(hearing, "_waiting", waiting)
    hearing.watch(None, ("mail",), end=ended.append)
    assert ended == [1]
    assert next(answers, "all were asked") == "all were asked"
