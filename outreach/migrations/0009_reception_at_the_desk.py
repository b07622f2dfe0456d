"""What staff did with a booking, and the requests that a meeting left as its tasks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0008_tos_in_plainer_words"),
        ("requests_app", "0030_contact_or_portal_reaches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BookingStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("moved", "moved"),
                            ("cancelled", "cancelled"),
                            ("lost", "the time was called off"),
                            ("came", "came"),
                            ("missed", "did not come"),
                            ("booked", "the mark was taken back"),
                            ("recorded", "record written"),
                            ("task", "task given"),
                        ],
                        max_length=10,
                        verbose_name="what was done",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="outreach.booking",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who did it",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a booking",
                "verbose_name_plural": "steps of bookings",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="BookingTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="outreach.booking",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="given_at",
                        to="requests_app.request",
                    ),
                ),
            ],
            options={
                "verbose_name": "task of a meeting",
                "verbose_name_plural": "tasks of meetings",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("booking", "request"), name="booking_task_once")
                ],
            },
        ),
    ]
