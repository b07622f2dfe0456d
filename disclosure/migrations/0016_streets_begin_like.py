"""Streets that begin with what was typed stand first, and words are compared by their slips."""

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations

# The setting belongs to the function, not to the session: a pooled connection stays as it was.
FUNCTION = """
CREATE OR REPLACE FUNCTION disclosure_streets_like(words text, most integer)
RETURNS TABLE (street_id bigint, score double precision)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
SET pg_trgm.word_similarity_threshold = 0.45
AS $$
    SELECT id, word_similarity(words, search_name) + 0.3 * similarity(words, search_name)%s
    FROM disclosure_street
    WHERE words <%% search_name
    ORDER BY 2 DESC, id
    LIMIT most
$$;
"""
BEGINS = """
        + CASE WHEN starts_with(search_name, words) THEN 0.1
            WHEN position(' ' || words IN search_name) > 0 THEN 0.05 ELSE 0 END"""


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0015_audit_keeps_deletions")]
    operations = [
        CreateExtension("fuzzystrmatch"),
        migrations.RunSQL(FUNCTION % BEGINS, FUNCTION % ""),
    ]
