"""The page where a person says where they may be reached: phone, Telegram, this device."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import phones
from accounts.middleware import ActorRequest
from accounts.models import User
from notifications import destinations, phone_claims, telegram
from notifications.channels import registry
from notifications.masking import masked
from notifications.models import ChannelCode, Destination, StopReason

PAGE = "inbox:destinations"
STOPPED_SHOWN = 10


class PhoneForm(forms.Form):
    """A phone to be confirmed."""

    phone = forms.CharField(
        label=gettext_lazy("Mobile phone"),
        max_length=phones.LONGEST_INPUT,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )

    def clean_phone(self) -> str:
        """Return it as kept."""
        try:
            return phones.normalise(self.cleaned_data["phone"])
        except ValueError:
            raise forms.ValidationError(_("This is not a phone number.")) from None


class CodeForm(forms.Form):
    """The code that an SMS brought."""

    code = forms.CharField(
        label=gettext_lazy("Code of the SMS"),
        max_length=12,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@never_cache
@login_required
@require_safe
def page(request: ActorRequest) -> HttpResponse:
    """Show where the person is reached, and what may be added."""
    return _page(request)


@never_cache
@login_required
@require_POST
def add_phone(request: ActorRequest) -> HttpResponse:
    """Send a code to a phone."""
    person = _person(request)
    form = PhoneForm(request.POST)
    if form.is_valid() and ChannelCode.SMS in registry.offered():
        try:
            phone_claims.ask(person, form.cleaned_data["phone"], at=now())
        except phone_claims.Refused as refused:
            form.add_error("phone", str(refused))
        else:
            return redirect(PAGE)
    return _page(request, phone_form=form, status=422)


@never_cache
@login_required
@require_POST
def prove_phone(request: ActorRequest) -> HttpResponse:
    """Confirm the phone by the code typed back."""
    person = _person(request)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            phone_claims.prove(person, form.cleaned_data["code"], at=now())
        except phone_claims.Refused as refused:
            form.add_error("code", str(refused))
        else:
            messages.success(request, _("The phone is confirmed."))
            return redirect(PAGE)
    return _page(request, code_form=form, status=422)


@never_cache
@login_required
@require_POST
def link_telegram(request: ActorRequest) -> HttpResponse:
    """Show the link that opens the bot and links this account, good once."""
    if not telegram.is_set_up():
        return redirect(PAGE)
    address = telegram.linking_address(_person(request), at=now())
    return _page(request, telegram_link=address)


@never_cache
@login_required
@require_POST
def remove(request: ActorRequest, pk: int) -> HttpResponse:
    """Stop one of one's own."""
    held = get_object_or_404(
        Destination.objects.visible_to(request.actor).living(), pk=pk if pk < 2**62 else 0
    )
    destinations.stop(
        channel=held.channel, address=held.address, reason=StopReason.REMOVED, at=now()
    )
    messages.success(request, _("Removed. Nothing more comes there."))
    return redirect(PAGE)


def _person(request: ActorRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _page(
    request: ActorRequest,
    *,
    phone_form: PhoneForm | None = None,
    code_form: CodeForm | None = None,
    telegram_link: str = "",
    status: int = 200,
) -> HttpResponse:
    person = _person(request)
    own = Destination.objects.visible_to(request.actor)
    offered = registry.offered()
    claim = phone_claims.waiting(person, at=now())
    values = {
        "email": person.email,
        "living": [_row(held) for held in own.living().order_by("channel", "pk")],
        "stopped": [
            _row(held)
            for held in own.filter(stopped_at__isnull=False)
            .exclude(stop_reason=StopReason.REMOVED)
            .order_by("-stopped_at")[:STOPPED_SHOWN]
        ],
        "has_sms": ChannelCode.SMS in offered,
        "has_push": ChannelCode.WEB_PUSH in offered,
        "has_telegram": telegram.is_set_up(),
        "telegram_link": telegram_link,
        "waited_for": phones.in_words(claim.address) if claim else "",
        "phone_form": phone_form or PhoneForm(initial={"phone": person.phone}),
        "code_form": code_form or CodeForm(),
    }
    return render(request, "notifications/destinations.html", values, status=status)


def _row(held: Destination) -> dict[str, object]:
    shown = {
        ChannelCode.SMS: phones.in_words(held.address),
        ChannelCode.EMAIL: masked(held.address),
    }.get(ChannelCode(held.channel), "")
    return {"item": held, "name": held.label or shown}
