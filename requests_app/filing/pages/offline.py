"""
Filing without a signal: one page that the browser keeps, and what it does with shared photos.

The page knows nobody: what is typed stays on the device (static/js/device-drafts.js) and goes out
through the API, once, by the draft's own key.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts import uploads
from requests_app.filing import matters
from requests_app.intake import DESCRIPTION_MAX
from requests_app.models import Category


@require_safe
def write(http: HttpRequest) -> HttpResponse:
    """Show the whole of a request as one form; two queries, the same page for everybody."""
    groups = matters.groups(now())
    stops = (
        Category.objects.filter(slug__in=[one.slug for group in groups for one in group.matters])
        .exclude(stop_kind="")
        .only("slug", "stop_kind", "stop_message")
    )
    values: dict[str, Any] = {
        "groups": groups,
        "stops": list(stops),
        "longest": DESCRIPTION_MAX,
        "media_types": ",".join(uploads.MEDIA_TYPES),
        "most_files": uploads.MAX_FILES,
        "most_bytes": uploads.MAX_BYTES,
    }
    return render(http, "requests_app/filing/offline.html", values)


# A phone's share sheet sends no token of ours; nothing is kept here that a stranger could fill.
@csrf_exempt
@require_POST
def share(http: HttpRequest) -> HttpResponse:
    """
    Lead to filing where no service worker took the shared photos.

    With one they never come here: it keeps them on the device and opens the page above.
    """
    messages.warning(http, _("The shared photos did not come along: add them below once more."))
    return redirect("requests_app:new")
