from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0017_executors_asking_waits")]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="shows",
            field=models.CharField(
                blank=True,
                choices=[("before", "Before the work"), ("after", "After the work")],
                db_default="",
                default="",
                max_length=8,
                verbose_name="shows",
            ),
        ),
    ]
