"""Questions about one channel's waiting messages, and about stopped addresses, find their rows."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0009_gates_and_reports")]
    operations = [
        AddIndexConcurrently(
            model_name="destination",
            index=models.Index(
                condition=models.Q(("stopped_at__isnull", False)),
                fields=["channel", "address"],
                name="destination_stopped",
            ),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["channel", "not_before"],
                name="message_due_by_channel",
            ),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(
                    ("put_off_from__isnull", False), ("state__in", ["queued", "leased"])
                ),
                fields=["channel", "put_off_from"],
                name="message_put_off",
            ),
        ),
    ]
