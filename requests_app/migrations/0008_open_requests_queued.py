"""Gives every request that is open now its place in the queue."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0007_queue_follows_requests")]

    operations = [
        migrations.RunSQL("SELECT requests_app_queue_fill()", "DELETE FROM requests_app_queueplace")
    ]
