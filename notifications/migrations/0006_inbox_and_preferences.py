"""People read news in the portal and choose how they are told; a matter that ended is known."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0005_destinations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EndedMatter",
            fields=[
                ("point", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("ended_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "ended matter",
                "verbose_name_plural": "ended matters",
            },
        ),
        migrations.CreateModel(
            name="InboxItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.CharField(max_length=64, verbose_name="event")),
                ("template", models.CharField(max_length=120, verbose_name="template")),
                ("context", models.JSONField(default=dict)),
                ("topic", models.CharField(max_length=120, verbose_name="about")),
                ("why", models.CharField(max_length=300, verbose_name="why it came")),
                ("is_urgent", models.BooleanField(default=False, verbose_name="urgent")),
                ("dedupe_key", models.CharField(max_length=160, unique=True)),
                ("created_at", models.DateTimeField(verbose_name="arrived")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read")),
            ],
            options={
                "verbose_name": "inbox item",
                "verbose_name_plural": "inbox items",
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("choices", models.JSONField(default=dict)),
                (
                    "pace",
                    models.CharField(
                        choices=[("at_once", "At once"), ("daily", "Once a day, in one letter")],
                        default="at_once",
                        max_length=8,
                        verbose_name="how often",
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="quiet from")),
                (
                    "quiet_until",
                    models.TimeField(blank=True, null=True, verbose_name="quiet until"),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
            ],
            options={
                "verbose_name": "preference",
                "verbose_name_plural": "preferences",
            },
        ),
        migrations.AddField(
            model_name="inboxitem",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                    models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                    _connector="OR",
                ),
                name="preference_quiet_has_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="inboxitem",
            index=models.Index(fields=["user", "-id"], name="inbox_of_user"),
        ),
        migrations.AddIndex(
            model_name="inboxitem",
            index=models.Index(
                condition=models.Q(("read_at", None)), fields=["user"], name="inbox_unread"
            ),
        ),
        migrations.AddIndex(
            model_name="inboxitem",
            index=models.Index(fields=["topic"], name="inbox_by_topic"),
        ),
        migrations.AddIndex(
            model_name="inboxitem",
            index=models.Index(fields=["created_at"], name="inbox_by_age"),
        ),
    ]
