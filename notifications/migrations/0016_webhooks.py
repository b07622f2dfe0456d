"""Other systems subscribe to events: what they asked for, their secrets, how each call went."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0015_late_episodes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("took_ms", models.PositiveIntegerField(verbose_name="took, ms")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="answer")),
                (
                    "answer",
                    models.CharField(
                        blank=True, max_length=1024, verbose_name="beginning of the answer"
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="error")),
            ],
            options={
                "verbose_name": "call of a webhook",
                "verbose_name_plural": "calls of webhooks",
            },
        ),
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(unique=True)),
                ("type", models.CharField(max_length=64)),
                ("subject_id", models.BigIntegerField()),
                ("facts", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("place", models.BigIntegerField(db_default=0, default=0)),
                ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ],
            options={
                "verbose_name": "event for webhooks",
                "verbose_name_plural": "events for webhooks",
            },
        ),
        migrations.CreateModel(
            name="WebhookSecret",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seed", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "secret of a webhook",
                "verbose_name_plural": "secrets of webhooks",
            },
        ),
        migrations.CreateModel(
            name="WebhookSubscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="what it is for")),
                ("url", models.CharField(max_length=1000, verbose_name="address")),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None, verbose_name="events"
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "districts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "inns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "buildings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "statuses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "off",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("owner", "Switched off by its owner"),
                            ("staff", "Switched off by the contact centre"),
                            ("failing", "Failed for days without a success"),
                            ("gone", "The receiver said that it is gone (410)"),
                        ],
                        default="",
                        max_length=8,
                        verbose_name="switched off",
                    ),
                ),
                ("off_at", models.DateTimeField(blank=True, null=True, verbose_name="off since")),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, verbose_name="failures in a row"),
                ),
                (
                    "failing_since",
                    models.DateTimeField(blank=True, null=True, verbose_name="failing since"),
                ),
                (
                    "last_success_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last success"),
                ),
                ("created_at", models.DateTimeField(verbose_name="made")),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
            },
        ),
        migrations.AddField(
            model_name="webhookattempt",
            name="message",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="calls",
                to="notifications.message",
            ),
        ),
        migrations.AddField(
            model_name="webhooksubscription",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="webhooks",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.AddField(
            model_name="webhooksecret",
            name="subscription",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="secrets",
                to="notifications.webhooksubscription",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookattempt",
            index=models.Index(fields=["message", "id"], name="webhook_call_by_message"),
        ),
        migrations.AddIndex(
            model_name="webhookattempt",
            index=models.Index(fields=["at"], name="webhook_call_by_age"),
        ),
        migrations.AddIndex(
            model_name="webhooksubscription",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("off", "")), fields=["events"], name="webhook_by_event"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhooksubscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("off", ""), ("off_at__isnull", True)),
                    models.Q(models.Q(("off", ""), _negated=True), ("off_at__isnull", False)),
                    _connector="OR",
                ),
                name="webhook_off_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhooksecret",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_at", None)),
                fields=("subscription",),
                name="webhook_secret_current",
            ),
        ),
    ]
