"""Forms of one's own account."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.models import Consent, User
from accounts.scopes import CIRCLES, SCOPES, Circle, Scope

# Changes together with the wording below; the old wording stays in the rows of those who gave it.
CONSENT_VERSION = "2026-11"


class LoginForm(AllauthLoginForm):
    """An address, and the password of those who have one; without it a code is sent."""

    def _setup_password_field(self) -> None:
        # allauth drops the field where sign-up asks for no password; staff have one all the same.
        self.fields["password"].required = False


class AgreementField(forms.BooleanField):
    """The agreement without which no account is made."""

    def __init__(self) -> None:
        super().__init__(
            label=_("I agree to the processing of my personal data"),
            help_text=_(
                "Your e-mail, name and phone are used only to answer you. "
                "You can withdraw your agreement at any time."
            ),
            error_messages={"required": _("Without your agreement we may not keep your address.")},
        )


def give_consent(user: User) -> None:
    """Store that `user` agreed to the wording of today; a second time changes nothing."""
    Consent.objects.get_or_create(
        user=user,
        kind=Consent.Kind.PERSONAL_DATA,
        text_version=CONSENT_VERSION,
        defaults={"given_at": now()},
    )


class SignupForm(AllauthSignupForm):
    """An address and an agreement: nothing else is needed to have an account."""

    consent = AgreementField()

    def save(self, request: HttpRequest) -> User:
        """Store the account and what its holder agreed to."""
        user: User = super().save(request)
        give_consent(user)
        return user


class PhoneField(forms.CharField):
    """A phone number in any usual writing; its clean value is E.164, or empty."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
    default_error_messages = {
        "phone": _("This is not a phone number. Write it as 8 900 123-45-67.")
    }

    def clean(self, value: Any) -> str:
        """Return the number as E.164."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return phones.normalise(text)
        except ValueError:
            raise forms.ValidationError(self.error_messages["phone"], code="phone") from None

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number as people write it."""
        return phones.in_words(value) if isinstance(value, str) and value else value


class ProfileForm(forms.ModelForm):
    """What somebody tells about themselves; a request's contact is filled in from it."""

    phone = PhoneField(label=_("Phone"), required=False, max_length=phones.LONGEST_INPUT)
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ("name", "phone", "language")
        labels = {"name": _("Name")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class TokenForm(forms.Form):
    """Making a token of a program: what for, what it may, how long."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=100,
        help_text=_("For example: the dispatcher's program"),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What the program may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick no more than it needs: who gets hold of the key can do all of this."),
        error_messages={"required": _("Tick at least one thing.")},
    )
    days = forms.TypedChoiceField(
        label=_("How long it works"),
        coerce=int,
        choices=[
            (30, _("30 days")),
            (90, _("90 days")),
            (365, _("A year")),
            (0, _("Until revoked")),
        ],
        initial=90,
    )

    def __init__(self, *args: Any, grantable: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circles = _circles(grantable)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(scope.name, scope.label) for _, some in self.circles for scope in some]

    def boxes(self) -> list[tuple[Promise, list[forms.boundfield.BoundWidget]]]:
        """Return the headings of the list of scopes, each with its boxes."""
        boxes = iter(self["scopes"])
        return [(heading, [next(boxes) for _ in some]) for heading, some in self.circles]


def _circles(grantable: frozenset[str]) -> list[tuple[Promise, list[Scope]]]:
    found: dict[Circle, list[Scope]] = {}
    for name, scope in SCOPES.items():
        if name in grantable:
            found.setdefault(scope.circle, []).append(scope)
    return [(CIRCLES[circle], some) for circle, some in found.items()]
