"""Quality calls at the desk: whom to call, what to ask, and what was said."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import idempotency, keyset
from requests_app import lifecycle, quality
from requests_app.admin import access
from requests_app.lifecycle import Refused
from requests_app.models import CallState, QualityCall
from requests_app.tracking.marking import WORDS

VIEW = "requests_app.view_qualitycall"
CHANGE = "requests_app.change_qualitycall"
LIST = "admin:requests_app_qualitycall_changelist"
SIZE = 30
TONES = {
    CallState.WAITING: "wait",
    CallState.TALKED: "good",
    CallState.MISSED: "quiet",
    CallState.DECLINED: "quiet",
}


class CallForm(forms.Form):
    """What came of the call."""

    use_required_attribute = False
    state = forms.ChoiceField(
        label=gettext_lazy("The call"),
        choices=[
            (CallState.TALKED, gettext_lazy("We talked")),
            (CallState.MISSED, gettext_lazy("Nobody answered")),
            (CallState.DECLINED, gettext_lazy("The resident does not want to talk")),
        ],
        widget=forms.RadioSelect,
    )
    is_fixed = forms.TypedChoiceField(
        label=gettext_lazy("Is it really fixed?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    mark = forms.TypedChoiceField(
        label=gettext_lazy("The mark from one to five"),
        choices=[("", gettext_lazy("No mark")), *WORDS.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("The resident's words"),
        required=False,
        max_length=lifecycle.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def answer(self) -> quality.Answer:
        """Return the answer that the form holds."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return quality.Answer(**{**values, "state": CallState(values["state"])})

    @transaction.atomic
    def carry_out(self, call: QualityCall, http: HttpRequest) -> None:
        """Write the call down once, however often the form is sent; raise Refused or KeyReused."""
        at, by = timezone.now(), access.operator_of(http)
        answer = self.answer()
        claimed = idempotency.claim(
            scope=f"quality:{call.pk}:{by.id}",
            key=self.cleaned_data["key"],
            fingerprint=idempotency.fingerprint_of(vars(answer)),
            at=at,
        )
        if isinstance(claimed, idempotency.Fresh):
            quality.record(call, answer, by=by, at=at)


@access.needs(VIEW)
def show_list(http: HttpRequest) -> HttpResponse:
    """Show who is to be called, the longest waiting first; or what was called, newest first."""
    is_called = http.GET.get("tab") == "called"
    rows = QualityCall.objects.visible_to(access.operator_of(http)).for_a_list()
    if is_called:
        rows, order = rows.called(), quality.CALLED
    else:
        rows, order = rows.waiting(), quality.WAITING
    try:
        page = keyset.page(rows, order, size=SIZE, cursor=http.GET.get("cursor", "")[:500])
    except keyset.BadCursor as bad:
        messages.error(http, str(bad))
        return redirect(LIST)
    tab = "&tab=called" if is_called else ""
    return TemplateResponse(
        http,
        "admin/requests_app/quality/list.html",
        access.frame(
            http,
            title=_("Quality calls"),
            rows=[{"call": call, "tone": TONES[CallState(call.state)]} for call in page],
            is_called=is_called,
            figures=quality.figures(since=timezone.now() - quality.FIGURES_OF),
            days=quality.FIGURES_OF.days,
            newer=f"?cursor={page.previous}{tab}" if page.previous else "",
            older=f"?cursor={page.next}{tab}" if page.next else "",
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(VIEW)
def show(http: HttpRequest, pk: int) -> HttpResponse:
    """Show what was repaired and ask what came of the call; a POST writes it down."""
    rows = QualityCall.objects.visible_to(access.operator_of(http))
    call = rows.filter(pk=pk).select_related("called_by").first()
    if call is None:
        raise Http404
    item = access.find(http, call.request_id)
    can_change = http.user.has_perm(CHANGE)
    if http.method == "POST" and not can_change:
        raise Http404
    form = CallForm(http.POST) if http.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            form.carry_out(call, http)
        except idempotency.KeyReused:
            form.add_error(None, _("This form was sent before."))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(http, _("The call is written down."))
            return redirect(LIST)
    waits = call.state == CallState.WAITING
    return TemplateResponse(
        http,
        "admin/requests_app/quality/page.html",
        access.frame(
            http,
            title=_("Quality call: %(number)s") % {"number": item.number},
            call=call,
            item=item,
            act=item.acts.order_by("-id").first(),
            form=form or (CallForm(initial={"key": uuid.uuid4().hex}) if waits else None),
            asks=waits and can_change,
            can_see_contact=access.operator_of(http).sees_contacts,
            tries_left=quality.TRIES - call.tries,
        ),
        status=422 if form is not None else 200,
    )


@admin.register(QualityCall)
class QualityCallAdmin(admin.ModelAdmin):
    """The list and page of quality calls; the lot makes them, nobody by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: the lot draws them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: QualityCall | None = None) -> bool:
        """Never: what was said stays."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list."""
        return show_list(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one call."""
        return show(request, int(object_id) if object_id.isdecimal() else 0)
