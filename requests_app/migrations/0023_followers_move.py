"""Who was told about outages follows by the mechanism of all rooms; ids stay, letters name them."""

from django.db import migrations

FORWARD = """
INSERT INTO notifications_follow (id, email, topic, label, created_at, confirmed_at)
SELECT old.id, lower(old.email),
    CASE WHEN old.incident_id IS NULL THEN 'house:' || old.building_id
        ELSE 'incident:' || old.incident_id END,
    house.address, old.created_at, old.confirmed_at
FROM requests_app_outagesubscription AS old
JOIN disclosure_building AS house ON house.id = old.building_id
ON CONFLICT (email, topic) DO NOTHING;
SELECT setval(pg_get_serial_sequence('notifications_follow', 'id'),
    GREATEST((SELECT max(id) FROM notifications_follow), 1));
"""
BACKWARD = """
INSERT INTO requests_app_outagesubscription
    (id, email, building_id, incident_id, created_at, confirmed_at)
SELECT new.id, new.email, house.id, NULL, new.created_at, new.confirmed_at
FROM notifications_follow AS new
JOIN disclosure_building AS house ON new.topic = 'house:' || house.id
ON CONFLICT DO NOTHING;
INSERT INTO requests_app_outagesubscription
    (id, email, building_id, incident_id, created_at, confirmed_at)
SELECT new.id, new.email, touched.building_id, incident.id, new.created_at, new.confirmed_at
FROM notifications_follow AS new
JOIN requests_app_incident AS incident ON new.topic = 'incident:' || incident.id
CROSS JOIN LATERAL (
    SELECT building_id FROM requests_app_incidentbuilding
    WHERE incident_id = incident.id ORDER BY building_id LIMIT 1
) AS touched
ON CONFLICT DO NOTHING;
DELETE FROM notifications_follow WHERE topic LIKE 'house:%' OR topic LIKE 'incident:%';
SELECT setval(pg_get_serial_sequence('requests_app_outagesubscription', 'id'),
    GREATEST((SELECT max(id) FROM requests_app_outagesubscription), 1));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0022_suggestion_models"),
        ("notifications", "0011_follows"),
        ("disclosure", "__first__"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
