"""Batches from other systems, and letters from outside portals."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0028_open311_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExchangeBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("states", "states and acts from an executor"),
                            ("letters", "letters from an outside portal"),
                        ],
                        max_length=8,
                        verbose_name="what it is",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=16, verbose_name="source")),
                (
                    "inns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="file")),
                ("language", models.CharField(default="ru", max_length=8)),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("seen", "looked through, not sent yet"),
                            ("waiting", "waits"),
                            ("running", "is being worked on"),
                            ("finished", "finished"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="rows done")),
                ("same", models.PositiveIntegerField(default=0, verbose_name="so already")),
                ("to_sort", models.PositiveIntegerField(default=0, verbose_name="to sort out")),
                ("refused", models.PositiveIntegerField(default=0, verbose_name="rows refused")),
                ("moved_at", models.DateTimeField(null=True, verbose_name="last part")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
            ],
            options={
                "verbose_name": "batch from another system",
                "verbose_name_plural": "batches from other systems",
                "ordering": ["-sent_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                ("turn", models.PositiveIntegerField()),
                ("key", models.CharField(blank=True, max_length=200)),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="number")),
                ("body", models.JSONField(default=dict)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "waits"),
                            ("done", "done"),
                            ("same", "so already"),
                            ("to_sort", "staff will sort it out"),
                            ("refused", "refused"),
                        ],
                        max_length=8,
                        verbose_name="answer",
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40)),
                ("field", models.CharField(blank=True, max_length=60)),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("version", models.PositiveIntegerField(null=True)),
            ],
            options={
                "verbose_name": "row of a batch",
                "verbose_name_plural": "rows of batches",
                "ordering": ["place"],
            },
        ),
        migrations.CreateModel(
            name="OutsideLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("pos", "Gosuslugi. We decide together"), ("gis-zhkh", "ГИС ЖКХ")],
                        max_length=16,
                        verbose_name="source",
                    ),
                ),
                ("number", models.CharField(max_length=64, verbose_name="number there")),
                ("received_at", models.DateTimeField(verbose_name="received there")),
                ("taken_at", models.DateTimeField(verbose_name="taken in")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("filed", "became a request"),
                            ("to_sort", "to be sorted out"),
                            ("declined", "declined"),
                        ],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "address",
                    models.CharField(blank=True, max_length=500, verbose_name="address there"),
                ),
                (
                    "matter",
                    models.CharField(blank=True, max_length=200, verbose_name="matter there"),
                ),
                ("unclear", models.CharField(blank=True, max_length=40)),
                ("payload", models.JSONField(blank=True, default=dict)),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "reason",
                    models.CharField(
                        blank=True, max_length=1000, verbose_name="why it was declined"
                    ),
                ),
            ],
            options={
                "verbose_name": "letter from an outside portal",
                "verbose_name_plural": "letters from outside portals",
                "permissions": [
                    ("sort_outsideletter", "Can sort out letters from outside portals"),
                    ("take_outsideletter", "Can take in letters from outside portals"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideMatter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("pos", "Gosuslugi. We decide together"), ("gis-zhkh", "ГИС ЖКХ")],
                        max_length=16,
                        verbose_name="source",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="matter there")),
            ],
            options={
                "verbose_name": "matter of an outside portal",
                "verbose_name_plural": "matters of outside portals",
                "ordering": ["source", "name"],
            },
        ),
        migrations.AddField(
            model_name="exchangebatch",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who sent it",
            ),
        ),
        migrations.AddField(
            model_name="exchangerow",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="requests_app.exchangebatch",
            ),
        ),
        migrations.AddField(
            model_name="outsideletter",
            name="request",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="outside",
                to="requests_app.request",
                verbose_name="request",
            ),
        ),
        migrations.AddField(
            model_name="outsideletter",
            name="sorted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who sorted it out",
            ),
        ),
        migrations.AddField(
            model_name="outsidematter",
            name="category",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.category",
                verbose_name="matter here",
            ),
        ),
        migrations.AddIndex(
            model_name="exchangebatch",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=["moved_at"],
                name="exchange_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="exchangebatch",
            index=models.Index(fields=["kind", "-sent_at", "-id"], name="exchange_by_kind"),
        ),
        migrations.AddIndex(
            model_name="exchangerow",
            index=models.Index(
                condition=models.Q(("answer", "")),
                fields=["batch", "turn"],
                name="exchange_row_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchangerow",
            constraint=models.UniqueConstraint(
                fields=("batch", "place"), name="exchange_row_place"
            ),
        ),
        migrations.AddIndex(
            model_name="outsideletter",
            index=models.Index(
                condition=models.Q(("state", "to_sort")),
                fields=["received_at", "id"],
                name="outside_to_sort",
            ),
        ),
        migrations.AddIndex(
            model_name="outsideletter",
            index=models.Index(fields=["source", "id"], name="outside_by_source"),
        ),
        migrations.AddConstraint(
            model_name="outsideletter",
            constraint=models.UniqueConstraint(
                fields=("source", "number"), name="outside_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="outsideletter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("request__isnull", False), ("state", "filed")),
                    models.Q(("request", None), ("state", "to_sort")),
                    models.Q(
                        ("request", None),
                        ("state", "declined"),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="outside_state_says_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="outsidematter",
            constraint=models.UniqueConstraint(
                fields=("source", "name"), name="outside_matter_once"
            ),
        ),
    ]
