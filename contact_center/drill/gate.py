"""What of the portal a drill has: the desk and the way to it. All else is not there."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from contact_center import error_pages

GetResponse = Callable[[HttpRequest], HttpResponse]

# Named one by one, so that a new room of the portal is closed here until somebody opens it.
_OPEN = re.compile(
    r"/(healthz|readyz|metrics)$"
    r"|/(static|theme)/"
    # By password only: no letter brings a code.
    r"|/accounts/(login|logout|reauthenticate)/$"
    r"|/accounts/2fa/"
    r"|/admin/$"
    r"|/admin/(login|logout|jsi18n|autocomplete|requests_app|drill)/"
    # What would have been sent, to read; nothing of it can leave.
    r"|/admin/notifications/message/(\d+/change/)?$"
)


def is_open(path: str) -> bool:
    """Tell whether a drill has this page; residents, companies, programs and readers get none."""
    return _OPEN.match(path) is not None


class DrillGate:
    """Answers 404 for every page that is not for training; the first page leads to the desk."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, or turn it away before anything reads it."""
        if is_open(request.path):
            return self.get_response(request)
        if request.path == "/":
            return HttpResponseRedirect(reverse("admin:index"))
        return error_pages.page(request, HTTPStatus.NOT_FOUND, words=error_pages.NOT_IN_DRILL)
