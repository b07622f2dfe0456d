"""
Bringing the files' guides into the database without touching what editors decided.

A row remembers the fingerprint of the values last loaded into it. Where its values have another,
somebody edited it here, and the file gives way. Whether a guide is published is the editors' own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from outreach.models import Guide
from outreach.models.guides import next_review
from outreach.reference.reading import FileGuide, Unreadable
from requests_app.models import Category
from requests_app.reference.loading import fingerprint

_OWN = (
    "title",
    "question",
    "topic",
    "summary",
    "body",
    "keywords",
    "clauses",
    "sources",
    "confidence",
    "reviewed_on",
)


@dataclass
class Loaded:
    """What a load did; `kept` and `gone` name what people should look at."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


@transaction.atomic
def load(guides: Iterable[FileGuide]) -> Loaded:
    """
    Make the database say what `guides` say and return what was done; safe to repeat.

    Raise Unreadable, with nothing written, for a matter that is not in the tree.
    """
    guides = list(guides)
    done = Loaded()
    tree = {row.slug: row for row in Category.objects.all()}
    strange = [
        f"{guide.slug}: no matter “{slug}” (load_categories comes first)"
        for guide in guides
        for slug in guide.categories
        if slug not in tree
    ]
    if strange:
        raise Unreadable("\n".join(strange))
    # Lock before reading: two loads at once would both add the same guide.
    rows = Guide.objects.select_for_update().prefetch_related("categories").order_by("pk")
    known = {row.slug: row for row in rows}
    for guide in guides:
        _guide(guide, known.get(guide.slug), [tree[slug] for slug in guide.categories], done)
    named = {guide.slug for guide in guides}
    done.gone = sorted(
        row.slug
        for row in known.values()
        if row.loaded_hash and row.is_published and row.slug not in named
    )
    return done


def is_edited(row: Guide) -> bool:
    """Return whether somebody changed the guide after it was loaded, or wrote it here."""
    values = {name: getattr(row, name) for name in _OWN}
    return row.loaded_hash != _mark(values, [matter.slug for matter in row.categories.all()])


def _mark(values: dict[str, Any], slugs: Iterable[str]) -> str:
    return fingerprint({**values, "categories": sorted(slugs)})


def _guide(stated: FileGuide, row: Guide | None, matters: list[Category], done: Loaded) -> None:
    values = {name: getattr(stated, name) for name in _OWN}
    mark = _mark(values, stated.categories)
    if row is None:
        done.counts["guides added"] += 1
        row = Guide(slug=stated.slug)
    elif row.loaded_hash == mark:
        done.counts["guides unchanged"] += 1
        return
    elif is_edited(row):
        done.counts["guides kept"] += 1
        done.kept.append(f"{row.slug}: the guide was edited here, the file gives way")
        return
    else:
        done.counts["guides changed"] += 1
    for name, value in values.items():
        setattr(row, name, value)
    row.review_due_on = next_review(stated.reviewed_on)
    row.filing_category_id = filing_category(matters)
    row.loaded_hash = mark
    row.save()
    row.categories.set(matters)


def filing_category(matters: Sequence[Category]) -> int:
    """Return the matter a request from the guide begins with: its only one, their top, or first."""
    tops = {matter.parent_id or matter.pk for matter in matters}
    if len(matters) > 1 and len(tops) == 1:
        return tops.pop()
    return matters[0].pk
