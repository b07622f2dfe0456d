"""Lets the desk read every status, and one operator's queue, in the order of due times."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0003_destruction_log")]

    operations = [
        AddIndexConcurrently(
            model_name="request",
            index=models.Index(fields=["due_at", "id"], name="request_by_due"),
        ),
        AddIndexConcurrently(
            model_name="request",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        ["accepted", "in_progress", "needs_info", "new", "redirected", "reopened"],
                    )
                ),
                fields=["assigned_to", "due_at", "id"],
                name="request_by_operator_open",
            ),
        ),
    ]
