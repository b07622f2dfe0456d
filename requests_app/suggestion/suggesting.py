"""
The matters a description is most likely about, best first, each with its share.

Only suggested, never decided on: nothing waits for it, and without a model the lexicon answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.utils import timezone

from requests_app.models import Category, SuggestionModel
from requests_app.suggestion import scoring
from requests_app.suggestion.lexicon import Lexicon, Told, phrases
from requests_app.suggestion.measuring import BEST

log = structlog.get_logger(__name__)

# Under so little nobody is helped by reading it.
LEAST_SHARE = 0.03


@dataclass(frozen=True)
class Suggested:
    """A matter and how sure the suggestion is; a value from 0 to 1."""

    slug: str
    name: str
    group: str
    emergency: bool
    share: float

    @property
    def percent(self) -> int:
        """The share for people."""
        return round(self.share * 100)


# The version and its model, read once a process; threads share it, for nobody changes it.
_loaded: list[tuple[int | None, scoring.Model | None]] = [(None, None)]


def suggest(text: str, *, at: datetime) -> list[Suggested]:
    """
    Return up to three matters that take requests on the day of `at`.

    Two statements; a third one when the model in use has changed.
    """
    if not text.strip():
        return []
    open_now = {
        leaf.slug: leaf
        for leaf in Category.objects.taking_requests(timezone.localtime(at).date()).select_related(
            "parent"
        )
    }
    model = current()
    lexicon = lexicon_of(list(open_now.values()))
    both = scoring.Together(model, lexicon) if model else lexicon
    shares = {slug: share for slug, share in both.shares(text).items() if slug in open_now}
    whole = sum(shares.values())
    best = sorted(shares, key=lambda slug: (-shares[slug], slug))[:BEST]
    return [
        Suggested(
            slug=slug,
            name=open_now[slug].name,
            group=(open_now[slug].parent or open_now[slug]).name,
            emergency=open_now[slug].emergency,
            share=shares[slug] / whole,
        )
        for slug in best
        if whole and shares[slug] / whole >= LEAST_SHARE
    ]


def current() -> scoring.Model | None:
    """Return the model in use; None before the first, or when it cannot be read."""
    version = SuggestionModel.objects.filter(is_used=True).values_list("pk", flat=True).first()
    known, model = _loaded[0]
    if version != known:
        kept = SuggestionModel.objects.filter(pk=version).first() if version else None
        model = read(kept) if kept else None
        _loaded[0] = version, model
    return model


def read(kept: SuggestionModel) -> scoring.Model | None:
    """Return the kept numbers as a model; None, with a line in the log, when they do not fit."""
    try:
        return scoring.unpack(
            classes=kept.classes,
            bias=kept.bias,
            vocabulary=bytes(kept.vocabulary),
            weights=bytes(kept.weights),
        )
    except scoring.Unreadable as broken:
        log.warning("suggestion_model_unreadable", version=kept.pk, why=str(broken))
        return None


def told(leaf: Category) -> Told:
    """Return a matter as the lexicon reads it."""
    return Told(leaf.slug, leaf.name, leaf.hint, leaf.keywords)


_lexicons: dict[tuple[Told, ...], Lexicon] = {}


def lexicon_of(leaves: list[Category]) -> Lexicon:
    """Return the lexicon of these matters, made once as long as nobody edits the tree."""
    known = tuple(told(leaf) for leaf in leaves)
    found = _lexicons.get(known)
    if found is None:
        found = Lexicon(phrases(known))
        _lexicons.clear()
        _lexicons[known] = found
    return found
