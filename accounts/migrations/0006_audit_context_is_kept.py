"""
Who changed something stands beside the audit: that table is append-only too.

Its rows are written by the audit's own triggers, which also complete them (a request that learns
its user halfway). Such a statement runs inside a trigger; any other one is refused.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

KEEP = """
CREATE FUNCTION accounts_audit_context_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot update or delete rows from % table', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER accounts_audit_context_is_kept BEFORE UPDATE OR DELETE ON pghistory_context
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION accounts_audit_context_is_kept();
"""
FREE = """
DROP TRIGGER accounts_audit_context_is_kept ON pghistory_context;
DROP FUNCTION accounts_audit_context_is_kept();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0005_audit_is_append_only"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations: ClassVar = [migrations.RunSQL(KEEP, FREE)]
