"""Lets fronts ask what changed since a moment without walking all requests and timelines."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.expressions import F, OrderBy
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0027_remote_photos")]

    operations = [
        AddIndexConcurrently(
            model_name="request",
            index=models.Index(
                OrderBy(Coalesce("closed_at", "changed_at"), descending=True),
                OrderBy(F("id"), descending=True),
                condition=models.Q(("public", True)),
                name="request_public_changed",
            ),
        ),
        AddIndexConcurrently(
            model_name="requestevent",
            index=models.Index(
                condition=models.Q(("kind", "status")), fields=["at", "id"], name="event_of_state"
            ),
        ),
    ]
