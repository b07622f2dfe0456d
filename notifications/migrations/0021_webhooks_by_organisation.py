"""An organisation finds its webhooks by an index; each is somebody's."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0020_representatives_hand_webhooks_over")]
    operations = [
        AddIndexConcurrently(
            model_name="webhooksubscription",
            index=models.Index(
                condition=models.Q(("inn", ""), _negated=True),
                fields=["inn"],
                name="webhook_by_organisation",
            ),
        ),
        ValidateConstraint("webhooksubscription", "webhook_of_account_or_organisation"),
    ]
