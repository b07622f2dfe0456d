"""Letters whose requests changed before the trigger was there say so, a thousand at a time."""

from typing import Any

from django.db import migrations

_PART = """
UPDATE requests_app_outsideletter AS letter SET changed_at = item.changed_at
FROM requests_app_request AS item
WHERE letter.id IN (
    SELECT behind.id FROM requests_app_outsideletter AS behind
    JOIN requests_app_request AS its ON its.id = behind.request_id
    WHERE behind.id > %s AND its.changed_at > behind.changed_at
    ORDER BY behind.id LIMIT 1000
) AND item.id = letter.request_id
RETURNING letter.id
"""


def catch_up(_apps: Any, editor: Any) -> None:
    place = 0
    with editor.connection.cursor() as cursor:
        while True:
            cursor.execute(_PART, [place])
            done = [pk for (pk,) in cursor.fetchall()]
            if not done:
                return
            place = max(done)


class Migration(migrations.Migration):
    # Each part is a transaction of its own.
    atomic = False
    dependencies = [("requests_app", "0032_outside_letters_move_with_requests")]
    operations = [migrations.RunPython(catch_up, migrations.RunPython.noop)]
