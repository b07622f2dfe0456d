"""Who held, resumed or cancelled background work, and why, is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0013_letter_texts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="fanout",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waits"),
                    ("running", "Runs"),
                    ("paused", "Paused"),
                    ("cancelled", "Cancelled"),
                    ("finished", "Finished"),
                ],
                default="running",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.CreateModel(
            name="WorkDeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("work", models.CharField(max_length=80)),
                (
                    "deed",
                    models.CharField(
                        choices=[("pause", "Pause"), ("go_on", "Go on"), ("cancel", "Cancel")],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("kept_back", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "decision on background work",
                "verbose_name_plural": "decisions on background work",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["work", "id"], name="work_deeds")],
            },
        ),
    ]
