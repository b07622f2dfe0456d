"""
Webhooks that representatives made become their organisations'.

Who acts for several gets one for each, with the same address and secret: its program goes on as it
is, and knows an event that comes twice by its id.
"""

from itertools import groupby
from typing import Any

from django.db import migrations


def hand_over(apps: Any, _editor: Any) -> None:
    hooks = apps.get_model("notifications", "WebhookSubscription").objects
    secrets = apps.get_model("notifications", "WebhookSecret").objects
    acting = apps.get_model("accounts", "CompanyRepresentative").objects
    pairs = (
        acting.filter(user__is_staff=False, user__webhooks__isnull=False)
        .order_by("user_id", "inn")
        .values_list("user_id", "inn")
        .distinct()
    )
    for user_id, rows in groupby(list(pairs), key=lambda pair: pair[0]):
        first, *others = [inn for _user_id, inn in rows]
        for hook in hooks.filter(owner_id=user_id).order_by("pk"):
            held = list(secrets.filter(subscription_id=hook.pk).order_by("pk"))
            hook.owner_id, hook.inn = None, first
            hook.save(update_fields=["owner_id", "inn"])
            for inn in others:
                hook.pk, hook.inn = None, inn
                hook.save(force_insert=True)
                for secret in held:
                    secret.pk, secret.subscription_id = None, hook.pk
                    secret.save(force_insert=True)


def give_back(apps: Any, _editor: Any) -> None:
    hooks = apps.get_model("notifications", "WebhookSubscription").objects
    acting = apps.get_model("accounts", "CompanyRepresentative").objects
    for hook in hooks.exclude(inn=""):
        of_it = acting.filter(inn=hook.inn, user__is_staff=False).order_by("pk")
        hook.owner_id, hook.inn = of_it.values_list("user_id", flat=True).first(), ""
        if hook.owner_id is None:
            hook.delete()
        else:
            hook.save(update_fields=["owner_id", "inn"])


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0019_webhooks_of_organisations"),
        ("accounts", "0009_tokens_keep_all_they_could"),
    ]
    operations = [migrations.RunPython(hand_over, give_back)]
