"""Keeps the queue beside requests and their timelines: whoever writes those moves the place."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION requests_app_queue_lane(is_emergency boolean, paused_at timestamptz)
RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN paused_at IS NOT NULL THEN 2 WHEN is_emergency THEN 0 ELSE 1 END::smallint
$$;

CREATE FUNCTION requests_app_queue_hour(due_at timestamptz)
RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT date_trunc('hour', due_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
$$;

CREATE FUNCTION requests_app_queue_is_centres(
    status text, company_id bigint, supplier_id bigint
) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT status IN ('new', 'reopened') OR (company_id IS NULL AND supplier_id IS NULL)
$$;

CREATE FUNCTION requests_app_queue_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IN ('done', 'closed') THEN
        DELETE FROM requests_app_queueplace WHERE request_id = NEW.id;
        RETURN NULL;
    END IF;
    INSERT INTO requests_app_queueplace AS place
        (request_id, lane, due_hour, holder_id, is_centres)
    VALUES (
        NEW.id,
        requests_app_queue_lane(NEW.is_emergency, NEW.paused_at),
        requests_app_queue_hour(NEW.due_at),
        NEW.assigned_to_id,
        requests_app_queue_is_centres(NEW.status, NEW.company_id, NEW.supplier_id)
    )
    ON CONFLICT (request_id) DO UPDATE SET
        lane = EXCLUDED.lane,
        due_hour = EXCLUDED.due_hour,
        is_centres = EXCLUDED.is_centres,
        -- What one operator put off is no promise of the next one.
        set_aside_until = CASE
            WHEN place.holder_id IS NOT DISTINCT FROM EXCLUDED.holder_id
            THEN place.set_aside_until END,
        holder_id = EXCLUDED.holder_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION requests_app_queue_hear() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.author = 'resident' THEN
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

CREATE TRIGGER queue_enter AFTER INSERT ON requests_app_request
    FOR EACH ROW WHEN (NEW.status NOT IN ('done', 'closed'))
    EXECUTE FUNCTION requests_app_queue_move();

CREATE TRIGGER queue_move AFTER UPDATE ON requests_app_request
    FOR EACH ROW WHEN (
        (OLD.status, OLD.is_emergency, OLD.paused_at, OLD.due_at,
         OLD.assigned_to_id, OLD.company_id, OLD.supplier_id)
        IS DISTINCT FROM
        (NEW.status, NEW.is_emergency, NEW.paused_at, NEW.due_at,
         NEW.assigned_to_id, NEW.company_id, NEW.supplier_id)
    )
    EXECUTE FUNCTION requests_app_queue_move();

CREATE TRIGGER queue_hear AFTER INSERT ON requests_app_requestevent
    FOR EACH ROW WHEN (NEW.kind <> 'filed')
    EXECUTE FUNCTION requests_app_queue_hear();

-- Rows that came past the triggers (by COPY with triggers off) get their places here.
CREATE FUNCTION requests_app_queue_fill() RETURNS bigint LANGUAGE sql AS $$
    WITH filled AS (
        INSERT INTO requests_app_queueplace
            (request_id, lane, due_hour, holder_id, is_centres, is_unread)
        SELECT
            id,
            requests_app_queue_lane(is_emergency, paused_at),
            requests_app_queue_hour(due_at),
            assigned_to_id,
            requests_app_queue_is_centres(status, company_id, supplier_id),
            status = 'new'
        FROM requests_app_request
        WHERE status NOT IN ('done', 'closed')
        ON CONFLICT (request_id) DO NOTHING
        RETURNING 1
    )
    SELECT count(*) FROM filled
$$;
"""

BACKWARD = """
DROP TRIGGER queue_hear ON requests_app_requestevent;
DROP TRIGGER queue_move ON requests_app_request;
DROP TRIGGER queue_enter ON requests_app_request;
DROP FUNCTION requests_app_queue_fill();
DROP FUNCTION requests_app_queue_hear();
DROP FUNCTION requests_app_queue_move();
DROP FUNCTION requests_app_queue_is_centres(text, bigint, bigint);
DROP FUNCTION requests_app_queue_hour(timestamptz);
DROP FUNCTION requests_app_queue_lane(boolean, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0006_desk_queue_and_ties")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
