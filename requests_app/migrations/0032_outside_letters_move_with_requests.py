"""A letter of an outside portal changes whenever its request does: one column says when."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION requests_app_outside_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE requests_app_outsideletter SET changed_at = NEW.changed_at
    WHERE request_id = NEW.id AND changed_at < NEW.changed_at;
    RETURN NULL;
END
$$;
CREATE TRIGGER outside_moves AFTER UPDATE OF changed_at ON requests_app_request
FOR EACH ROW
WHEN (NEW.channel IN ('pos', 'gis_zhkh') AND NEW.changed_at IS DISTINCT FROM OLD.changed_at)
EXECUTE FUNCTION requests_app_outside_moves();
"""
BACK = """
DROP TRIGGER outside_moves ON requests_app_request;
DROP FUNCTION requests_app_outside_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0031_incidents_are_corrected")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
