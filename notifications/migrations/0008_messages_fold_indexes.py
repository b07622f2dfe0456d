"""What was just sent to an address, what waits for it and what was told in a letter are found by an index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0007_messages_fold")]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "sent")),
                fields=["recipient", "sent_at"],
                name="message_sent_to",
            ),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("fold", "waits"), ("state__in", ["queued", "leased"])),
                fields=["recipient"],
                name="message_waits_for_fold",
            ),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("told_in__isnull", False)),
                fields=["told_in"],
                name="message_told_in",
            ),
        ),
    ]
