"""The app of people: accounts, roles, company representatives, tokens, uploads, consent."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Lowest layer of the house: everything else may import it, it imports nothing of ours."""

    name = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"
