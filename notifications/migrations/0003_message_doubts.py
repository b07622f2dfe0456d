"""Letters that may have left twice are counted; a priority nobody asks for is refused."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_wake_relay")]
    operations = [
        migrations.AddField(
            model_name="message",
            name="doubts",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="may have left twice"
            ),
        ),
        AddConstraintNotValid(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", [0, 5, 9])), name="message_priority_known"
            ),
        ),
    ]
