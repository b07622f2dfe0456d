from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0006_seminars"),
    ]

    operations = [
        migrations.AddField(
            model_name="host",
            name="is_lawyer",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Times are offered where free legal aid is checked.",
                verbose_name="lawyer",
            ),
        ),
    ]
