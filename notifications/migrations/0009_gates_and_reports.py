"""Gates of channels, delivery reports, next ways; when a message was put off from."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("telegram", "Telegram"),
    ("web_push", "Notifications of this device"),
    ("webhook", "Webhook"),
    ("inbox", "In the portal"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0008_messages_fold_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Gate",
            fields=[
                (
                    "channel",
                    models.CharField(
                        choices=CHANNELS,
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                        verbose_name="channel",
                    ),
                ),
                ("even_at", models.DateTimeField(null=True)),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, verbose_name="failures in a row"),
                ),
                (
                    "broken_since",
                    models.DateTimeField(null=True, verbose_name="out of order since"),
                ),
                ("closed_until", models.DateTimeField(null=True)),
                (
                    "last_error",
                    models.CharField(blank=True, max_length=200, verbose_name="last error"),
                ),
            ],
            options={
                "verbose_name": "gate of a channel",
                "verbose_name_plural": "gates of channels",
            },
        ),
        migrations.CreateModel(
            name="GatePlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(choices=CHANNELS, max_length=12)),
                ("number", models.PositiveSmallIntegerField()),
                ("taken_until", models.DateTimeField()),
            ],
            options={
                "verbose_name": "place at a gate",
                "verbose_name_plural": "places at gates",
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="report",
                        serialize=False,
                        to="notifications.message",
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=CHANNELS, max_length=12, verbose_name="channel"),
                ),
                ("gateway_id", models.CharField(blank=True, max_length=64)),
                ("parts", models.PositiveSmallIntegerField(default=1, verbose_name="parts")),
                ("left_at", models.DateTimeField(verbose_name="sent")),
                ("delivered_at", models.DateTimeField(null=True, verbose_name="delivered")),
                ("opened_at", models.DateTimeField(null=True, verbose_name="opened")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="failed later")),
                ("ask_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "delivery report",
                "verbose_name_plural": "delivery reports",
            },
        ),
        migrations.CreateModel(
            name="Spill",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="spill",
                        serialize=False,
                        to="notifications.message",
                    ),
                ),
                ("ways", models.JSONField()),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "next way of a message",
                "verbose_name_plural": "next ways of messages",
            },
        ),
        migrations.AddField(
            model_name="message",
            name="put_off_from",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Waiting"),
                    ("leased", "Being sent"),
                    ("sent", "Sent"),
                    ("dead", "Not delivered"),
                    ("cancelled", "Cancelled"),
                    ("stopped", "Unsubscribed"),
                    ("expired", "Out of date"),
                    ("folded", "Told in another letter"),
                    ("passed_on", "Went another way"),
                ],
                default="queued",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="gateplace",
            constraint=models.UniqueConstraint(
                fields=("channel", "number"), name="gate_place_once"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("ask_at__isnull", False)), fields=["ask_at"], name="report_ask"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("gateway_id", ""), _negated=True),
                fields=["channel", "gateway_id"],
                name="report_by_gateway_id",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["channel", "left_at"], name="report_by_channel"),
        ),
    ]
