"""Several messages to one address may leave as one; news of an ended matter is left out."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_inbox_and_preferences")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="fold",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "It may"),
                    ("alone", "Never: it is urgent or expected"),
                    ("waits", "It waits for a letter about several"),
                ],
                db_default="",
                default="",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="point",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="message",
            name="told_in",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="notifications.message",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Waiting"),
                    ("leased", "Being sent"),
                    ("sent", "Sent"),
                    ("dead", "Not delivered"),
                    ("cancelled", "Cancelled"),
                    ("stopped", "Unsubscribed"),
                    ("expired", "Out of date"),
                    ("folded", "Told in another letter"),
                ],
                default="queued",
                max_length=12,
                verbose_name="state",
            ),
        ),
    ]
