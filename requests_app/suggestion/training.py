"""Learning a model of texts and their matters; the one module that needs scikit-learn."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from requests_app.suggestion.features import features
from requests_app.suggestion.scoring import Model

# A feature of fewer texts says nothing about a matter, and might say something about a person.
SEEN_AT_LEAST = 5
MOST_FEATURES = 12_000
_ROUNDS = 300
_STRENGTH = 5.0
_TEXTS_A_WEIGHT = 1_200
_MOST_WEIGHT = 60.0


def train(
    texts: Sequence[str], labels: Sequence[str], *, known: Mapping[str, Sequence[str]] | None = None
) -> Model:
    """
    Return the model learnt of `texts`, each with its matter's code; at least two matters.

    `known` are the lexicon's phrases by matter: they weigh more the more texts there are, or a city
    that writes much about little would forget the rest.

    Multinomial logistic regression over features that are there or not, each text of length one.
    The same texts give the same model.
    """
    weight = min(max(len(texts) / _TEXTS_A_WEIGHT, 1.0), _MOST_WEIGHT)
    weights = [1.0] * len(texts)
    texts, labels = list(texts), list(labels)
    for slug, phrases in (known or {}).items():
        texts += phrases
        labels += [slug] * len(phrases)
        weights += [weight] * len(phrases)
    told = [features(text) for text in texts]
    vocabulary = _vocabulary(told, known or {})
    vectors = CountVectorizer(analyzer=_as_it_is, binary=True, vocabulary=vocabulary)
    counted = normalize(vectors.fit_transform(told))
    fitted = LogisticRegression(C=_STRENGTH, max_iter=_ROUNDS).fit(
        counted, labels, sample_weight=weights
    )
    coefficients, intercept = fitted.coef_, fitted.intercept_
    if len(fitted.classes_) == 2:
        # Of two matters scikit-learn keeps one line; the other is its mirror.
        coefficients = [-coefficients[0] / 2, coefficients[0] / 2]
        intercept = [-intercept[0] / 2, intercept[0] / 2]
    rows = zip(*(line.tolist() for line in coefficients), strict=True)
    return Model(
        classes=tuple(str(one) for one in fitted.classes_),
        vocabulary={word: row for row, word in enumerate(vocabulary)},
        weights=array("f", (weight for row in rows for weight in row)),
        bias=tuple(float(one) for one in intercept),
    )


def _vocabulary(told: Sequence[Sequence[str]], known: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the features to learn: the most frequent ones, and all that the lexicon holds."""
    # A handful of texts would leave no feature at all.
    least = min(SEEN_AT_LEAST, 1 + len(told) // 1_000)
    seen = Counter(feature for one in told for feature in one)
    frequent = sorted((-count, feature) for feature, count in seen.items() if count >= least)
    ours = {one for phrases in known.values() for text in phrases for one in features(text)}
    return sorted({feature for _count, feature in frequent[:MOST_FEATURES]} | ours)


def _as_it_is(found: list[str]) -> list[str]:
    return found
