"""Making the draft of a month, and checking any rating by working it out anew."""

from __future__ import annotations

import gzip
import hashlib
from datetime import date, datetime
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ratings import computing, freezing, inputs, methodology, months, results
from ratings.exporting import FIELDS, results_csv
from ratings.freezing import Window
from ratings.models import Methodology, RatingResult, RatingSnapshot
from ratings.publishing import Refused
from ratings.results import Standing

log = structlog.get_logger(__name__)
_LOCK = 0x8A7E


@transaction.atomic
def draft(period: date, *, at: datetime, erratum: str = "") -> RatingSnapshot:
    """
    Freeze the month's input and work the rating out; an earlier draft of the month is replaced.

    A month that is published needs `erratum`, what was wrong: the draft is then its next edition.
    """
    _lock(period)
    last = months.shifted(period, 1)
    if timezone.localtime(at).date() < last:
        raise Refused(_("The month is not over yet."))
    editions = RatingSnapshot.objects.of_month(period).light()
    published = editions.published().first()
    if published and not erratum.strip():
        raise Refused(_("This month is published. A correction must say what was wrong."))
    # A draft made anew keeps its time for comments.
    before = editions.filter(published_at=None).first()
    editions.filter(published_at=None).delete()
    kept = _keep_methodology()
    method = methodology.read(kept.document)
    first = months.shifted(last, -method.window_months)
    frozen = freezing.freeze(method, Window(period, first, last, at))
    lines, who = frozen.lines, frozen.who
    text = inputs.text_of(lines)
    standings = computing.compute(text, method, window_days=(last - first).days)
    named = [(one, who[one.company][1]) for one in standings]
    table = results.text_of(named, method)
    snapshot = RatingSnapshot.objects.create(
        period=period,
        edition=published.edition + 1 if published else 1,
        erratum=erratum.strip() if published else "",
        methodology=kept,
        frozen_at=at,
        inputs=text,
        rows=frozen.rows,
        comments_from=before.comments_from if before else None,
        comments_until=before.comments_until if before else None,
        manifest={
            "period": f"{period:%Y-%m}",
            "from": first.isoformat(),
            "before": last.isoformat(),
            "frozen_at": at.isoformat(),
            "methodology": kept.version,
            "requests": sum(line.counts["requests"] for line in lines),
            "companies": len(standings),
            "files": {
                "rows.csv": {"rows": frozen.rows_count, "sha256": frozen.rows_sha256},
                "inputs.csv": {"rows": len(lines), "sha256": inputs.sha256(text)},
                "results.csv": {"rows": len(standings), "sha256": inputs.sha256(table)},
                "methodology.json": {"rows": 1, "sha256": kept.sha256},
            },
        },
    )
    RatingResult.objects.bulk_create(
        (
            RatingResult(
                snapshot=snapshot,
                position=number,
                company_id=who[one.company][0],
                reference=one.company,
                name=name,
                signs=frozen.signs.get(who[one.company][0], []),
                **_stored(one),
            )
            for number, (one, name) in enumerate(named, start=1)
        ),
        batch_size=1000,
    )
    log.info("rating_drafted", snapshot=snapshot.pk, companies=len(standings))
    return snapshot


def faults(snapshot: RatingSnapshot) -> list[str]:
    """Work the rating out anew from its stored input; return what differs, [] if nothing."""
    manifest = snapshot.manifest
    kept = snapshot.methodology
    method = methodology.read(kept.document)
    stored = results_csv(snapshot)
    digests = {
        "rows.csv": hashlib.sha256(gzip.decompress(snapshot.rows)).hexdigest(),
        "inputs.csv": inputs.sha256(snapshot.inputs),
        "results.csv": inputs.sha256(stored),
        "methodology.json": inputs.sha256(inputs.json_text(kept.document)),
    }
    found = [
        f"{name}: SHA-256 is not the manifest's"
        for name, digest in digests.items()
        if digest != manifest["files"][name]["sha256"]
    ]
    days = (date.fromisoformat(manifest["before"]) - date.fromisoformat(manifest["from"])).days
    try:
        standings = computing.compute(snapshot.inputs, method, window_days=days)
    except inputs.Damaged as wrong:
        return [*found, f"inputs.csv: {wrong}"]
    names = dict(snapshot.results.values_list("reference", "name"))
    anew = results.text_of([(one, names.get(one.company, "")) for one in standings], method)
    for number, (was, now) in enumerate(_pairs(stored, anew), start=1):
        if was != now:
            found.append(f"results.csv, line {number}: stored {was!r}, worked out {now!r}")
    return found


def _stored(one: Standing) -> dict[str, Any]:
    return {name: getattr(one, name) for name in FIELDS}


def _pairs(stored: str, anew: str) -> list[tuple[str, str]]:
    was, now = stored.splitlines(), anew.splitlines()
    longest = max(len(was), len(now))
    was += [""] * (longest - len(was))
    now += [""] * (longest - len(now))
    return list(zip(was, now, strict=True))


def _lock(period: date) -> None:
    # Two at once would freeze two inputs and publish whichever came last.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, period.year * 12 + period.month]
        )
        # A year of a large city takes longer than any page may.
        cursor.execute("SET LOCAL statement_timeout = '15min'")


def _keep_methodology() -> Methodology:
    """Store the repository's newest methodology once; refuse one that changed under its number."""
    document = methodology.newest()
    made = methodology.read(document)
    digest = inputs.sha256(inputs.json_text(document))
    kept, _made = Methodology.objects.get_or_create(
        version=made.version,
        defaults={"dated": made.dated, "document": document, "sha256": digest},
    )
    if kept.sha256 != digest:
        raise Refused(
            _("Methodology %(version)s was changed after it was used: give it a new number.")
            % {"version": made.version}
        )
    return kept
