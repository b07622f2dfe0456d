"""Giving a repairman a link to one request, and closing it."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import ActorRequest
from requests_app import lifecycle, repair_links
from requests_app.cabinet import contact
from requests_app.cabinet.doors import item_of
from requests_app.tracking.views import private


class LinkForm(forms.Form):
    """For whom the link is, and how long it opens."""

    use_required_attribute = False
    for_whom = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Post and name; the act is signed with it unless changed there."),
    )
    lasts = forms.TypedChoiceField(
        label=gettext_lazy("How long it opens"),
        coerce=int,
        initial=24,
        choices=[
            (8, pgettext_lazy("link", "8 hours")),
            (24, pgettext_lazy("link", "a day")),
            (72, pgettext_lazy("link", "3 days")),
            (168, pgettext_lazy("link", "a week")),
        ],
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give(http: ActorRequest, number: str) -> HttpResponse:
    """Ask for whom; a POST shows the link, this once."""
    item, actor = item_of(http, number)
    if http.method != "POST":
        if not contact.is_needed(item):
            return redirect("requests_cabinet:card", item.number)
        values = {"item": item, "form": LinkForm()}
        return private(render(http, "requests_app/cabinet/link.html", values))
    form = LinkForm(http.POST)
    if form.is_valid():
        try:
            given = repair_links.give(
                item,
                for_whom=form.cleaned_data["for_whom"],
                lasts=timedelta(hours=form.cleaned_data["lasts"]),
                by=actor,
                at=now(),
            )
        except lifecycle.NotFound:
            raise Http404 from None
        except lifecycle.Refused as refused:
            form.add_error(None, refused.message)
        else:
            address = settings.PUBLIC_URL + reverse("repair:job", args=[given.token])
            values = {"item": item, "link": given.link, "address": address}
            return private(render(http, "requests_app/cabinet/link_given.html", values))
    values = {"item": item, "form": form}
    return private(render(http, "requests_app/cabinet/link.html", values, status=422))


@never_cache
@login_required
@require_POST
def close(http: ActorRequest, number: str, link_id: int) -> HttpResponse:
    """Close a link of this request: it opens nothing any more."""
    item, _actor = item_of(http, number)
    if repair_links.end(item, at=now(), link_id=link_id):
        messages.success(http, _("The link is closed: it opens nothing any more."))
    return private(redirect("requests_cabinet:card", item.number))
