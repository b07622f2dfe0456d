"""What changed since a moment is walked by an index: an executor's requests, a portal's letters."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests_app", "0033_outside_letters_moved_before")]
    operations = [
        AddIndexConcurrently(
            model_name="request",
            index=models.Index(
                fields=["executor_inn", "changed_at", "id"], name="request_by_executor_change"
            ),
        ),
        AddIndexConcurrently(
            model_name="outsideletter",
            index=models.Index(fields=["source", "changed_at", "id"], name="outside_by_change"),
        ),
    ]
