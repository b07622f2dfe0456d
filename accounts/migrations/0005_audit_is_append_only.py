"""Whose account spoke for which company stays as it was written, by whomever it is asked to go."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0004_heads_of_organisations")]

    operations: ClassVar = [
        pgtrigger.migrations.AddTrigger(
            model_name="companyrepresentativeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func=(
                        "RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table',"
                        " TG_TABLE_NAME;"
                    ),
                    hash="69bf4383c5328886aa9589d0f6bb6e3d0cc25475",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f9abb",
                    table="accounts_companyrepresentativeevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
