"""Steps for many requests of the work list: asked first, counted, undone while they can be."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actors import Operator
from accounts.models import User
from requests_app import taking_back
from requests_app.admin import access
from requests_app.admin.list_address import address
from requests_app.desk import bulk, organisations
from requests_app.models import Request


def press(http: HttpRequest) -> HttpResponse:
    """Make the step that was pressed, after asking; or undo the last one."""
    if not http.user.has_perm(access.CHANGE):
        return HttpResponse(status=403)
    at, by = timezone.now(), access.operator_of(http)
    back = HttpResponseRedirect(address(http.GET))
    verb = http.POST.get("bulk", "")
    if verb == "undo":
        return _undo(http, back, at)
    ids = [int(pk) for pk in http.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19]
    key = http.POST.get("key", "")[:40]
    if not ids:
        messages.warning(http, _("Choose the requests first."))
        return back
    to = str(by.id) if verb == "mine" else http.POST.get("operator", "")
    if verb == "redirect":
        return _redirect_many(http, ids, key, back, at)
    if verb not in {"accept", "mine", "assign"}:
        messages.warning(http, _("Choose what to do."))
        return back
    if verb != "accept" and not (to.isdecimal() and len(to) < 19):
        messages.warning(http, _("Choose the operator."))
        return back
    if not http.POST.get("sure"):
        return _ask_sure(http, verb, ids, key, to)
    if verb == "accept":
        _tell(http, bulk.accept(ids, by=by, at=at, key=key))
    else:
        _tell(http, bulk.assign(ids, to=int(to), by=by, at=at, key=key))
    return back


_BULK_WORDS = {
    "accept": gettext_lazy("Accept"),
    "mine": gettext_lazy("Take myself"),
    "assign": gettext_lazy("Assign"),
}


def _ask_sure(
    http: HttpRequest, verb: str, ids: list[int], key: str, operator: str
) -> HttpResponse:
    """Say how many and which, and ask."""
    chosen = _chosen(access.operator_of(http), ids)
    return TemplateResponse(
        http,
        "admin/requests_app/request/sure.html",
        access.frame(
            http,
            title=_BULK_WORDS[verb],
            verb=verb,
            word=_BULK_WORDS[verb],
            chosen=chosen,
            operator=operator if verb == "assign" else "",
            operator_name=User.objects.filter(pk=int(operator)).first()
            if verb != "accept"
            else None,
            key=key,
            hold=int(taking_back.HOLD.total_seconds() // 60),
            back=address(http.GET),
        ),
    )


def _undo(http: HttpRequest, back: HttpResponse, at: datetime) -> HttpResponse:
    by = access.operator_of(http)
    batch = bulk.to_undo(by=by, at=at)
    if batch is None or str(batch.pk) != http.POST.get("batch"):
        messages.warning(http, _("It is too late to undo: the letters have left."))
        return back
    tally = bulk.undo(batch, by=by, at=at)
    if tally.done:
        messages.success(
            http,
            ngettext("%(count)d request taken back.", "%(count)d requests taken back.", tally.done)
            % {"count": tally.done},
        )
    _tell_refused(http, tally)
    return back


def _chosen(by: Operator, ids: list[int]) -> list[Request]:
    rows = Request.objects.visible_to(by).filter(pk__in=ids[: bulk.LIMIT])
    shown = rows.select_related("category", "building").without_texts()
    return list(shown.order_by("due_at", "id"))


def _redirect_many(
    http: HttpRequest, ids: list[int], key: str, back: HttpResponse, at: datetime
) -> HttpResponse:
    """Ask for the organisation and the reason on a page of its own, then pass each request on."""
    by = access.operator_of(http)
    executor = organisations.read(http.POST.get("executor", ""))
    text, words = http.POST.get("text", "").strip(), http.POST.get("executor_q", "")
    found = organisations.named(words) if words else []
    if executor is None and len(found) == 1:
        executor = organisations.read(found[0].code)
    errors = []
    if http.POST.get("sure"):
        if executor is None:
            errors.append({"text": _("Choose the organisation."), "href": "#executor_q"})
        if not text:
            errors.append({"text": _("Write why: the residents read it."), "href": "#text"})
        if executor is not None and not errors:
            _tell(http, bulk.redirect(ids, executor=executor, text=text, by=by, at=at, key=key))
            return back
    chosen = _chosen(by, ids)
    return TemplateResponse(
        http,
        "admin/requests_app/request/redirect_many.html",
        access.frame(
            http,
            title=_("Pass to another organisation"),
            chosen=chosen,
            key=key,
            choices=found,
            words=words,
            text=text,
            errors=errors,
            back=address(http.GET),
        ),
        status=422 if errors else 200,
    )


def _tell(http: HttpRequest, tally: bulk.Tally) -> None:
    if tally.done:
        messages.success(
            http,
            ngettext("%(count)d request done.", "%(count)d requests done.", tally.done)
            % {"count": tally.done},
        )
    _tell_refused(http, tally)
    if not tally.done and not tally.refused:
        messages.warning(http, _("The chosen requests are not to be found."))


def _tell_refused(http: HttpRequest, tally: bulk.Tally) -> None:
    for reason, count, numbers in tally.reasons:
        shown = ", ".join(numbers[:5]) + ("…" if count > 5 else "")
        messages.warning(
            http,
            ngettext(
                "%(count)d request refused: %(reason)s (%(numbers)s)",
                "%(count)d requests refused: %(reason)s (%(numbers)s)",
                count,
            )
            % {"count": count, "reason": reason, "numbers": shown},
        )
