"""One workbook for all houses of a company: download, fill in, send back."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Operator
from accounts.middleware import ActorRequest
from disclosure.cabinet.doors import company_of, today
from disclosure.cabinet.files import FAULTS_SHOWN
from disclosure.publications import many_drafts
from disclosure.sheets import houses_file, writing
from disclosure.sheets.reading import Unreadable

_TEMPLATE = "disclosure/cabinet/houses_sheet.html"


@never_cache
@login_required
@require_safe
def download(request: ActorRequest, inn: str) -> HttpResponse:
    """Send the workbook with what is filled in already."""
    mine = company_of(request, inn)
    body = houses_file.to_xlsx(many_drafts.of_houses(mine, on=today()))
    response = HttpResponse(body, content_type=writing.XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="houses-{inn}.xlsx"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def upload(request: ActorRequest, inn: str) -> HttpResponse:
    """Take a filled workbook into the drafts: all of it, or nothing with the faults by cell."""
    mine = company_of(request, inn)
    values: dict[str, Any] = {
        "company": mine,
        "is_staff": isinstance(request.actor, Operator),
        "trail": [
            {"href": reverse("cabinet:company", args=[inn]), "word": str(mine)},
            {"href": reverse("cabinet:houses", args=[inn]), "word": _("Houses")},
        ],
        "most": houses_file.LIMITS.megabytes,
        "faults": [],
        "more": 0,
        "refused": "",
    }
    if request.method == "GET":
        return render(request, _TEMPLATE, values)
    try:
        file = request.FILES.get("file")
        if file is None:
            raise Unreadable(_("Choose a file."))
        most = houses_file.LIMITS.megabytes * 1024 * 1024
        taken = houses_file.read(file.read(most + 1), many_drafts.of_houses(mine, on=today()))
        if not taken.faults:
            stored = many_drafts.save(
                mine, taken.changed, tab=secrets.token_hex(8), by=request.actor, at=now()
            )
    except (Unreadable, many_drafts.ChangedMeanwhile) as refused:
        values["refused"] = str(refused)
        return render(request, _TEMPLATE, values, status=422)
    if taken.faults:
        values["faults"] = taken.faults[:FAULTS_SHOWN]
        values["more"] = max(0, len(taken.faults) - FAULTS_SHOWN)
        return render(request, _TEMPLATE, values, status=422)
    messages.success(
        request,
        ngettext(
            "Changed in the drafts: %(count)d form. Look it through and publish it.",
            "Changed in the drafts: %(count)d forms. Look them through and publish them.",
            stored,
        )
        % {"count": stored},
    )
    return redirect("cabinet:houses", inn)
