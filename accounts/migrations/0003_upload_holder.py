"""Which form took a file in: a file sent without an account is its sender's alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0002_counters_and_cache")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="upload",
            name="holder",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
