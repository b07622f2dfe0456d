"""
Signs that somebody works on the numbers instead of the houses: looked for, shown, never judged.

A sign changes no score. It stands beside it with its counts, so that readers ask and the company
answers; the data behind it may hold people, so it is counted where they are and leaves as numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Below so many cases a share is luck.
LEAST = 20
PAPERLESS_SHARE = 0.6
QUICK_SHARE = 0.3
SPLIT_SHARE = 0.3
ONE_VOICE_SHARE, ONE_VOICE_LEAST = 0.2, 5
ONE_PLACE_SHARE, ONE_PLACE_LEAST = 0.2, 5


@dataclass(frozen=True)
class Counted:
    """
    What a company's requests of the window show.

    `presented`: said to be done; `paperless` of them without a document; `quick` of them within ten
    minutes of registration. `requests` of which `split` repeat the flat, matter and day of another.
    `confirmed` of which `one_voice` by the same contact. `marked_good`: good marks sent over the
    network, of which `one_place` from one address.
    """

    presented: int
    paperless: int
    quick: int
    requests: int
    split: int
    confirmed: int
    one_voice: int
    marked_good: int
    one_place: int


WORDS: dict[str, tuple[Promise, Promise]] = {
    "paperless": (
        _("Closed on word alone"),
        _("%(count)s of %(of)s requests were said to be done without a document."),
    ),
    "quick": (
        _("Done within minutes"),
        _("%(count)s of %(of)s requests were said to be done within ten minutes of being filed."),
    ),
    "split": (
        _("One matter as many requests"),
        _("%(count)s of %(of)s requests repeat the flat, the matter and the day of another."),
    ),
    "one_voice": (
        _("Confirmed from one address"),
        _("%(count)s of %(of)s confirmations came from one and the same contact."),
    ),
    "one_place": (
        _("Good marks from one address"),
        _("%(count)s of %(of)s good marks came from one and the same network address."),
    ),
}


def signs(found: Counted) -> list[dict[str, Any]]:
    """Return the signs of a company: their code, what was counted, and of how many."""
    made = []
    for code, count, of, share, least in (
        ("paperless", found.paperless, found.presented, PAPERLESS_SHARE, 0),
        ("quick", found.quick, found.presented, QUICK_SHARE, 0),
        ("split", found.split, found.requests, SPLIT_SHARE, 0),
        ("one_voice", found.one_voice, found.confirmed, ONE_VOICE_SHARE, ONE_VOICE_LEAST),
        ("one_place", found.one_place, found.marked_good, ONE_PLACE_SHARE, ONE_PLACE_LEAST),
    ):
        if of >= LEAST and count >= max(share * of, least):
            made.append({"code": code, "count": count, "of": of})
    return made


# Over the rows that the rating has just judged; what is said of a contact stays in the database.
_LOOK = """
SELECT company_id,
       sum(presented) AS presented,
       sum(presented - scanned) AS paperless,
       count(*) FILTER (
           WHERE presented = 1 AND done_at < registered_at + interval '10 minutes'
       ) AS quick,
       count(*) AS requests,
       count(*) FILTER (WHERE flat <> '' AND of_flat > 1) AS split,
       sum(confirmed) AS confirmed
FROM (
    SELECT j.company_id, j.presented, j.scanned, j.confirmed, r.done_at, r.registered_at, r.flat,
           row_number() OVER (
               PARTITION BY j.company_id, j.building_id, j.category_id, r.flat,
                            (r.registered_at AT TIME ZONE %(zone)s)::date
               ORDER BY j.id
           ) AS of_flat
    FROM rating_judged j JOIN requests_app_request r ON r.id = j.id
) each_request
GROUP BY company_id
"""
_VOICES = """
SELECT company_id, max(said) FROM (
    SELECT j.company_id, count(*) AS said
    FROM rating_judged j
    JOIN requests_app_requestcontact c ON c.request_id = j.id
    WHERE j.confirmed = 1
    GROUP BY j.company_id, coalesce(nullif(c.phone, ''), c.email)
) each_voice GROUP BY company_id
"""


_PLACES = """
SELECT company_id, sum(said), max(said) FROM (
    SELECT j.company_id, count(*) AS said
    FROM rating_judged j JOIN requests_app_mark k ON k.request_id = j.id
    WHERE j.marked_good = 1 AND k.origin <> ''
    GROUP BY j.company_id, k.origin
) each_place GROUP BY company_id
"""


def look(cursor: Any) -> dict[int, list[dict[str, Any]]]:
    """Return the signs of each company by its id, over the rows judged in this transaction."""
    cursor.execute(_VOICES)
    voices = {company: int(said) for company, said in cursor}
    cursor.execute(_PLACES)
    places = {company: (int(said), int(most)) for company, said, most in cursor}
    cursor.execute(_LOOK, {"zone": str(timezone.get_current_timezone())})
    names = [column.name for column in cursor.description or ()][1:]
    found = {}
    for company, *numbers in cursor:
        marked_good, one_place = places.get(company, (0, 0))
        found[company] = signs(
            Counted(
                **dict(zip(names, map(int, numbers), strict=True)),
                one_voice=voices.get(company, 0),
                marked_good=marked_good,
                one_place=one_place,
            )
        )
    return found


def told(found: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return each sign in words: its name, and what was counted."""
    return [
        (str(WORDS[one["code"]][0]), str(WORDS[one["code"]][1]) % one)
        for one in found
        if one["code"] in WORDS
    ]
