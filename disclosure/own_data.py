"""The home address, and words about wrong pages: what this room keeps of a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.keeping import Section
from accounts.models import User
from accounts.own_data import UNTIL_CLOSED, addresses_of
from disclosure.models import CorrectionRequest, Residence


def export_of(user: User) -> list[Section]:
    """Return what this room keeps of a person."""
    return [
        Section(
            key="home_address",
            title=_("Home address"),
            kept=UNTIL_CLOSED,
            rows=Residence.objects.filter(user=user),
            fields=("building__address", "flat"),
        ),
        Section(
            key="corrections",
            title=_("Mistakes you told us of"),
            kept=_("your address until the answer; the words stay without it"),
            rows=_corrections(user).order_by("pk"),
            fields=("email", "matter", "text", "sent_at"),
        ),
    ]


@transaction.atomic
def erase_of(user: User, *, at: datetime) -> None:
    """Delete the home address; corrections lose whom to answer, as when they are decided."""
    Residence.objects.filter(user=user).delete()
    _corrections(user).update(email="")


def _corrections(user: User) -> QuerySet[CorrectionRequest]:
    # As typed: capitals and all.
    return CorrectionRequest.objects.alias(typed=Lower("email")).filter(
        typed__in=addresses_of(user)
    )
