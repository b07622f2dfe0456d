"""Clocks: calls measured in turns, so that a noisy minute of the machine hits all alike."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_PATIENCE_SECONDS = 5.0


@dataclass
class Web:
    """A kept-alive connection to one server."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    line: http.client.HTTPConnection | None = None
    asked_at: float = 0.0

    def ask(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send one request and return its status and body, whole."""
        # A server hangs up on whoever was silent for long, as between two rows that prepare much.
        if self.line is not None and time.monotonic() - self.asked_at > _PATIENCE_SECONDS:
            self.line.close()
            self.line = None
        if self.line is None:
            self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Host": f"127.0.0.1:{self.port}", **self.headers, **(headers or {})}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        try:
            self.line.request(method, path, body=data, headers=sent)
            answer = self.line.getresponse()
            said = answer.status, answer.read()
        except (http.client.HTTPException, OSError):
            self.line.close()
            self.line = None
            raise
        self.asked_at = time.monotonic()
        return said


@dataclass
class Timed:
    """How long each call took, in milliseconds."""

    name: str
    taken: list[float] = field(default_factory=list)

    @property
    def usual(self) -> float:
        """The lower quartile: whatever else the machine does only ever adds time."""
        return statistics.quantiles(self.taken, n=4)[0]


def in_turns(
    calls: Sequence[tuple[str, Callable[[int], None]]],
    *,
    rounds: int,
    seconds: float,
    warm_up: int = 4,
) -> dict[str, float]:
    """
    Do each call once a round, and return the lower quartile of each in milliseconds.

    A call gets the number of its round. Stops after `rounds`, or `seconds` but five at least.
    """
    clocks = [Timed(name) for name, _ in calls]
    for turn in range(warm_up):
        for _, call in calls:
            call(turn)
    began = time.monotonic()
    for turn in range(warm_up, warm_up + rounds):
        for clock, (_, call) in zip(clocks, calls, strict=True):
            at = time.perf_counter()
            call(turn)
            clock.taken.append((time.perf_counter() - at) * 1000)
        if time.monotonic() - began > seconds and turn - warm_up >= 4:
            break
    return {clock.name: clock.usual for clock in clocks}
