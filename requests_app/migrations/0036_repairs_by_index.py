"""What was repaired at a house of a matter is found by an index; a new request is not in it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests_app", "0035_incident_lines_tell_values")]
    operations = [
        AddIndexConcurrently(
            model_name="request",
            index=models.Index(
                fields=["building", "category", "done_at"],
                condition=Q(done_at__isnull=False),
                name="request_repaired_here",
            ),
        ),
    ]
