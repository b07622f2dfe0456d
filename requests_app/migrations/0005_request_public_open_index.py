"""Lets the public list of open requests skip the many closed ones, also on deep pages."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0004_request_due_indexes")]

    operations = [
        AddIndexConcurrently(
            model_name="request",
            index=models.Index(
                fields=["-registered_at", "-id"],
                condition=models.Q(
                    public=True,
                    status__in=[
                        "accepted",
                        "in_progress",
                        "needs_info",
                        "new",
                        "redirected",
                        "reopened",
                    ],
                ),
                name="request_public_open",
            ),
        ),
    ]
