"""The calendar of working days at the desk of the editors."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from requests_app import special_days
from requests_app.admin.norms import MOVES_NOTHING
from requests_app.admin.titles import PluralTitle
from requests_app.models import CalendarDay


@admin.register(CalendarDay)
class CalendarDayAdmin(PluralTitle):
    """The yearly decree that moves days off; every other day follows the country's calendar."""

    list_display = ("date", "weekday", "kind", "note")
    list_filter = ("kind",)
    search_fields = ("note",)
    date_hierarchy = "date"
    ordering = ("-date",)
    show_full_result_count = False
    fieldsets = ((None, {"fields": ("date", "kind", "note"), "description": MOVES_NOTHING}),)

    @admin.display(description=_("day of the week"), ordering="date")
    def weekday(self, day: CalendarDay) -> str:
        """Return the day's name."""
        return date_format(day.date, "l")

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:  # noqa: FBT001
        """Save, and let this process see it at once; others follow within a minute."""
        super().save_model(request, obj, form, change)
        special_days.forget()

    def delete_model(self, request: HttpRequest, obj: CalendarDay) -> None:
        """Delete, and let this process see it at once."""
        super().delete_model(request, obj)
        special_days.forget()
