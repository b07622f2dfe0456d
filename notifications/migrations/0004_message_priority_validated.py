"""The rows from before keep the rule too."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_message_doubts")]
    operations = [ValidateConstraint(model_name="message", name="message_priority_known")]
