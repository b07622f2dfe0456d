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

from accounts import tokens
from accounts.actors import Executor, Operator
from accounts.forms import ProfileForm, TokenForm
from accounts.middleware import ActorRequest
from accounts.models import ApiToken, User


def _person(request: HttpRequest) -> User:
    # @login_required let nobody else through; this tells the type checker.
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def profile(request: ActorRequest) -> HttpResponse:
    """Show and change one's name, phone and language."""
    form = ProfileForm(request.POST or None, instance=_person(request))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    values = {
        "form": form,
        "person": request.user,
        "has_second_factor": is_mfa_enabled(_person(request)),
        "may_have_tokens": _may_have_tokens(request),
    }
    return render(request, "accounts/profile.html", values)


def _may_have_tokens(request: ActorRequest) -> bool:
    """Whether a program may act for this account: the API answers only to staff and executors."""
    return isinstance(request.actor, Operator | Executor)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def api_tokens(request: ActorRequest) -> HttpResponse:
    """Show one's tokens; a POST makes one and shows its key this once."""
    if not _may_have_tokens(request):
        raise PermissionDenied
    person = _person(request)
    form = TokenForm(request.POST or None)
    key = ""
    if form.is_valid():
        at = now()
        days = form.cleaned_data["days"]
        key = tokens.issue(
            person,
            name=form.cleaned_data["name"],
            expires_at=at + timedelta(days=days) if days else None,
            at=at,
        )
        form = TokenForm()
    values = {
        "form": form,
        "key": key,
        "tokens": ApiToken.objects.filter(user=person).order_by("-created_at")[:100],
        "at": now(),
    }
    return render(request, "accounts/api_tokens.html", values)


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Delete one of one's own tokens; a stranger's looks like none."""
    get_object_or_404(ApiToken, pk=token_id, user=_person(request)).delete()
    messages.success(request, _("The token no longer works."))
    return redirect("accounts:api_tokens")
