"""Finding guides by everyday words: one statement over words, synonyms and slips of the finger."""

from __future__ import annotations

from django.db import connection

from outreach.guides import words
from outreach.models import Guide

LIMIT = 10
# A long word is asked for by its beginning too: the stemmer brings «батареи» to «батар», but
# «батарея» to «батаре». A short one is not: «газ» would find every «газон».
# A word that no guide holds is compared by trigrams with titles, questions and everyday words.
# A word of few guides tells more than one of many. A quarter of the words any guide knows must be
# met: people tell a story, of which few words are about the matter.
_SQL = """
WITH asked AS (
    SELECT number, word, trust, CASE
        WHEN length(word) > 4 THEN to_tsquery('russian', word || ':*')
            || to_tsquery('simple', left(word, greatest(4, length(word) - 2)) || ':*')
        ELSE to_tsquery('russian', word) || to_tsquery('simple', word) END AS query
    FROM unnest(%s::int[], %s::text[], %s::float8[]) AS asked (number, word, trust)
), met AS (
    SELECT asked.number, guide.id,
        max(asked.trust * ts_rank('{0.05, 0.3, 0.5, 1.0}', guide.search, asked.query)) AS score
    FROM asked JOIN outreach_guide AS guide ON guide.search @@ asked.query
    WHERE guide.is_published
    GROUP BY 1, 2
), near AS (
    SELECT asked.number, guide.id,
        0.5 * max(strict_word_similarity(asked.word, guide.words)) AS score
    FROM asked JOIN outreach_guide AS guide
        ON strict_word_similarity(asked.word, guide.words) >= 0.4
    WHERE guide.is_published AND length(asked.word) > 3 AND asked.trust = 1
        AND asked.number NOT IN (SELECT number FROM met)
    GROUP BY 1, 2
), both_ways AS (
    SELECT *, count(*) OVER (PARTITION BY number) AS held FROM (
        SELECT * FROM met UNION ALL SELECT * FROM near
    ) AS found
)
SELECT both_ways.id,
    sum(score * ln(1 + (SELECT count(*) FROM outreach_guide)::float8 / held)) AS total
FROM both_ways JOIN outreach_guide AS guide USING (id)
GROUP BY both_ways.id
HAVING count(*) * 4 >= (SELECT count(DISTINCT number) FROM both_ways)
ORDER BY total DESC, both_ways.id
LIMIT %s
"""


def find(text: str, *, limit: int = LIMIT) -> list[Guide]:
    """Return the published guides that a question means, best first; two queries, or none."""
    asked = words.asked(text)
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            [
                [one.number for one in asked],
                [one.word for one in asked],
                [one.trust for one in asked],
                limit,
            ],
        )
        order = [pk for pk, _score in cursor.fetchall()]
    found = Guide.objects.defer("body", "search", "words").in_bulk(order)
    return [found[pk] for pk in order if pk in found]
