"""Offering the money after an incident may be paused and cancelled."""

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
ALTER TABLE claims_incidentoffer ALTER COLUMN state TYPE varchar(12)"""
NARROW = """UPDATE claims_incidentoffer SET state =
    CASE state WHEN 'paused' THEN 'waiting' ELSE 'finished' END
    WHERE state IN ('paused', 'cancelled')"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("claims", "0007_figures_and_works_keep_history")]
    operations = [
        migrations.RunSQL(
            [WIDEN],
            [NARROW, "ALTER TABLE claims_incidentoffer ALTER COLUMN state TYPE varchar(8)"],
            state_operations=[
                migrations.AlterField(
                    "incidentoffer",
                    "state",
                    models.CharField(
                        choices=STATES, default="waiting", max_length=12, verbose_name="state"
                    ),
                )
            ],
        ),
        AddIndexConcurrently(
            model_name="incidentoffer",
            index=models.Index(
                condition=models.Q(("state__in", ("cancelled", "finished")), _negated=True),
                fields=["id"],
                name="claims_offer_not_ended",
            ),
        ),
        RemoveIndexConcurrently(model_name="incidentoffer", name="claims_offer_unfinished"),
    ]
