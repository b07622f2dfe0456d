"""Tables of the queue, saved filters, ready answers, links and batches: all new and empty."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0005_request_public_open_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                (
                    "steps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        help_text="Nothing chosen: everywhere.",
                        size=None,
                        verbose_name="where it is offered",
                    ),
                ),
                ("text", models.TextField(max_length=3000, verbose_name="text")),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=100, verbose_name="place in the list"),
                ),
                ("is_used", models.BooleanField(default=True, verbose_name="is offered")),
            ],
            options={
                "verbose_name": "answer template",
                "verbose_name_plural": "answer templates",
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("verb", models.CharField(max_length=16)),
                ("made_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "batch",
                "verbose_name_plural": "batches",
            },
        ),
        migrations.CreateModel(
            name="BatchPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("before", models.JSONField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="requests_app.batch",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.requestevent",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.request",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a batch",
                "verbose_name_plural": "parts of a batch",
            },
        ),
        migrations.CreateModel(
            name="QueuePlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lane", models.PositiveSmallIntegerField()),
                ("due_hour", models.DateTimeField()),
                ("is_centres", models.BooleanField()),
                ("is_unanswered", models.BooleanField(db_default=False)),
                ("is_unread", models.BooleanField(db_default=True)),
                (
                    "turn",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.Case(
                                models.When(
                                    models.Q(
                                        ("is_centres", True),
                                        ("is_unanswered", True),
                                        _connector="OR",
                                    ),
                                    then=models.Value(0),
                                ),
                                default=models.Value(2),
                            ),
                            "+",
                            models.Case(
                                models.When(is_unread=True, then=models.Value(0)),
                                default=models.Value(1),
                            ),
                        ),
                        output_field=models.PositiveSmallIntegerField(),
                    ),
                ),
                ("set_aside_until", models.DateTimeField(null=True)),
                (
                    "holder",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="queue_place",
                        to="requests_app.request",
                    ),
                ),
            ],
            options={
                "verbose_name": "place in the queue",
                "verbose_name_plural": "places in the queue",
            },
        ),
        migrations.CreateModel(
            name="RequestLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("related", "belong together"),
                            ("split", "one was split off the other"),
                        ],
                        default="related",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.request",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.request",
                    ),
                ),
            ],
            options={
                "verbose_name": "link of requests",
                "verbose_name_plural": "links of requests",
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(max_length=1000)),
                ("is_shared", models.BooleanField(default=False, verbose_name="colleagues see it")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved filter",
                "verbose_name_plural": "saved filters",
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["made_at"], name="batch_by_time"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="batch_press_once"),
        ),
        migrations.AddConstraint(
            model_name="batchpart",
            constraint=models.UniqueConstraint(fields=("batch", "request"), name="batch_part_once"),
        ),
        migrations.AddIndex(
            model_name="queueplace",
            index=models.Index(fields=["lane", "due_hour", "turn", "id"], name="queue_in_order"),
        ),
        migrations.AddIndex(
            model_name="queueplace",
            index=models.Index(
                condition=models.Q(("holder", None)),
                fields=["lane", "due_hour", "turn", "id"],
                name="queue_of_nobody",
            ),
        ),
        migrations.AddIndex(
            model_name="queueplace",
            index=models.Index(
                condition=models.Q(("holder__isnull", False)),
                fields=["lane", "due_hour", "turn", "id"],
                name="queue_of_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="queueplace",
            index=models.Index(
                models.F("holder"),
                models.F("lane"),
                models.F("due_hour"),
                models.F("turn"),
                models.F("id"),
                condition=models.Q(("holder__isnull", False)),
                name="queue_by_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestlink",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="link_once"),
        ),
        migrations.AddConstraint(
            model_name="requestlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))),
                name="link_in_order_and_not_to_itself",
            ),
        ),
        migrations.AddIndex(
            model_name="savedfilter",
            index=models.Index(
                condition=models.Q(("is_shared", True)), fields=["name"], name="saved_filter_shared"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedfilter",
            constraint=models.UniqueConstraint(
                fields=("owner", "name"), name="saved_filter_name_once"
            ),
        ),
    ]
