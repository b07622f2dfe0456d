"""The service worker: static/js/service-worker.js, told what this version is made of."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

_SCRIPT = "js/service-worker.js"
_DRAFTS = "js/device-drafts.js"
# What the page for filing without a signal is made of: the frame's parts, and its own.
_HEADS = ("components/head.html", "requests_app/filing/offline.html")
_STATIC = re.compile(r"""\{%\s*static\s+'([^']+)'\s*%\}""")
_IMPORT = re.compile(r"""^import[^"']*["']\./([\w-]+\.js)["']""", re.MULTILINE)
_ICONS = "img/icons.svg"


def _source(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise LookupError(f"no static file {name}")
    return Path(found).read_text(encoding="utf-8")


def parts() -> list[str]:
    """
    Return the names of the static files without which the page for filing offline does not work.

    Read from its templates and from the imports of its scripts, so that a new module or style sheet
    is kept without anybody's thinking of it.
    """
    names = [_ICONS, _DRAFTS]
    for head in _HEADS:
        names += _STATIC.findall(get_template(head).template.source)  # type: ignore[attr-defined]
    for name in names:
        if name.startswith("js/"):
            names += [f"js/{found}" for found in _IMPORT.findall(_source(name))]
    return list(dict.fromkeys(names))


@cache
def _shell(language: str) -> dict[str, Any]:
    with translation.override(language):
        addresses = [staticfiles_storage.url(name) for name in parts()]
        page = get_template(_HEADS[1]).template.source  # type: ignore[attr-defined]
        known = {
            "start": reverse("requests_app:offline"),
            "share": reverse("requests_app:share"),
            "leave": [reverse("account_logout"), reverse("admin:logout")],
            "close": reverse("requests_app:close_here"),
            "static": settings.STATIC_URL,
            "drafts": staticfiles_storage.url(_DRAFTS),
            "parts": addresses,
            "icon": reverse("app-icon", args=["plain", 192]),
            "words": {
                "sent": _("Your request is sent"),
                "number": _("Its number is %s"),
                "look": _("A request waits for your answer"),
                "house": _("Say which house you meant"),
            },
        }
    digest = hashlib.sha256(json.dumps(known).encode() + page.encode() + _source(_SCRIPT).encode())
    return {**known, "version": digest.hexdigest()[:12]}


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the script at the root, whose pages it then serves; browsers ask for it anew."""
    shell = json.dumps(_shell(translation.get_language() or settings.LANGUAGE_CODE))
    answer = HttpResponse(
        f"const SHELL = {shell};\n{_source(_SCRIPT)}", content_type="text/javascript"
    )
    answer["Cache-Control"] = "no-cache"
    answer["Service-Worker-Allowed"] = "/"
    return answer
