"""A line of news that the portal itself writes keeps values, not the words of one language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0034_changes_by_index")]
    operations = [
        migrations.AddField(
            model_name="incidentupdate",
            name="told",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
