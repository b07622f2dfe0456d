"""Lets the operators' board read what the staff did on a day without walking all timelines."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0020_figures_counted_beforehand")]

    operations = [
        AddIndexConcurrently(
            model_name="requestevent",
            index=models.Index(
                condition=models.Q(("author", "operator")), fields=["at"], name="event_of_staff"
            ),
        ),
    ]
