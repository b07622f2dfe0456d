"""The month-old calls of webhooks are found without reading every message."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0016_webhooks")]
    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("channel", "webhook")),
                fields=["created_at"],
                name="message_of_webhooks",
            ),
        ),
    ]
