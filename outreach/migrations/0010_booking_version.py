"""A booking says which version of it a program has seen; times are found by their beginning."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("outreach", "0009_reception_at_the_desk")]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="version",
            field=models.IntegerField(db_default=1, default=1, editable=False),
        ),
        AddIndexConcurrently(
            model_name="slot",
            index=models.Index(
                models.F("during__startswith"), models.F("id"), name="slot_by_start"
            ),
        ),
    ]
