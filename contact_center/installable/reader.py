"""
Whose pages a browser keeps.

Each answer names its reader by a keyed digest that tells nothing by itself. The service worker
keeps personal pages under that name and drops them when an answer names somebody else.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contact_center.middleware import GetResponse

HEADER = "X-Reader"
NOBODY = "-"


def name_of(request: HttpRequest) -> str:
    """Return the reader's name for their own browser; NOBODY without an account."""
    # Without the cookie there is no account, and the session need not be opened to see that.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return NOBODY
    digest = salted_hmac("contact_center.reader", str(request.user.pk), algorithm="sha256")
    return digest.hexdigest()[:16]


class NamesReader:
    """Puts the reader's name on every page, and on none that all readers share from a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and name its reader."""
        response = self.get_response(request)
        is_shared = "public" in response.get("Cache-Control", "")
        if response.get("Content-Type", "").startswith("text/html") and not is_shared:
            response[HEADER] = name_of(request)
        return response


@never_cache
@require_safe
def reader(request: HttpRequest) -> JsonResponse:
    """Tell the app who reads and give the token with which it may send what was written offline."""
    return JsonResponse({"reader": name_of(request), "csrf": get_token(request)})
