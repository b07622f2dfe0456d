"""A webhook may be an organisation's, and says by a version whether it was changed meanwhile."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    # Code of before writes an owner into every row, and reads only rows that have one.
    accepted_by_hand = ("ban-drop-not-null",)
    dependencies = [
        ("notifications", "0018_messages_by_age"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="webhooksubscription",
            name="inn",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=12,
                verbose_name="INN of the organisation",
            ),
        ),
        migrations.AddField(
            model_name="webhooksubscription",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        # Django would make the foreign key anew for it, and read the whole table.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="webhooksubscription",
                    name="owner",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhooks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE notifications_webhooksubscription"
                    " ALTER COLUMN owner_id DROP NOT NULL",
                    "ALTER TABLE notifications_webhooksubscription"
                    " ALTER COLUMN owner_id SET NOT NULL",
                )
            ],
        ),
        AddConstraintNotValid(
            model_name="webhooksubscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner__isnull", True), ("inn", ""), _connector="XOR"),
                name="webhook_of_account_or_organisation",
            ),
        ),
    ]
