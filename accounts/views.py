"""Pages of one's own account, beside allauth's."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import scopes, throttling, token_letters, tokens
from accounts.actors import Executor, Operator
from accounts.client_address import client_address
from accounts.forms import ProfileForm, TokenForm
from accounts.middleware import ActorRequest
from accounts.models import ApiToken, User

# A page of tokens: the live ones, and those that expired lately.
SHOWN = 100
# Each is a letter to its owner.
MADE_A_DAY = 20


def person_of(request: HttpRequest) -> User:
    """Return whose account this is, behind `login_required`."""
    # @login_required let nobody else through; this tells the type checker.
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def profile(request: ActorRequest) -> HttpResponse:
    """Show and change one's name, phone and language."""
    form = ProfileForm(request.POST or None, instance=person_of(request))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    values = {
        "form": form,
        "person": request.user,
        "has_second_factor": is_mfa_enabled(person_of(request)),
        "has_cabinet": isinstance(request.actor, Operator | Executor),
    }
    return render(request, "accounts/profile.html", values)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def api_tokens(request: ActorRequest) -> HttpResponse:
    """
    Show one's tokens; a POST makes one and shows its key this once.

    `accounts.middleware.StaffSecondFactor` lets staff in behind their second factor only.
    """
    person = person_of(request)
    grantable = scopes.grantable(request.actor)
    form = TokenForm(request.POST or None, grantable=grantable)
    key = ""
    if form.is_valid() and _may_make_another(form, person):
        at = now()
        days = form.cleaned_data["days"]
        key = token_letters.make(
            person,
            name=form.cleaned_data["name"],
            scopes=frozenset(form.cleaned_data["scopes"]),
            expires_at=at + timedelta(days=days) if days else None,
            ip=client_address(request),
            at=at,
        )
        form = TokenForm(grantable=grantable)
    rows = ApiToken.objects.shown_to(person)[:SHOWN]
    values = {
        "form": form,
        "key": key,
        "tokens": [(token, scopes.in_words(token.scopes)) for token in rows],
        "at": now(),
    }
    return render(request, "accounts/api_tokens.html", values)


def _may_make_another(form: TokenForm, person: User) -> bool:
    """Whether the account has room for one more token; else the form says why not."""
    at = now()
    if ApiToken.objects.live(at=at).filter(user=person).count() >= tokens.MOST:
        form.add_error(None, _("You have too many tokens: revoke those you no longer need."))
    elif not throttling.hit(
        bucket="token", key=str(person.pk), limit=MADE_A_DAY, window=timedelta(days=1), at=at
    ).allowed:
        form.add_error(None, _("You made too many tokens today: try again tomorrow."))
    return form.is_valid()


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End one of one's own tokens; a stranger's looks like none."""
    token = get_object_or_404(ApiToken, pk=token_id, user=person_of(request), revoked_at=None)
    tokens.revoke(token, at=now())
    messages.success(request, _("The token no longer works."))
    return redirect("accounts:api_tokens")
