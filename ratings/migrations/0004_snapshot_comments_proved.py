"""Ratings that stand already keep the rules of 0003 too."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ratings", "0003_snapshot_comments")]

    operations = [
        ValidateConstraint(model_name="ratingsnapshot", name="snapshot_comments_have_an_end"),
        ValidateConstraint(model_name="ratingsnapshot", name="snapshot_heard_before_published"),
    ]
