"""Lets what an executor asks of the centre wait in the queue as a resident's word does."""

from django.db import migrations

_HEAR = """
CREATE OR REPLACE FUNCTION requests_app_queue_hear() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {asks} THEN
        -- The resident's word wakes what was set aside.
        UPDATE requests_app_queueplace
        SET is_unread = true, is_unanswered = true, set_aside_until = NULL
        WHERE request_id = NEW.request_id;
    ELSIF NEW.author = 'operator' AND NEW.kind <> 'assigned' THEN
        UPDATE requests_app_queueplace
        SET is_unread = false, is_unanswered = is_unanswered AND NOT NEW.public
        WHERE request_id = NEW.request_id
            AND (is_unread OR is_unanswered AND NEW.public);
    END IF;
    RETURN NULL;
END
$$;
"""
FORWARD = _HEAR.format(asks="NEW.author = 'resident' OR NEW.kind IN ('asked_time', 'asked_pass')")
BACKWARD = _HEAR.format(asks="NEW.author = 'resident'")


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0016_incidents_merge_in_the_background")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
