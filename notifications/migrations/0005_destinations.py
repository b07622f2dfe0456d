"""People's confirmed addresses on several channels; addresses may be as long as a push endpoint."""

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
# A list, because Django strips the comments of a text. A longer varchar rewrites no row, reads none
# and holds its lock for an instant.
WIDEN = """-- squawk-ignore changing-column-type, ban-drop-constraint
ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({length})"""


def widened(model: str, column: str, verbose_name: str) -> migrations.RunSQL:
    table = f"notifications_{model}"
    return migrations.RunSQL(
        [WIDEN.format(table=table, column=column, length=1000)],
        [WIDEN.format(table=table, column=column, length=320)],
        state_operations=[
            migrations.AlterField(
                model, column, models.CharField(max_length=1000, verbose_name=verbose_name)
            )
        ],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_message_priority_validated"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        widened("message", "recipient", "to"),
        widened("subscription", "address", "address"),
        migrations.AlterField(
            "message",
            "channel",
            models.CharField(
                choices=CHANNELS, default="email", max_length=12, verbose_name="channel"
            ),
        ),
        migrations.AlterField(
            "subscription",
            "channel",
            models.CharField(choices=CHANNELS, max_length=12, verbose_name="channel"),
        ),
        migrations.CreateModel(
            name="Destination",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=CHANNELS, max_length=12, verbose_name="channel"),
                ),
                ("address", models.CharField(max_length=1000, verbose_name="address")),
                ("keys", models.JSONField(blank=True, default=dict)),
                ("label", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
                ),
                (
                    "stopped_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="stopped"),
                ),
                (
                    "stop_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("removed", "Removed by its owner"),
                            ("bounced", "The address does not exist"),
                            ("blocked", "Messages of the portal are blocked there"),
                            ("gone", "The device no longer takes notifications"),
                            ("refused", "The receiver refuses what is sent"),
                            ("taken", "Somebody else has confirmed this address"),
                        ],
                        max_length=12,
                        verbose_name="why it stopped",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="added")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="destinations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "destination",
                "verbose_name_plural": "destinations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("stopped_at__isnull", True)),
                        fields=["user", "channel"],
                        name="destination_of_user",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("confirmed_at__isnull", False), ("stopped_at__isnull", True)
                        ),
                        fields=("channel", "address"),
                        name="destination_lives_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stop_reason", ""), ("stopped_at__isnull", True)),
                            models.Q(
                                ("stopped_at__isnull", False),
                                models.Q(("stop_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="destination_stop_has_reason",
                    ),
                ],
            },
        ),
    ]
