"""The last step of a new account that came through the provider."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.forms import SignupForm
from django.http import HttpRequest

from accounts.forms import AgreementField, give_consent
from accounts.models import User


class AgreementForm(SignupForm):
    """An agreement; the address is the one the provider vouched for and cannot be another."""

    consent = AgreementField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django reads no posted value of such a field.
        self.fields["email"].disabled = True

    def save(self, request: HttpRequest) -> User:
        """Store the account and what its holder agreed to."""
        user: User = super().save(request)
        give_consent(user)
        return user
