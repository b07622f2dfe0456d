"""One answer to all claims of an incident: looked at first, then made."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Executor
from accounts.middleware import ActorRequest
from claims import lifecycle, together
from claims.calculator import wording
from claims.lifecycle import TEXT_MAX, Details
from claims.models import Claim
from claims.of_request.forms import months_to_choose
from claims.statuses import ClaimStatus
from requests_app.cabinet.doors import executor_of
from requests_app.models import Incident
from requests_app.tracking.views import private

SHOWN = 50


class TogetherForm(forms.Form):
    """A decision for all; what each needs is what a single answer needs."""

    target = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (ClaimStatus.GRANTED, gettext_lazy("Grant all in full")),
            (ClaimStatus.PARTLY, gettext_lazy("Grant the same part of each")),
            (ClaimStatus.REFUSED, gettext_lazy("Refuse all")),
        ],
        widget=forms.RadioSelect,
    )
    percent = forms.DecimalField(
        label=gettext_lazy("Which part, %"),
        required=False,
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=Decimal("99.99"),
        localize=True,
        help_text=gettext_lazy("Only for a part: of each sum, rounded to a kopeck."),
    )
    month = forms.ChoiceField(
        label=gettext_lazy("In which month's bill"),
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed for a part and for a refusal; each resident reads it."),
    )
    digest = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    use_required_attribute = False

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(
            data, initial={"target": ClaimStatus.GRANTED, "month": f"{today.replace(day=1)}"}
        )
        month = self.fields["month"]
        assert isinstance(month, forms.ChoiceField)
        month.choices = months_to_choose(today)

    def clean(self) -> dict[str, Any]:
        """Ask for what the decision needs."""
        said = super().clean() or {}
        target = said.get("target")
        if (
            target == ClaimStatus.PARTLY
            and "percent" not in self.errors
            and not said.get("percent")
        ):
            self.add_error("percent", _("Say which part."))
        if target in {ClaimStatus.PARTLY, ClaimStatus.REFUSED} and not said.get("text", "").strip():
            self.add_error("text", _("Write the reason."))
        if target in {ClaimStatus.PARTLY, ClaimStatus.GRANTED} and not said.get("month"):
            self.add_error("month", _("Name the month of the bill with the money."))
        return said

    def details(self) -> Details:
        """Return what each step brings; the amount is each claim's own."""
        month = self.cleaned_data["month"]
        return Details(
            text=self.cleaned_data["text"],
            credited_in=date.fromisoformat(month) if month else None,
        )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(http: ActorRequest, incident: int) -> HttpResponse:
    """Ask for the decision; a POST shows what it does, the second one does it."""
    actor = executor_of(http)
    row = get_object_or_404(Incident, pk=incident) if incident < 2**62 else None
    mine = Claim.objects.visible_to(actor).filter(of_incident__incident=incident)
    if row is None or not mine.exists():
        raise Http404
    today = timezone.localdate()
    if http.method != "POST":
        return _page(http, row, actor, TogetherForm(today=today))
    form = TogetherForm(http.POST, today=today)
    if not form.is_valid():
        return _page(http, row, actor, form)
    target = ClaimStatus(form.cleaned_data["target"])
    percent = form.cleaned_data["percent"] if target == ClaimStatus.PARTLY else None
    digest = form.cleaned_data["digest"]
    if "look" in http.POST or not digest:
        looked = together.plan(incident, target, by=actor, percent=percent)
        return _page(http, row, actor, form, looked)
    try:
        made = together.answer(
            incident,
            target,
            by=actor,
            at=now(),
            details=form.details(),
            digest=digest,
            percent=percent,
        )
    except lifecycle.Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _page(http, row, actor, form)
    many = len(made.rows)
    said = ngettext("%(count)d claim is answered.", "%(count)d claims are answered.", many)
    messages.success(http, said % {"count": many})
    if made.left:
        return private(redirect("claims_cabinet:together", incident))
    return private(redirect("claims_cabinet:list"))


def _page(
    http: ActorRequest,
    incident: Incident,
    actor: Executor,
    form: TogetherForm,
    looked: together.Plan | None = None,
) -> HttpResponse:
    waiting = together.plan(incident.pk, ClaimStatus.GRANTED, by=actor)
    values = {
        "incident": incident,
        "form": form,
        "waiting": len(waiting.rows),
        "asked": wording.rubles(waiting.asked_rub),
        "most": together.MOST if waiting.left else 0,
        "looked": looked,
        "back": f"{reverse('claims_cabinet:list')}?incident={incident.pk}",
    }
    if looked is not None:
        values |= {
            "sum": wording.rubles(looked.granted_rub),
            "rows": [
                {
                    "number": row.claim.number,
                    "place": _place(row.claim),
                    "asked": wording.rubles(row.claim.amount_rub),
                    "granted": wording.rubles(row.granted_rub),
                }
                for row in looked.rows[:SHOWN]
            ],
            "more": max(0, len(looked.rows) - SHOWN),
        }
    status = 422 if form.is_bound and form.errors else 200
    return private(render(http, "claims/cabinet/together.html", values, status=status))


def _place(claim: Claim) -> str:
    flat = claim.request.flat
    return claim.request.building.address + (_(", flat %(flat)s") % {"flat": flat} if flat else "")
