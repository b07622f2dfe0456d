"""Pages of the table: taken away, sent back, looked through, and only then done."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Executor
from accounts.middleware import ActorRequest
from disclosure.sheets import writing
from disclosure.sheets.reading import Unreadable
from requests_app.cabinet import choice, sheet, sheet_taking
from requests_app.cabinet.bringing import TARGETS
from requests_app.cabinet.doors import executor_of, organisations_of
from requests_app.cabinet.sheet import Row
from requests_app.tracking.views import private

_SALT = "requests_app.cabinet.sheet"
# As long as a file is looked through; later it is sent again.
_KEPT_FOR = timedelta(hours=1)
# Nobody reads more mistakes at once.
FAULTS_SHOWN = 50


@never_cache
@login_required
@require_safe
def download(http: ActorRequest) -> StreamingHttpResponse:
    """Send the chosen requests as a table, however many they are."""
    actor, at = executor_of(http), now()
    chosen = choice.read(http.GET, organisations_of(actor))
    rows = (
        chosen.state.narrow(chosen.rows(actor, at=at), actor, at)
        .select_related("category", "building")
        .defer("norm_text", "search")
        .order_by(*chosen.state.order)
    )
    lines = sheet.csv_lines(rows.iterator(chunk_size=500), zone=timezone.get_current_timezone())
    response = StreamingHttpResponse(lines, content_type=writing.CSV_TYPE)
    day = timezone.localtime(at).date()
    response["Content-Disposition"] = f'attachment; filename="requests-{day:%Y-%m-%d}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def table(http: ActorRequest) -> HttpResponse:
    """Read a sent table and show what it would do; nothing is done yet."""
    actor = executor_of(http)
    if http.method != "POST":
        return _page(http)
    try:
        file = http.FILES.get("file")
        if file is None:
            raise Unreadable(_("Choose a file."))
        taken = sheet.read(file.read(sheet.LIMITS.megabytes * 1024 * 1024 + 1))
    except Unreadable as refused:
        return _page(http, status=422, refused=str(refused))
    if taken.faults:
        return _faults(http, taken.faults)
    outcome = sheet_taking.run(taken.rows, by=actor, at=now(), is_rehearsal=True)
    if outcome.faults:
        return _faults(http, outcome.faults)
    values = {
        "changes": outcome.changes,
        "unchanged": outcome.unchanged,
        "rows": signing.dumps([_plain(row) for row in taken.rows], salt=_salt(actor), compress=True)
        if outcome.changes
        else "",
    }
    return private(render(http, "requests_app/cabinet/table_preview.html", values))


@never_cache
@login_required
@require_http_methods(["POST"])
def do(http: ActorRequest) -> HttpResponse:
    """Do what the preview showed: all of it, or nothing when something changed meanwhile."""
    actor = executor_of(http)
    try:
        kept = signing.loads(http.POST.get("rows", ""), salt=_salt(actor), max_age=_KEPT_FOR)
    except signing.BadSignature:
        return _page(http, status=422, refused=_("The preview is too old. Send the file again."))
    outcome = sheet_taking.run([_row(one) for one in kept], by=actor, at=now(), is_rehearsal=False)
    if outcome.faults:
        return _faults(http, outcome.faults)
    count = len(outcome.changes)
    messages.success(
        http,
        ngettext("%(count)d request is changed.", "%(count)d requests are changed.", count)
        % {"count": count},
    )
    return private(redirect("requests_cabinet:list"))


def _faults(http: ActorRequest, faults: list[Any]) -> HttpResponse:
    shown, more = faults[:FAULTS_SHOWN], max(0, len(faults) - FAULTS_SHOWN)
    return _page(http, status=422, faults=shown, more=more)


def _page(http: ActorRequest, *, status: int = 200, **values: Any) -> HttpResponse:
    values = {
        "most_rows": sheet.LIMITS.rows - 1,
        "states": [target.label for target in TARGETS],
        **values,
    }
    return private(render(http, "requests_app/cabinet/table.html", values, status=status))


def _salt(actor: Executor) -> str:
    """Return the salt of this person alone: a preview is nobody else's."""
    return f"{_SALT}:{actor.id}"


def _plain(row: Row) -> dict[str, Any]:
    values = asdict(row)
    for name in ("planned_at", "act_on"):
        values[name] = values[name].isoformat() if values[name] else None
    return values


def _row(values: dict[str, Any]) -> Row:
    planned, signed = values["planned_at"], values["act_on"]
    return Row(
        **{
            **values,
            "planned_at": datetime.fromisoformat(planned) if planned else None,
            "act_on": date.fromisoformat(signed) if signed else None,
        }
    )
