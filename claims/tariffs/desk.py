"""Tariffs and norms in admin: edited by hand with a history, or loaded as a list seen first."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.audit import AuditedAdmin, Table
from claims.models import Tariff
from claims.models.tariffs import TariffUnit
from claims.recalculation.words import number
from claims.tariffs import loading
from claims.tariffs.loading import Loading
from claims.tariffs.planning import Doing, Told
from claims.tariffs.reading import LIMITS
from disclosure.sheets.reading import Unreadable

SHOWN = 200
_DOINGS = {
    Doing.NEW: (pgettext_lazy("of a tariff", "new"), "good"),
    Doing.CHANGED: (pgettext_lazy("of a tariff", "changes"), "work"),
    Doing.CLOSED: (pgettext_lazy("of a tariff", "ends: the next one begins"), "wait"),
}


class ListForm(forms.Form):
    """A list of tariffs; once seen it comes back as text, with the mark of what was seen."""

    file = forms.FileField(
        label=gettext_lazy("List of tariffs and norms, CSV or XLSX"), required=False
    )
    kept = forms.CharField(widget=forms.HiddenInput, required=False)
    agreed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def data_of(self) -> bytes:
        """Return the bytes of the list; raise Unreadable where there are none."""
        file = self.cleaned_data["file"]
        if file is not None:
            return bytes(file.read(LIMITS.megabytes * 1024 * 1024 + 1))
        unpacked = zlib.decompressobj()
        try:
            packed = base64.b64decode(self.cleaned_data["kept"], validate=True)
            found = unpacked.decompress(packed, LIMITS.megabytes * 1024 * 1024 + 1)
        except (binascii.Error, zlib.error):
            found = b""
        if not found:
            raise Unreadable(gettext("Choose a file."))
        return found


@admin.register(Tariff)
class TariffAdmin(AuditedAdmin):
    """What a unit costs and how much is counted for a person, by days, with its act."""

    audits = (Table("claims.TariffAudit"),)
    change_list_template = "admin/claims/tariff/change_list.html"
    list_display = (
        "utility",
        "kind",
        "number",
        "unit",
        "since",
        "until",
        "settlement",
        "supplier",
        "group",
        "act",
    )
    list_filter = ("utility", "kind")
    search_fields = ("act", "settlement", "group")
    list_select_related = ("supplier",)
    autocomplete_fields = ("supplier",)
    date_hierarchy = "since"

    @admin.display(description=gettext_lazy("value"), ordering="value")
    def number(self, row: Tariff) -> str:
        """Return the value without idle zeros."""
        return number(row.value)

    def get_urls(self) -> list[URLPattern]:
        """Add the loading of a list."""
        own = path("load/", self.admin_site.admin_view(self.load), name="claims_tariff_load")
        return [own, *super().get_urls()]

    def load(self, request: HttpRequest) -> HttpResponse:
        """Show what a list would change; load it once somebody has agreed to exactly that."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = ListForm(request.POST, request.FILES) if is_sent else ListForm()
        values: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Load tariffs and norms"),
            "form": form,
            "units": [(unit.value, unit.label) for unit in TariffUnit],
        }
        status = 200
        if is_sent and form.is_valid():
            try:
                data = form.data_of()
                if form.cleaned_data["agreed"]:
                    done = loading.load(data, agreed=form.cleaned_data["agreed"])
                    messages.success(request, _said(done))
                    return redirect(reverse("admin:claims_tariff_changelist"))
                values |= _seen(data)
            except Unreadable as unreadable:
                form.add_error("file", str(unreadable))
                status = 422
            except loading.Changed:
                messages.warning(
                    request, _("Somebody changed the tariffs meanwhile: look at it once more.")
                )
                values |= _seen(data)
        return TemplateResponse(request, "admin/claims/tariff/load.html", values, status=status)


def _seen(data: bytes) -> dict[str, Any]:
    found = loading.preview(data)
    rows = list(_rows(found))
    return {
        "found": found,
        "rows": rows[:SHOWN],
        "more": max(0, len(rows) - SHOWN),
        "same": len(found.plan.of(Doing.SAME)),
        "bad": found.bad[:SHOWN],
        "kept": base64.b64encode(zlib.compress(data)).decode(),
    }


def _rows(found: Loading) -> Iterator[dict[str, Any]]:
    for change in found.plan.changes:
        if change.doing != Doing.SAME:
            word, tone = _DOINGS[change.doing]
            kind, utility, settlement, _supplier, group = change.after.key
            row = Tariff(kind=kind, utility=utility, unit=change.after.unit)
            yield {
                "line": change.after.line or "",
                "word": word,
                "tone": tone,
                "what": f"{row.get_utility_display()}, {row.get_kind_display()}",
                "whose": ", ".join(part for part in (settlement, group) if part),
                "before": _facts(change.before) if change.before else "",
                "after": _facts(change.after),
            }


def _facts(told: Told) -> str:
    days = f"{told.since:%d.%m.%Y} – {told.until:%d.%m.%Y}" if told.until else ""
    if not days:
        days = _("from %(day)s") % {"day": f"{told.since:%d.%m.%Y}"}
    return f"{told.value.normalize():f} {TariffUnit(told.unit).label}, {days}"


def _said(done: Loading) -> str:
    return _(
        "New %(new)s, changed %(changed)s, ended %(closed)s, as before %(same)s, not taken %(bad)s."
    ) % {
        "new": len(done.plan.of(Doing.NEW)),
        "changed": len(done.plan.of(Doing.CHANGED)),
        "closed": len(done.plan.of(Doing.CLOSED)),
        "same": len(done.plan.of(Doing.SAME)),
        "bad": len(done.bad),
    }
