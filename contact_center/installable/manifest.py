"""The web app manifest: how the portal calls itself on a phone's home screen, and what it takes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from contact_center.installable import icons

# Colours of static/css/tokens.css: the header, and the paper behind a page.
THEME_COLOUR = "#0c4a5a"
PAPER = "#f3f6f5"
_NAME_LETTERS = 30


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """Describe the app: its pages come from this host alone, and shared photos become a request."""
    return JsonResponse(
        described(), content_type="application/manifest+json", json_dumps_params={"indent": 1}
    )


def described() -> dict[str, Any]:
    """Return the manifest's members; source: W3C Web Application Manifest."""
    city = settings.CITY
    return {
        "id": "/",
        "name": f"{city.center_name}, {city.name}"[: _NAME_LETTERS * 3],
        "short_name": city.center_name[:_NAME_LETTERS],
        "description": _("Report a housing problem, see who answers for it and follow it."),
        "lang": get_language() or settings.LANGUAGE_CODE,
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME_COLOUR,
        "background_color": PAPER,
        "categories": ["government", "utilities"],
        "icons": [_icon(size, maskable=maskable) for size in icons.SIZES for maskable in (0, 1)],
        "shortcuts": [
            _shortcut(_("Report a problem"), reverse("requests_app:new")),
            _shortcut(_("My requests"), reverse("requests_app:mine")),
            _shortcut(_("Outages"), reverse("outages:list")),
            _shortcut(_("Write without a signal"), reverse("requests_app:offline")),
        ],
        "share_target": {
            "action": reverse("requests_app:share"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "files": [
                    {"name": "photos", "accept": ["image/jpeg", "image/png", "image/webp"]},
                ],
            },
        },
    }


def _icon(size: int, *, maskable: int) -> dict[str, str]:
    kind = "maskable" if maskable else "plain"
    return {
        "src": reverse("app-icon", args=[kind, size]),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": "maskable" if maskable else "any",
    }


def _shortcut(name: str, url: str) -> dict[str, Any]:
    return {"name": name, "url": url, "icons": [_icon(96, maskable=0)]}


@require_safe
@cache_control(public=True, max_age=7 * 24 * 3600)
def icon(request: HttpRequest, kind: str, size: int) -> HttpResponse:
    """Serve the icon, "plain" or "maskable", in one of the sizes that the manifest names."""
    if size not in icons.SIZES or kind not in {"plain", "maskable"}:
        raise Http404
    return HttpResponse(icons.png(size, maskable=kind == "maskable"), content_type="image/png")
