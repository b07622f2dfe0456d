"""Buttons of the saved filters on the work list."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.admin import access
from requests_app.desk import saved_filters

LIST = "admin:requests_app_request_changelist"


@require_POST
@access.needs(access.VIEW)
def save(http: HttpRequest) -> HttpResponse:
    """Keep the filters that the list shows now."""
    asked = QueryDict(http.POST.get("query", "")[:2000].replace("\x00", ""))
    try:
        saved_filters.save(
            asked,
            name=http.POST.get("name", ""),
            is_shared="is_shared" in http.POST,
            by=access.operator_of(http),
        )
    except saved_filters.CannotSave as wrong:
        messages.error(http, str(wrong))
    else:
        messages.success(http, _("The filter is kept."))
    return _back(saved_filters.kept_part(asked))


@require_POST
@access.needs(access.VIEW)
def change(http: HttpRequest, pk: int) -> HttpResponse:
    """Rename or delete a filter of one's own, show it to colleagues, or hide it."""
    by, what = access.operator_of(http), http.POST.get("what", "")
    if what == "delete":
        if not saved_filters.delete(pk, by=by):
            raise Http404
        messages.success(http, _("The filter is deleted."))
        return _back("")
    said = {
        "rename": _("The filter has a new name."),
        "share": _("Colleagues see the filter."),
        "hide": _("Only you see the filter."),
    }
    if what in said:
        try:
            changed = saved_filters.change(
                pk,
                by=by,
                name=http.POST.get("name", "") if what == "rename" else None,
                is_shared=what == "share" if what != "rename" else None,
            )
        except saved_filters.CannotSave as wrong:
            messages.error(http, str(wrong))
            return _back("")
        if changed is None:
            raise Http404
        messages.success(http, said[what])
    return _back("")


def _back(query: str) -> HttpResponse:
    address = reverse(LIST)
    return redirect(f"{address}?{query}" if query else address)
