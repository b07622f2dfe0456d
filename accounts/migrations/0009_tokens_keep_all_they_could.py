"""Tokens made before scopes went as far as their holder; they still do."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

# As the list stood on the day: a scope that comes later is not given unasked.
WIDEN = """
UPDATE accounts_apitoken SET scopes = ARRAY[
    'bulk:write', 'cabinet:read', 'cabinet:write', 'contacts:read', 'desk:read', 'desk:write',
    'inbox:read', 'inbox:write', 'profile:read', 'requests:read', 'requests:write',
    'webhooks:read', 'webhooks:write']::varchar(32)[]
WHERE scopes = '{}'
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0008_token_scopes")]

    operations: ClassVar = [migrations.RunSQL(WIDEN, migrations.RunSQL.noop)]
