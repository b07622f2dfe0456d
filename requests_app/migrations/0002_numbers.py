"""Numbers of requests: one Postgres sequence a year, made when its year's first request comes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION requests_app_next_number(year integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    sequence_name text := 'requests_app_number_' || year;
BEGIN
    IF to_regclass(sequence_name) IS NULL THEN
        -- Two first requests of a year must not both create it.
        PERFORM pg_advisory_xact_lock(hashtext(sequence_name));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', sequence_name);
    END IF;
    RETURN nextval(sequence_name::regclass);
END $$;
"""
BACKWARD = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT relname FROM pg_class
        WHERE relkind = 'S' AND relname ~ '^requests_app_number_[0-9]+$'
    LOOP
        EXECUTE format('DROP SEQUENCE %I', found.relname);
    END LOOP;
END $$;
DROP FUNCTION requests_app_next_number(integer);
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
