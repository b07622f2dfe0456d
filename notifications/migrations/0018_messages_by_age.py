"""Pruning finds the oldest messages without reading the table."""

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0017_webhook_messages_by_age")]
    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=BrinIndex(fields=["created_at"], name="message_by_age"),
        ),
    ]
