"""Lines of news and background work know merging; choices only, the columns stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0015_escalation_rules"),
    ]

    operations = [
        migrations.AlterField(
            model_name="incidentjob",
            name="kind",
            field=models.CharField(
                choices=[
                    ("attach", "Attaching requests"),
                    ("tell", "Telling residents"),
                    ("end", "Ending requests and telling residents"),
                    ("merge", "Handing over to the other incident and telling residents"),
                ],
                max_length=8,
                verbose_name="what",
            ),
        ),
        migrations.AlterField(
            model_name="incidentupdate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "Opened"),
                    ("news", "News"),
                    ("houses", "Houses changed"),
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
