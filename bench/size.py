"""Measures one size: runs beside a portal and its floor, and writes its rows as JSON."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

import psycopg2  # noqa: E402
from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from bench import calls, recording  # noqa: E402
from bench.calls import Call, City  # noqa: E402
from bench.measuring import Web, in_turns  # noqa: E402
from bench.rows import Row  # noqa: E402
from disclosure.open_data import snapshot, tables  # noqa: E402
from requests_app.models import Request  # noqa: E402


class Measures:
    """Everything one size is measured with."""

    def __init__(self, *, bare_port: int, rounds: int, seconds: float) -> None:
        self.rounds, self.seconds = rounds, seconds
        self.scripts = Path(os.environ["BENCH_SCRIPTS"])
        self.city = City(calls.accounts(settings.DATA_DIR / "demo.json"))
        self.cookie = self.city.session()
        self.web, self.bare = Web(settings.PORT), Web(bare_port)
        self.raw = psycopg2.connect(os.environ["DATABASE_URL"])
        self.raw.autocommit = True
        self.rows: list[Row] = []

    def read(self, call: Call) -> None:
        """Measure a call that changes nothing, with its statements as the floor."""
        if call.visit:
            call.headers["Cookie"] = self._cookie_of(call.visit)
        # Once before: it fills what a process remembers, and the portal's are warm as well.
        self._inside(call)
        script = recording.record(call.slug, lambda: self._inside(call))
        recording.save(script, self.scripts)
        floor = f"/again/{call.slug}/"
        times = in_turns(
            [
                ("portal", lambda _turn: self._ask(call, call.path)),
                ("bare", lambda _turn: self._bare(floor)),
                ("raw", lambda _turn: self._play(script)),
            ],
            rounds=self.rounds,
            seconds=self.seconds,
        )
        self._row(call, times, len(script.statements))

    def write(self, call: Call, *, each: Callable[[int], tuple[str, Any, dict[str, Any]]]) -> None:
        """Measure a call that writes; `each` gives path, body and swaps of a round."""
        with recording.undone():
            path, body, _ = each(-1)
            script = recording.record(
                call.slug, lambda: self._inside(call, path, body), writes=True
            )
        recording.save(script, self.scripts)

        def portal(turn: int) -> None:
            path, body, _ = each(2 * turn)
            self._ask(call, path, body)

        def bare(turn: int) -> None:
            _, _, instead = each(2 * turn + 1)
            self._bare(f"/again/{call.slug}/", instead)

        times = in_turns(
            [("portal", portal), ("bare", bare)], rounds=self.rounds, seconds=self.seconds
        )
        self._row(call, times, len(script.statements))

    def _row(
        self, call: Call, times: dict[str, float], queries: int, *, floor_is: str = "bare view"
    ) -> None:
        row = Row(
            call.name, times["portal"], times["bare"], call.target, raw=times.get("raw"),
            queries=queries, floor_is=floor_is,
        )  # fmt: skip
        self.rows.append(row)
        print(
            f"    {row.name:<36} {row.value:8.2f} ms  {row.ratio:5.2f} × of {row.floor:6.2f} ms,"
            f" {queries} statements",
            flush=True,
        )

    def export(self, name: str, table: str, *, target: float) -> None:
        """Measure a file of open data, asked for over HTTP, with COPY of its rows as the floor."""
        day = snapshot.make(at=now())[0].day
        call = Call(name, f"/open-data/{day}/{table}.csv", target)
        copying = recording.record(call.slug, lambda: next(tables.table(table).rows(), None))
        rows = copying.statements[0]
        with self.raw.cursor() as cursor:
            bare = cursor.mogrify(rows.sql, rows.values).decode()
        times = in_turns(
            [
                ("portal", lambda _turn: self._ask(call, call.path)),
                ("bare", lambda _turn: self._copy(bare)),
            ],
            rounds=self.rounds,
            seconds=self.seconds,
        )
        self._row(call, times, 1, floor_is="COPY")

    def _copy(self, rows: str) -> None:
        with self.raw.cursor() as cursor:
            cursor.copy_expert(f"COPY ({rows}) TO STDOUT WITH (FORMAT csv, HEADER)", io.BytesIO())

    def _headers(self, call: Call) -> dict[str, str]:
        headers = dict(call.headers)
        if call.token:
            headers["Authorization"] = f"Token {call.token}"
        if call.session:
            headers["Cookie"] = self.cookie
        return headers

    def _ask(self, call: Call, path: str, body: Any = None) -> bytes:
        status, answer = self.web.ask(call.method, path, body, headers=self._headers(call))
        if status not in call.expected:
            raise SystemExit(f"{call.name}: {call.method} {path} → {status} {answer[:300]!r}")
        return answer

    def _cookie_of(self, path: str) -> str:
        client = Client(HTTP_HOST="127.0.0.1")
        client.get(path)
        return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    def _inside(self, call: Call, path: str = "", body: Any = None) -> None:
        client = Client(HTTP_HOST="127.0.0.1")
        answer = client.generic(
            call.method,
            path or call.path,
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=self._headers(call),
        )
        if answer.status_code not in call.expected:
            raise SystemExit(f"{call.name}: {path or call.path} → {answer.status_code}")

    def _bare(self, path: str, instead: Any = None) -> None:
        status, answer = self.bare.ask("POST" if instead else "GET", path, instead)
        if status != 200:
            raise SystemExit(f"the floor's {path} → {status} {answer[:300]!r}")

    def _play(self, script: recording.Script) -> None:
        with self.raw.cursor() as cursor:
            recording.play(script, cursor, {})


def main(bare_port: int, rounds: int, seconds: float, out: Path) -> None:
    """Measure all calls and write the rows."""
    # A line a call would cost the terminal more than the call.
    logging.disable(logging.INFO)
    calls.plant_rare_word()
    calls.tell_ids_apart()
    measures = Measures(bare_port=bare_port, rounds=rounds, seconds=seconds)
    filing = calls.filing(measures.city)

    def new(turn: int) -> tuple[str, Any, dict[str, Any]]:
        filing.headers["Idempotency-Key"] = f"bench-{os.getpid()}-{turn}"
        return filing.path, filing.body() if filing.body else None, {"": ""}

    measures.write(filing, each=new)
    accepting(measures)
    for call in calls.reads(measures.city, calls.cursors()):
        measures.read(call)
    measures.export("Open data, file of all houses", "houses", target=calls.PAGE)
    out.write_text(json.dumps([row.as_json() for row in measures.rows]))


def accepting(measures: Measures) -> None:
    """Measure a change of status on requests that were just filed."""
    fresh = list(
        Request.objects.filter(status="new", contact__email="bench@post.example")
        .order_by("-id")
        .values_list("id", "number")
    )
    first = fresh.pop()
    call = Call(
        "Change of status by API", "", calls.API, method="POST",
        token=measures.city.accounts["operator"]["token"],
    )  # fmt: skip
    rounds = min(measures.rounds, len(fresh) // 2 - 6)

    def each(turn: int) -> tuple[str, Any, dict[str, Any]]:
        pk, number = first if turn < 0 else fresh[turn]
        body = {"to": "accepted", "text": ""}
        swaps = {str(first[0]): pk, first[1][3:]: number[3:]}
        return f"/api/v1/requests/{number}/transitions/", body, swaps

    kept, measures.rounds = measures.rounds, rounds
    measures.write(call, each=each)
    measures.rounds = kept


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
