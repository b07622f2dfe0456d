"""People follow things by one mechanism, and news for all followers leaves in the background."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0010_due_by_channel"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FanOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic", models.CharField(max_length=120, verbose_name="about")),
                ("event", models.CharField(max_length=64, verbose_name="event")),
                ("template", models.CharField(max_length=120, verbose_name="template")),
                ("context", models.JSONField(default=dict)),
                ("dedupe_key", models.CharField(max_length=100, unique=True)),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Emergency"), (5, "Normal"), (9, "Bulk")],
                        default=9,
                        verbose_name="priority",
                    ),
                ),
                ("point", models.CharField(blank=True, max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Being told"),
                            ("paused", "Paused"),
                            ("cancelled", "Cancelled"),
                            ("finished", "Told"),
                        ],
                        default="running",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("place", models.BigIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0, verbose_name="told")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="followers")),
                ("created_at", models.DateTimeField(verbose_name="written")),
                (
                    "moved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last moved"),
                ),
            ],
            options={
                "verbose_name": "news to followers",
                "verbose_name_plural": "news to followers",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "running")),
                        fields=["id"],
                        name="fan_out_running",
                    ),
                    models.Index(fields=["created_at"], name="fan_out_by_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("total"))),
                        name="fan_out_done_of_total",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("topic", models.CharField(max_length=120, verbose_name="about")),
                ("label", models.CharField(max_length=400, verbose_name="in words")),
                ("created_at", models.DateTimeField(verbose_name="asked for")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "follower",
                "verbose_name_plural": "followers",
                "indexes": [
                    models.Index(
                        condition=models.Q(("confirmed_at__isnull", False)),
                        fields=["topic", "id"],
                        name="follow_confirmed",
                    ),
                    models.Index(
                        condition=models.Q(("confirmed_at", None)),
                        fields=["created_at"],
                        name="follow_unconfirmed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("email", "topic"), name="follow_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", django.db.models.functions.text.Lower("email"))
                        ),
                        name="follow_email_low",
                    ),
                ],
            },
        ),
    ]
