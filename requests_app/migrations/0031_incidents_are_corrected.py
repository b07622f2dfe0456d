"""A line of an incident's news may say what was corrected; no statement is run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0030_contact_or_portal_reaches")]
    operations = [
        migrations.AlterField(
            model_name="incidentupdate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "Opened"),
                    ("news", "News"),
                    ("houses", "Houses changed"),
                    ("corrected", "Corrected"),
                    ("over", "Over"),
                    ("cancelled", "Cancelled"),
                    ("merged", "Went into another"),
                    ("took_in", "Took in another"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
