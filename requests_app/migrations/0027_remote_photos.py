"""Photos that a front named by address and a worker fetches, where their host is trusted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0026_jobs_pause_and_cancel"),
    ]

    operations = [
        migrations.CreateModel(
            name="RemotePhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.TextField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remote_photos",
                        to="requests_app.request",
                    ),
                ),
            ],
            options={
                "verbose_name": "photo to fetch",
                "verbose_name_plural": "photos to fetch",
                "indexes": [models.Index(fields=["due_at"], name="remote_photo_due")],
            },
        ),
    ]
