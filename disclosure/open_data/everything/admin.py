"""How the nightly archives went, for staff."""

from __future__ import annotations

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnly
from disclosure.open_data.everything.models import OpenDataArchive


@admin.register(OpenDataArchive)
class OpenDataArchiveAdmin(ReadOnly):
    """Progress and failures; an archive is made by the portal alone."""

    list_display = (
        "day",
        "state",
        "progress",
        "rows",
        "bytes",
        "started_at",
        "moved_at",
        "finished_at",
        "fault",
    )
    list_filter = ("state",)
    list_per_page = 50

    @admin.display(description=_("tables"))
    def progress(self, row: OpenDataArchive) -> str:
        """Return how many tables of how many are done."""
        return f"{row.tables_done} / {row.tables}"

    @admin.display(description=_("size"), ordering="size")
    def bytes(self, row: OpenDataArchive) -> str:
        """Return the size in words."""
        return str(filesizeformat(row.size)) if row.size else "—"
