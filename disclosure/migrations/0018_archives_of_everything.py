"""Archives of all open data: one a day, with how its making goes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0017_houses_by_place"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenDataArchive",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="day")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("making", "being made"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                        ],
                        default="making",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("moved_at", models.DateTimeField(verbose_name="last table done")),
                ("made_at", models.DateTimeField(blank=True, null=True, verbose_name="as of")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
                (
                    "tables_done",
                    models.PositiveSmallIntegerField(default=0, verbose_name="tables done"),
                ),
                (
                    "tables",
                    models.PositiveSmallIntegerField(default=0, verbose_name="tables in all"),
                ),
                ("rows", models.PositiveBigIntegerField(default=0, verbose_name="rows")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size, bytes")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("storage_key", models.CharField(blank=True, max_length=200)),
                (
                    "fault",
                    models.CharField(blank=True, max_length=300, verbose_name="why it failed"),
                ),
            ],
            options={
                "verbose_name": "archive of all open data",
                "verbose_name_plural": "archives of all open data",
                "ordering": ["-day"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                models.Q(("storage_key", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                                ("made_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="archive_ready_has_bytes",
                    )
                ],
            },
        ),
    ]
