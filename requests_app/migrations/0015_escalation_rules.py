"""The eight rules of escalation, switched off: a city switches on what it wants."""

from typing import Any

from django.db import migrations

# Rung: hours after the deadline of an emergency, and of all else.
RULES = {
    "executor": (0, 0),
    "executor_head": (1, 24),
    "centre_head": (3, 72),
    "inspectorate": (24, 240),
}


def write(apps: Any, _editor: Any) -> None:
    rule = apps.get_model("requests_app", "EscalationRule")
    rule.objects.bulk_create(
        rule(rung=rung, is_emergency=is_emergency, after_hours=hours)
        for rung, (urgent, usual) in RULES.items()
        for is_emergency, hours in ((True, urgent), (False, usual))
    )


def erase(apps: Any, _editor: Any) -> None:
    apps.get_model("requests_app", "EscalationRule").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0014_escalation")]
    operations = [migrations.RunPython(write, erase)]
