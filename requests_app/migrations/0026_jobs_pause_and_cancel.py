"""Background work of an incident may be paused and cancelled."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

STATES = [
    ("waiting", "Waits"),
    ("running", "Runs"),
    ("paused", "Paused"),
    ("cancelled", "Cancelled"),
    ("finished", "Finished"),
]
# A list, because Django strips the comments of a text. A longer varchar rewrites no row, reads none
# and holds its lock for an instant.
WIDEN = """-- squawk-ignore changing-column-type, ban-drop-constraint
ALTER TABLE requests_app_incidentjob ALTER COLUMN state TYPE varchar(12)"""
NARROW = """UPDATE requests_app_incidentjob SET state =
    CASE state WHEN 'paused' THEN 'waiting' ELSE 'finished' END
    WHERE state IN ('paused', 'cancelled')"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests_app", "0025_chat_follows")]
    operations = [
        migrations.RunSQL(
            [WIDEN],
            [NARROW, "ALTER TABLE requests_app_incidentjob ALTER COLUMN state TYPE varchar(8)"],
            state_operations=[
                migrations.AlterField(
                    "incidentjob",
                    "state",
                    models.CharField(
                        choices=STATES, default="waiting", max_length=12, verbose_name="state"
                    ),
                )
            ],
        ),
        AddIndexConcurrently(
            model_name="incidentjob",
            index=models.Index(
                condition=models.Q(("state__in", ("cancelled", "finished")), _negated=True),
                fields=["id"],
                name="job_not_ended",
            ),
        ),
        RemoveIndexConcurrently(model_name="incidentjob", name="job_unfinished"),
    ]
