"""The page where a person chooses how they are told."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import ActorRequest
from accounts.models import User
from notifications import preferences
from notifications.forms import PreferencesForm
from notifications.models import ChannelCode


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def preferences_page(request: ActorRequest) -> HttpResponse:
    """Show the table of news and ways; a POST stores it."""
    person = request.user
    if not isinstance(person, User):
        raise PermissionDenied
    channels = preferences.channels_of(person)
    form = PreferencesForm(
        request.POST or None,
        kinds=preferences.kinds_for(request.actor),
        channels=channels,
        chosen=preferences.chosen_by(person),
    )
    if form.is_valid():
        preferences.save(person, form.chosen(), offered=channels, at=now())
        messages.success(request, _("Saved. It holds for news from now on."))
        return redirect("inbox:preferences")
    values = {
        "form": form,
        "email": person.email,
        "has_more": len(channels) > len({ChannelCode.EMAIL, ChannelCode.INBOX}),
    }
    return render(request, "notifications/preferences.html", values)
