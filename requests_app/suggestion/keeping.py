"""
The nightly lesson: learn from closed requests, measure on others, keep what is not worse.

A tenth of the requests, chosen by their numbers alone, is never learnt from by any version, so old
and new are judged by the same texts and neither has seen them.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from django.db import connection, transaction

from requests_app.models import Category, Request, SuggestionModel
from requests_app.statuses import Outcome, Status
from requests_app.suggestion import measuring, scoring, suggesting
from requests_app.suggestion.lexicon import Lexicon, phrases
from requests_app.suggestion.measuring import Metrics
from requests_app.suggestion.scoring import Suggests, Together

log = structlog.get_logger(__name__)

MOST_TEXTS = 60_000
# Below that the lexicon knows more than could be learnt or measured.
FEWEST_TEXTS = 500
HELD_OUT_OF = 10
VERSIONS_KEPT = 30
_SHORTEST = 10
_LOCK = 0x5066


def is_held_out(number: str) -> bool:
    """Tell whether a request is only measured with; the same for every version and process."""
    return zlib.crc32(number.encode()) % HELD_OUT_OF == 0


def learn(*, at: datetime) -> SuggestionModel | None:
    """
    Learn, measure and keep a version; None while there is too little, or another process does it.

    The label is the matter the request was closed with: what the operator chose or left.
    """
    # Here and not above: the web's processes carry nothing of scikit-learn.
    from requests_app.suggestion import training

    began = time.monotonic()
    with _alone() as is_alone:
        if not is_alone:
            return None
        texts, labels, held = _lesson()
        if len(texts) < FEWEST_TEXTS or len(set(labels)) < 2 or not held:
            log.info("suggestion_not_learnt", texts=len(texts))
            return None
        leaves = Category.objects.exclude(parent=None).order_by("slug")
        known = phrases(suggesting.told(leaf) for leaf in leaves)
        # No transaction is open meanwhile: minutes of one would keep the database from tidying.
        model = training.train(texts, labels, known=known)
        lexicon, last = Lexicon(known), suggesting.current()
        new = measured(Together(model, lexicon), held)
        old = measured(Together(last, lexicon) if last else lexicon, held)
        kept = _keep(model, new, old, learnt=len(texts), seconds=time.monotonic() - began, at=at)
    log.info(
        "suggestion_learnt",
        version=kept.pk,
        used=kept.is_used,
        texts=len(texts),
        accuracy=round(new.accuracy, 4),
        macro_f1=round(new.macro_f1, 4),
    )
    return kept


def measured(model: Suggests, held: list[tuple[str, str]]) -> Metrics:
    """Return the figures of a model on texts with their matters."""

    def answers() -> Iterator[tuple[str, list[str]]]:
        for text, slug in held:
            shares = model.shares(text)
            yield slug, sorted(shares, key=lambda one: (-shares[one], one))[: measuring.BEST]

    return measuring.measure(answers())


@contextmanager
def _alone() -> Iterator[bool]:
    """Tell whether no other process learns now, and let none begin until the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        is_alone: bool = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _lesson() -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Return texts to learn from, their matters, and what is only measured with."""
    texts: list[str] = []
    labels: list[str] = []
    held: list[tuple[str, str]] = []
    with transaction.atomic():
        for number, text, slug in _closed():
            if is_held_out(number):
                held.append((text, slug))
            else:
                texts.append(text)
                labels.append(slug)
    return texts, labels, held


def _closed() -> Iterator[tuple[str, str, str]]:
    """Yield number, text and matter of the newest closed requests that still have their words."""
    rows = (
        Request.objects.filter(status=Status.CLOSED)
        # A duplicate's matter was nobody's choice: it was joined as it came.
        .exclude(outcome=Outcome.DUPLICATE)
        .exclude(description="")
        .order_by("-registered_at", "-id")
        .values_list("number", "description", "category__slug")[:MOST_TEXTS]
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
    for number, text, slug in rows.iterator(chunk_size=5_000):
        if len(text) >= _SHORTEST:
            yield number, text, slug


@transaction.atomic
def _keep(
    model: scoring.Model,
    new: Metrics,
    old: Metrics,
    *,
    learnt: int,
    seconds: float,
    at: datetime,
) -> SuggestionModel:
    is_used = measuring.is_not_worse(new, old)
    vocabulary, weights = scoring.pack(model) if is_used else (b"", b"")
    if is_used:
        # Of those that suggested before only the figures are still of use.
        SuggestionModel.objects.filter(is_used=True).update(
            is_used=False, vocabulary=b"", weights=b""
        )
    kept = SuggestionModel.objects.create(
        trained_at=at,
        learnt=learnt,
        held_out=new.texts,
        seconds=round(seconds, 1),
        is_used=is_used,
        metrics=new.as_json(),
        before=old.as_json(),
        classes=list(model.classes),
        bias=list(model.bias),
        vocabulary=vocabulary,
        weights=weights,
    )
    old_ones = SuggestionModel.objects.filter(is_used=False).order_by("-pk")[VERSIONS_KEPT:]
    SuggestionModel.objects.filter(pk__in=list(old_ones.values_list("pk", flat=True))).delete()
    return kept
