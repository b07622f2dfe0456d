"""What every request learns about its sender, and the door of the operators' workplace."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts import second_factor
from accounts.actors import Actor, Operator, Resident, actor_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class ActorRequest(HttpRequest):
    """For annotations: a request that passed ActorMiddleware."""

    actor: Actor


def actor_in_session(request: HttpRequest) -> Actor:
    """
    Return who sends this request; at most one query after the session's own.

    Staff who have not shown their second factor are plain residents everywhere, not only at the
    door of the workplace: a stolen password must not open a request's contact on its own page.
    """
    actor = actor_of(request.user)
    if isinstance(actor, Operator) and not second_factor.is_shown(request):
        return Resident(id=actor.id)
    return actor


class ActorMiddleware:
    """Sets `request.actor`, worked out when first read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on with its actor."""
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: actor_in_session(request)
        )
        return self.get_response(request)


class StaffSecondFactor:
    """
    Lets staff into /admin/ only after password (or code by e-mail) and a second factor.

    So too to the pages of tokens and webhooks: no program shows a second factor.
    Whoever has no authenticator yet is sent to set one up; Django's own admin login, which knows
    no second factor, is replaced by the portal's.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.door = reverse("admin:index")
        self.plain_login = reverse("admin:login")
        # What is made here acts for the account later, and asks for no factor then.
        self.kept = (reverse("accounts:api_tokens"), reverse("inbox:webhooks"))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, or redirect to what is still missing."""
        if self._is_guarded(request):
            missing = self._missing(request)
            if missing:
                return missing
        return self.get_response(request)

    def _is_guarded(self, request: HttpRequest) -> bool:
        if request.path.startswith(self.door):
            return True
        # Residents make them too, for what is theirs: only staff have more to lose.
        return request.path.startswith(self.kept) and bool(
            request.user.is_authenticated and request.user.is_staff
        )

    def _missing(self, request: HttpRequest) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated:
            return self._to("account_login", request)
        if not user.is_staff or second_factor.is_shown(request):
            # Django's form would send a resident round in a circle; theirs is the home page.
            if request.path == self.plain_login:
                return HttpResponseRedirect(self.door if user.is_staff else "/")
            return None
        if is_mfa_enabled(user):
            return self._to("mfa_reauthenticate", request)
        return self._to("mfa_activate_totp", request)

    def _to(self, view: str, request: HttpRequest) -> HttpResponse:
        wanted = request.get_full_path()
        if request.path == self.plain_login:
            wanted = request.GET.get("next", self.door)
        return HttpResponseRedirect(f"{reverse(view)}?{urlencode({'next': wanted})}")
