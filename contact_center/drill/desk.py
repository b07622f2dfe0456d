"""The drill's page at the desk: in the city the way to it; in the drill start, stop, report."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Operator
from contact_center.drill import report, running, storm
from contact_center.drill.models import Drill, Speed
from requests_app.lifecycle import Refused

RUN = "contact_center.run_drill"
PAGE = "admin:drill"
SHOWN = 10

View = Callable[..., HttpResponse]


def for_heads(view: View) -> View:
    """Let only those who may run drills in."""

    @wraps(view)
    def guarded(http: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not http.user.has_perm(RUN) or not isinstance(_actor(http), Operator):
            raise PermissionDenied
        return view(http, *args, **kwargs)

    return guarded


def in_drill(view: View) -> View:
    """Answer 404 in the city's own portal: no storm can be started there, nor read."""

    @wraps(view)
    def guarded(http: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DRILL:
            raise Http404
        return view(http, *args, **kwargs)

    return guarded


@require_safe
@for_heads
def page(http: HttpRequest) -> HttpResponse:
    """Show how a drill is started; in a drill, how it goes, and the earlier ones."""
    values: dict[str, Any] = {"title": _("Drill")}
    if settings.DRILL:
        now, script = timezone.now(), storm.read()
        drill = running.running()
        values |= {
            "storm": script,
            "running": drill,
            "progress": drill and report.progress(drill, at=now, last_minute=script.minutes),
            "people": [] if drill else list(running.candidates()),
            "speeds": Speed.choices,
            "default_speed": Speed.FAST,
            "earlier": list(Drill.objects.exclude(stopped_at=None).order_by("-id")[:SHOWN]),
        }
    else:
        values["drill_url"] = settings.DRILL_URL
    return _answer(http, "admin/drill/page.html", values)


@require_POST
@for_heads
@in_drill
def start(http: HttpRequest) -> HttpResponse:
    """Start the storm for the chosen operators."""
    speed = http.POST.get("speed", "")
    crew = [int(one) for one in http.POST.getlist("crew") if one.isdecimal() and len(one) < 18]
    try:
        running.start(
            speed=int(speed) if speed.isdecimal() and len(speed) < 4 else 0,
            crew=crew,
            by=cast("Operator", _actor(http)),
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(http, refused.message)
    else:
        messages.success(http, _("The storm has begun. Calls come into today's queue."))
    return redirect(PAGE)


@require_POST
@for_heads
@in_drill
def stop(http: HttpRequest, pk: int) -> HttpResponse:
    """Stop the drill and show its report."""
    drill = get_object_or_404(Drill, pk=pk)
    running.stop(drill, by=cast("Operator", _actor(http)), at=timezone.now())
    return redirect("admin:drill_report", pk)


@require_safe
@for_heads
@in_drill
def show_report(http: HttpRequest, pk: int) -> HttpResponse:
    """Show the report of a drill, also of one that goes on."""
    drill = get_object_or_404(Drill, pk=pk)
    values = {
        "title": _("Report of the drill"),
        "drill": drill,
        "storm": storm.read(),
        "report": report.shown(drill, at=timezone.now()),
    }
    return _answer(http, "admin/drill/report.html", values)


def urls(admin_view: Callable[[Any], Any]) -> list[URLPattern]:
    """Return the addresses below /admin/drill/."""
    return [
        path("drill/", admin_view(page), name="drill"),
        path("drill/start/", admin_view(start), name="drill_start"),
        path("drill/<int:pk>/stop/", admin_view(stop), name="drill_stop"),
        path("drill/<int:pk>/report/", admin_view(show_report), name="drill_report"),
    ]


def _actor(http: HttpRequest) -> object:
    return http.actor  # type: ignore[attr-defined]


def _answer(http: HttpRequest, template: str, values: dict[str, Any]) -> HttpResponse:
    # The actor is a lazy object: its class is asked for above, its permissions by admin's frame.
    return TemplateResponse(http, template, {**admin.site.each_context(http), **values})
