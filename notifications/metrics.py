"""The outbox for Prometheus, asked of Postgres at each scrape: true for any number of processes."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError
from django.utils.timezone import now
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from notifications import channel_figures, gate, overview

PREFIX = "contact_center_outbox"


class OutboxCollector(Collector):
    """Gives what a person on duty must know, by questions that an index answers."""

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; with the database gone only `up` = 0, the page itself stays."""
        at = now()
        try:
            counts = overview.counts()
            lag = overview.lag(at=at).total_seconds()
            channels = channel_figures.lags(at=at)
            left = channel_figures.sent_since(at - overview.RECENT)
            sent = sum(left.values())
            broken = gate.troubled()
            alive = sum(relay.is_alive for relay in overview.relays(at=at))
        except DatabaseError:
            yield _gauge("up", "Whether the outbox could be asked.", 0)
            return
        yield _gauge("up", "Whether the outbox could be asked.", 1)
        messages = GaugeMetricFamily(
            f"{PREFIX}_messages", "Messages that wait, are in work or are dead.", labels=["state"]
        )
        for state, count in counts.items():
            messages.add_metric([state], count)
        yield messages
        yield _gauge("oldest_due_seconds", "How long the oldest due message has waited.", lag)
        yield _gauge("sent_last_5m", "Messages sent in the last five minutes.", sent)
        waits = _by_channel("channel_waiting", "Due messages of a channel, put off or not.")
        late = _by_channel(
            "channel_oldest_due_seconds",
            "How long the oldest due message of a channel has waited, put off or not.",
        )
        went = _by_channel("channel_sent_last_5m", "Messages sent in the last five minutes.")
        down = _by_channel("channel_out_of_order", "1 while the channel's last call failed.")
        for code, (count, oldest) in channels.items():
            waits.add_metric([code], count)
            late.add_metric([code], oldest.total_seconds())
            went.add_metric([code], left.get(code, 0))
            down.add_metric([code], float(code in broken))
        yield from (waits, late, went, down)
        yield _gauge("relays_alive", "Relays seen within a minute.", alive)


def _by_channel(name: str, what: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", what, labels=["channel"])


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", what, value=value)


# Not in the default registry: several web processes share one page, where it would be left out.
REGISTRY = CollectorRegistry()
REGISTRY.register(OutboxCollector())
