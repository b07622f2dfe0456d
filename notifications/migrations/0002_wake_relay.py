"""A new message wakes the relay: one NOTIFY a statement, delivered when it commits."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION notifications_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('notifications_message', '');
    RETURN NULL;
END $$;
CREATE TRIGGER notifications_message_wake AFTER INSERT ON notifications_message
    FOR EACH STATEMENT EXECUTE FUNCTION notifications_wake();
"""
BACKWARD = """
DROP TRIGGER notifications_message_wake ON notifications_message;
DROP FUNCTION notifications_wake();
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
