"""An incident gets its cause, executor and act, news, background work, and subscribers."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0012_import_differences"),
        ("requests_app", "0010_clocks_of_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="act_signed_on",
            field=models.DateField(blank=True, null=True, verbose_name="act signed on"),
        ),
        migrations.AddField(
            model_name="incident",
            name="act_signer",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=200,
                verbose_name="who signed the act",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="cause",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="cause"
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("over", "it is over"),
                    ("cancelled", "it was cancelled"),
                    ("merged", "it went into another one"),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="how it ended",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="ending_reason",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=500, verbose_name="reason"
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="executor_inn",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=12, verbose_name="executor's ИНН"
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="executor_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="executor"
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="executor_phone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=64,
                verbose_name="executor's phone",
            ),
        ),
        migrations.CreateModel(
            name="IncidentUpdate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("news", "News"),
                            ("houses", "Houses changed"),
                            ("over", "Over"),
                            ("cancelled", "Cancelled"),
                            ("merged", "Went into another"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                (
                    "expected_end_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="expected to end"),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="requests_app.incident",
                    ),
                ),
                (
                    "into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="took_in",
                        to="requests_app.incident",
                        verbose_name="went into",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "news of an incident",
                "verbose_name_plural": "news of incidents",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="IncidentJob",
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
                            ("attach", "Attaching requests"),
                            ("tell", "Telling residents"),
                            ("end", "Ending requests and telling residents"),
                        ],
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits"),
                            ("running", "runs"),
                            ("finished", "finished"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("requests", "attached requests"),
                            ("followers", "followers of the incident"),
                            ("houses", "subscribers of the houses"),
                        ],
                        default="requests",
                        max_length=10,
                        verbose_name="is at",
                    ),
                ),
                ("place", models.BigIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0, verbose_name="in all")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("left_out", models.PositiveIntegerField(default=0, verbose_name="left out")),
                ("created_at", models.DateTimeField(verbose_name="asked for")),
                (
                    "moved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last batch"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="requests_app.incident",
                    ),
                ),
                (
                    "update",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="requests_app.incidentupdate",
                    ),
                ),
            ],
            options={
                "verbose_name": "background work of an incident",
                "verbose_name_plural": "background work of incidents",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="OutageSubscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("created_at", models.DateTimeField(verbose_name="asked for")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
                ),
                (
                    "building",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="disclosure.building",
                        verbose_name="building",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followers",
                        to="requests_app.incident",
                        verbose_name="incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "subscription to outages",
                "verbose_name_plural": "subscriptions to outages",
            },
        ),
        migrations.AddIndex(
            model_name="incidentupdate",
            index=models.Index(fields=["incident", "at", "id"], name="update_by_incident"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="incidentupdate",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="395e7db8c02badaf6c4816dc4f658261a7e9dcbf",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b71ac",
                    table="requests_app_incidentupdate",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="incidentjob",
            index=models.Index(
                condition=models.Q(("state", "finished"), _negated=True),
                fields=["id"],
                name="job_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="incidentjob",
            index=models.Index(fields=["incident", "-id"], name="job_by_incident"),
        ),
        migrations.AddConstraint(
            model_name="incidentjob",
            constraint=models.UniqueConstraint(
                fields=("update", "kind"), name="job_once_an_update"
            ),
        ),
        migrations.AddIndex(
            model_name="outagesubscription",
            index=models.Index(
                condition=models.Q(("confirmed_at__isnull", False), ("incident", None)),
                fields=["building", "id"],
                name="subscription_by_house",
            ),
        ),
        migrations.AddIndex(
            model_name="outagesubscription",
            index=models.Index(
                condition=models.Q(("confirmed_at__isnull", False), ("incident__isnull", False)),
                fields=["incident", "id"],
                name="subscription_by_incident",
            ),
        ),
        migrations.AddIndex(
            model_name="outagesubscription",
            index=models.Index(
                condition=models.Q(("confirmed_at", None)),
                fields=["created_at"],
                name="subscription_unconfirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="outagesubscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("incident", None)),
                fields=("email", "building"),
                name="house_subscribed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="outagesubscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("incident__isnull", False)),
                fields=("email", "incident"),
                name="incident_followed_once",
            ),
        ),
    ]
