"""The portal's own pages: home, the style guide, the choice of colours."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import ActorRequest
from contact_center import front_page
from contact_center.context import THEME_COOKIE, THEMES
from contact_center.styleguide import examples
from disclosure.panels import Maker, make

_YEAR_SECONDS = 365 * 24 * 3600


class Home(View):
    """The address box first, then the services, the latest requests, and rooms' own parts."""

    panels: Sequence[Maker] = ()
    http_method_names = ("get", "head")

    def get(self, http: ActorRequest) -> HttpResponse:
        """Show the page."""
        at = now()
        panels = make(self.panels, None, actor=http.actor, at=at)
        values = {**front_page.values(at), "panels": panels}
        return render(http, "contact_center/home.html", values)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show each component in each state; exists in the demo only."""
    if not settings.DEMO:
        raise Http404
    return render(request, "contact_center/styleguide.html", examples(now()))


# A stranger's form can at worst change the colours, so no CSRF cookie is set on public pages.
@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or automatic colours in a cookie and return to the page."""
    there = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure())
    # Not `redirect`, which takes a word without a slash for the name of a view.
    answer = HttpResponseRedirect(there if is_ours and there.startswith("/") else "/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        answer.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=_YEAR_SECONDS,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return answer
