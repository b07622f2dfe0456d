"""Measure the portal at two sizes and write the table: `python -m bench --help`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import report
from bench.rows import Row
from bench.stage import ROOT, Stage, memory_mib, run

SIZES = (10_000, 1_000_000)
RATED_FROM = 100_000
DOC = ROOT / "docs" / "performance.md"
MOST_MIB, MOST_SECONDS_AGAIN, MOST_SECONDS_BARE = 800, 15, 180


def main() -> int:
    """Run the bench; the exit code tells nothing of targets, the table does."""
    args = _arguments()
    home = args.data.resolve()
    sizes: dict[int, list[Row]] = {}
    whole: list[Row] = []
    for size in args.requests:
        print(f"{size:,} requests", flush=True)
        sizes[size], whole = _measure(Stage(home, size), args)
    if args.bare_start:
        whole.append(_bare_start())
    said = report.lines(sizes, whole)
    print("\n".join(said))
    if not args.no_write:
        report.write(DOC, said)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--requests", type=int, nargs="+", default=SIZES, help="sizes to measure")
    parser.add_argument("--quick", action="store_true", help="few rounds, only to see that it runs")
    parser.add_argument("--bare-start", action="store_true", help="also time `make run` of a clone")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md alone")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("DATA_DIR") or ROOT / ".data") / "bench",
        help="where the measured cities stay: a second run finds them",
    )
    return parser.parse_args()


def _measure(stage: Stage, args: argparse.Namespace) -> tuple[list[Row], list[Row]]:
    rounds, seconds = (12, 3.0) if args.quick else (80, 8.0)
    out = stage.data / "rows.json"
    with stage.servers() as environment:
        took = stage.found(environment)
        print(f"    founded in {took:.0f} s", flush=True)
        apart: list[Row] = []
        measures: list[tuple[str, ...]] = [
            ("bench.outbox", "2000" if args.quick else "8000"),
            ("bench.fan_out", "2" if args.quick else "3"),
            ("bench.bursts", str(rounds), str(seconds)),
            ("bench.takes", str(rounds)),
            ("bench.registry", str(rounds)),
            ("bench.money", str(rounds)),
            ("bench.bookings", str(rounds)),
            ("bench.offers", "2" if args.quick else "3"),
            ("bench.exchange", "2" if args.quick else "3"),
            ("bench.machines", str(rounds)),
        ]
        # In a small city the 2,000 invented companies would be measured against nothing.
        if stage.requests >= RATED_FROM:
            measures.append(("bench.ratings", "1" if args.quick else "3"))
        for module, *words in measures:
            run(module, environment, *words, str(out))
            apart += report.rows_of(json.loads(out.read_text()))
    with stage.portal() as (opened, supervisor):
        environment = stage.with_servers()
        with stage.bare(environment):
            run(
                "bench.size", environment, str(stage.bare_port), str(rounds), str(seconds), str(out)
            )
        rows = report.rows_of(json.loads(out.read_text()))
        # The floor's server has gone: what is left is the portal, warm from the calls.
        memory = memory_mib(supervisor)
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sorted(memory.items()))
    whole = [
        Row(f"Memory, PSS ({parts})", sum(memory.values()), None, MOST_MIB, unit="MiB"),
        Row("`make run` again", opened, None, MOST_SECONDS_AGAIN, unit="s"),
    ]
    return [*rows, *report.derived(rows), *apart], whole


def _bare_start() -> Row:
    """Time `make run` of a fresh clone until the portal answers."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        stage = Stage(Path(folder), 0)
        environment = kept | {
            "DATA_DIR": str(Path(folder) / "data"),
            "PORT": str(stage.port),
            "PUBLIC_URL": f"http://127.0.0.1:{stage.port}",
            "PYTHON": shutil.which("python3.11") or sys.executable,
        }
        began = time.monotonic()
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            stage.wait(process, f"http://127.0.0.1:{stage.port}/readyz", seconds=600)
            took = time.monotonic() - began
        finally:
            process.terminate()
            process.wait(60)
    return Row("`make run` of a bare clone", took, None, MOST_SECONDS_BARE, unit="s")


if __name__ == "__main__":
    sys.exit(main())
