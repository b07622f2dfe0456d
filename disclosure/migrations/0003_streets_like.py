"""A function that finds streets by words: it carries its own threshold of likeness."""

from django.db import migrations

# The setting belongs to the function, not to the session: a pooled connection stays as it was.
CREATE = """
CREATE FUNCTION disclosure_streets_like(words text, most integer)
RETURNS TABLE (street_id bigint, score double precision)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
SET pg_trgm.word_similarity_threshold = 0.45
AS $$
    SELECT id, word_similarity(words, search_name) + 0.3 * similarity(words, search_name)
    FROM disclosure_street
    WHERE words <% search_name
    ORDER BY 2 DESC, id
    LIMIT most
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0002_registry")]
    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION disclosure_streets_like(text, integer)"),
    ]
