"""The registry's room."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class DisclosureConfig(AppConfig):
    name = "disclosure"
    verbose_name = _("Registry of houses and companies")

    def ready(self) -> None:
        """Let `migrate` look at the database's letters."""
        from disclosure.checks import letters_have_trigrams

        checks.register(letters_have_trigrams, checks.Tags.database)
