"""
The account itself: what it keeps of its holder, and how it becomes a tombstone.

The row stays, so that what points at it goes on being counted: a number without a person.
"""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

import pgtrigger
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import tokens
from accounts.keeping import Section
from accounts.models import (
    ApiToken,
    CompanyRepresentative,
    Consent,
    ContactLook,
    IdempotentCall,
    Upload,
    User,
)
from accounts.uploads import sweeping

UNTIL_CLOSED = _("until you close the account")
BATCH = 500


def acts_by_office(user: User) -> bool:
    """Whether the account belongs to an office: staff, or somebody who acts for a company."""
    return user.is_staff or CompanyRepresentative.objects.filter(user=user).exists()


def addresses_of(user: User) -> list[str]:
    """Return the addresses shown to be this person's, in small letters; none of a tombstone."""
    if is_tombstone(user):
        return []
    shown = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return sorted({user.email.lower(), *(email.lower() for email in shown)})


def export_of(user: User) -> list[Section]:
    """Return what the account keeps of its holder."""
    return [
        Section(
            key="account",
            title=_("The account itself"),
            kept=UNTIL_CLOSED,
            rows=User.objects.filter(pk=user.pk),
            fields=("email", "name", "phone", "language", "date_joined", "last_login"),
        ),
        Section(
            key="email_addresses",
            title=_("E-mail addresses"),
            kept=UNTIL_CLOSED,
            rows=EmailAddress.objects.filter(user=user).order_by("pk"),
            fields=("email", "verified", "primary"),
        ),
        Section(
            key="outside_sign_ins",
            title=_("Sign-ins through other services"),
            kept=UNTIL_CLOSED,
            rows=SocialAccount.objects.filter(user=user).order_by("pk"),
            fields=("provider", "uid", "date_joined", "last_login", "extra_data"),
        ),
        Section(
            key="second_factors",
            title=_("Second factors"),
            kept=UNTIL_CLOSED,
            rows=Authenticator.objects.filter(user=user).order_by("pk"),
            # Never `data`: the secret itself would lie in a file.
            fields=("type", "created_at", "last_used_at"),
        ),
        Section(
            key="consents",
            title=_("Consents"),
            kept=_("for good, without a name: they show that the data was kept lawfully"),
            rows=Consent.objects.filter(user=user).order_by("pk"),
            fields=("kind", "text_version", "given_at"),
        ),
        Section(
            key="api_tokens",
            title=_("Tokens of programs"),
            kept=UNTIL_CLOSED,
            rows=ApiToken.objects.filter(user=user).order_by("pk"),
            fields=("name", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"),
        ),
        Section(
            key="uploads",
            title=_("Files you sent"),
            kept=_("with what they belong to; three days if they belong to nothing"),
            rows=Upload.objects.filter(uploaded_by=user).order_by("created_at", "pk"),
            fields=("id", "media_type", "size", "created_at"),
            uploads=Upload.objects.filter(uploaded_by=user),
        ),
        Section(
            key="looks",
            title=_("Contacts you looked at"),
            kept=_("for good, without a name: evidence of who saw what"),
            rows=ContactLook.objects.filter(looked_by=user).order_by("at", "pk"),
            fields=("subject", "at"),
        ),
    ]


@transaction.atomic
def shut(user: User, *, at: datetime) -> None:
    """Let nobody in by this account any more: no sign-in, no program; safe to do twice."""
    if is_tombstone(user):
        # Every session is looked into once, not at each look at what is left.
        return
    User.objects.filter(pk=user.pk).update(is_active=False, password="")
    for token in ApiToken.objects.filter(user=user, revoked_at=None):
        tokens.revoke(token, at=at)
    _end_sessions(user)


@transaction.atomic
def erase_of(user: User, *, at: datetime) -> None:
    """
    Make the account a tombstone; call it last: the other rooms still find things by the address.

    `shut` comes before. Safe to do twice. Consents, looks at contacts and history of rights stay:
    they name a number.
    """
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    _empty_tokens(user)
    IdempotentCall.objects.filter(
        Q(scope__endswith=f":account:{user.pk}")
        | Q(scope__in=[f"file:{user.pk}", f"court:{user.pk}"])
    ).delete()
    _forget_unclaimed(user)
    # Admin's log calls a row by its name of that day.
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    ).update(object_repr=f"#{user.pk}")
    user.groups.clear()
    user.user_permissions.clear()
    User.objects.filter(pk=user.pk).update(
        email=tombstone_of(user.pk), name="", phone="", last_login=None
    )


def tombstone_of(user_id: int) -> str:
    """Return what stands for the address of an erased account; `.invalid` never gets a letter."""
    return f"erased-{user_id}@erased.invalid"


def is_tombstone(user: User) -> bool:
    """Whether the account has been erased."""
    return user.email == tombstone_of(user.pk)


def _empty_tokens(user: User) -> None:
    names = set(ApiToken.objects.filter(user=user).values_list("pk", flat=True))
    ApiToken.objects.filter(pk__in=names).exclude(name="").update(name="")
    audit = ApiToken.pgh_event_model  # type: ignore[attr-defined]
    # Append-only holds for everybody else: what may be done and when stays, its name goes.
    with pgtrigger.ignore(f"{audit._meta.label}:append_only"):
        audit.objects.filter(user_id=user.pk).exclude(name="").update(name="")


def _forget_unclaimed(user: User) -> None:
    free = Upload.objects.filter(uploaded_by=user, claimed_at=None)
    sweeping.destroy(list(free.select_for_update()))


def _end_sessions(user: User) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    last = ""
    while True:
        page = list(Session.objects.filter(pk__gt=last).order_by("pk")[:BATCH])
        if not page:
            return
        last = page[-1].pk
        theirs = [
            row.pk
            for row in page
            if str(store.decode(row.session_data).get("_auth_user_id")) == str(user.pk)
        ]
        Session.objects.filter(pk__in=theirs).delete()
