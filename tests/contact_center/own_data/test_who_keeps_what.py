"""
No model keeps a person unseen: each link to an account and each column for a name is spoken for.

A new one fails here until it is either erased (and planted, so that the erasure is proved) or
argued to stay.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, models

from accounts.models import User
from contact_center.own_data import erasing
from tests.contact_center.own_data.planting import LATER
from tests.contact_center.own_data.test_erasing import DUE

pytestmark = pytest.mark.django_db

# After an erasure no row of these leads to the account.
GONE = {
    "account.EmailAddress.user",
    "mfa.Authenticator.user",
    "socialaccount.SocialAccount.user",
    "claims.ClaimEvent.user",
    "disclosure.Residence.user",
    "notifications.Destination.user",
    "notifications.Follow.user",
    "notifications.InboxItem.user",
    "notifications.LinkCode.user",
    "notifications.Message.user",
    "notifications.Preference.user",
    "notifications.WebhookSubscription.owner",
    "outreach.Booking.user",
    "outreach.CallBack.user",
    "outreach.Question.user",
    "outreach.SignUp.user",
    "requests_app.Draft.user",
    "requests_app.Request.resident",
    "requests_app.RequestEvent.user",
}
# The row stays and leads to a tombstone: a number without a person.
NUMBERED = {
    "accounts.ApiToken.user": "that a program had access, and to what; emptied of its name",
    "accounts.ApiTokenEvent.user": "the same, as the database wrote it",
    "accounts.Consent.user": "that the data was kept lawfully",
    "accounts.ContactLook.looked_by": "who saw whose contact: evidence",
    "accounts.Upload.uploaded_by": "a file of somebody else's request that the account added",
    "accounts.CompanyRepresentativeEvent.user": "who once acted for a company: rights given",
    "contact_center.Erasure.user": "that the erasure was asked for and done",
    "claims.CourtCase.plaintiff": "until the case's own time is over; then emptied by it",
    "claims.CaseEvent.user": "with the case",
    "claims.CaseDocument.user": "with the case",
}
# Written by an office alone; who holds one is refused, and who held one acted for the city.
OFFICE = {
    "accounts.CompanyRepresentative.user",
    "accounts.User_groups.user",
    "accounts.User_user_permissions.user",
    "admin.LogEntry.user",
    "claims.CourtCase.lawyer",
    "claims.CourtCaseAudit.lawyer",
    "contact_center.Drill.started_by",
    "contact_center.Drill_crew.user",
    "contact_center.Erasure.asked_by",
    "disclosure.CorrectionRequest.decided_by",
    "disclosure.Draft.saved_by",
    "disclosure.ImportConflict.decided_by",
    "disclosure.Publication.published_by",
    "disclosure.PublicationReturn.by",
    "disclosure.StaleSave.by",
    "notifications.LetterText.published_by",
    "notifications.WorkDeed.by",
    "outreach.Attendance.marked_by",
    "outreach.BookingStep.by",
    "outreach.Call.operator",
    "outreach.CallAudit.operator",
    "outreach.OfficeHolder.recorded_by",
    "outreach.OfficeHolderAudit.recorded_by",
    "outreach.Question.answered_by",
    "outreach.QuestionTaking.by",
    "ratings.Objection.decided_by",
    "ratings.Objection.filed_by",
    "ratings.RatingSnapshot.published_by",
    "requests_app.Batch.user",
    "requests_app.ExchangeBatch.user",
    "requests_app.Incident.created_by",
    "requests_app.IncidentProposal.decided_by",
    "requests_app.IncidentUpdate.user",
    "requests_app.OutsideLetter.sorted_by",
    "requests_app.Presence.user",
    "requests_app.QualityCall.called_by",
    "requests_app.QueuePlace.holder",
    "requests_app.RefusedSave.user",
    "requests_app.RepairLink.made_by",
    "requests_app.Request.assigned_to",
    "requests_app.RequestAudit.assigned_to",
    "requests_app.SavedFilter.owner",
}

# Columns that name a person, which the erasure empties; the planted word stands in each before.
EMPTIED = {
    "account.EmailAddress": {"email"},
    "accounts.ApiToken": {"name"},
    "accounts.ApiTokenEvent": {"name"},
    "accounts.User": {"email", "name", "phone"},
    "claims.Claim": {"account"},
    "disclosure.CorrectionRequest": {"email"},
    "disclosure.Residence": {"flat"},
    "notifications.Destination": {"address"},
    "notifications.Follow": {"email"},
    "notifications.Message": {"recipient"},
    "notifications.Subscription": {"address"},
    "notifications.WebhookSubscription": {"name"},
    "outreach.Booking": {"name", "email", "phone"},
    "outreach.Call": {"name", "phone"},
    "outreach.CallBack": {"name", "email", "phone"},
    "outreach.Question": {"name", "email"},
    "outreach.SignUp": {"name", "email", "phone"},
    "outreach.Waiting": {"email"},
    "requests_app.ChatFollow": {"chat"},
    "requests_app.Request": {"flat"},
    "requests_app.RequestContact": {"name", "email", "phone"},
}
_COMPANY = "an organisation of the public register"
_CITY = "a word of the city's own reference data"
ARGUED = {
    "auth.Permission": _CITY,
    "auth.Group": _CITY,
    "sites.Site": _CITY,
    "socialaccount.SocialApp": _CITY,
    "claims.CaseParty": "a file of a court has its own time, five years after the end",
    "claims.CourtCase": "the court's address",
    "claims.WorkWon": _COMPANY,
    "claims.WorkWonAudit": _COMPANY,
    "disclosure.Building": "a house, no flat",
    "disclosure.BuildingAudit": "a house, no flat",
    "disclosure.ImportRun": "a file that staff imported",
    "disclosure.ManagementCompany": _COMPANY,
    "disclosure.ManagementCompanyAudit": _COMPANY,
    "disclosure.ResourceSupplier": _COMPANY,
    "disclosure.ResourceSupplierAudit": _COMPANY,
    "disclosure.Street": _CITY,
    "notifications.RelayBeat": "a process of the portal",
    "outreach.Host": "an official who receives, in office",
    "outreach.OfficeHolder": "a consent of its own, withdrawn with the body (outreach/tos)",
    "outreach.Tos": "a body of residents, no person",
    "outreach.TosAudit": "a body of residents, no person",
    "ratings.RatingResult": _COMPANY,
    "requests_app.AnswerTemplate": _CITY,
    "requests_app.Category": _CITY,
    "requests_app.CategoryAudit": _CITY,
    "requests_app.ExchangeBatch": "a file that another system sent",
    "requests_app.Figure": _COMPANY,
    "requests_app.Incident": _COMPANY,
    "requests_app.OutsideLetter": "no account: who wrote there is answered there",
    "requests_app.OutsideMatter": _CITY,
    "requests_app.RequestAudit": _COMPANY,
    "requests_app.SavedFilter": "a filter of the staff",
}
PERSONAL = re.compile(r"(^|_)(email|phone|name|flat|address|recipient|chat|account)$")
OF_EXECUTORS = {"executor_name", "executor_phone"}


def tables() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def links() -> dict[str, tuple[type[models.Model], str]]:
    """Return every column that leads to an account."""
    return {
        f"{model._meta.label}.{field.name}": (model, field.name)
        for model in tables()
        for field in model._meta.concrete_fields
        if field.related_model is get_user_model()
    }


def columns() -> dict[str, set[str]]:
    """Return every column of text that, by its name, may name a person."""
    found: dict[str, set[str]] = {}
    for model in tables():
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if is_text and PERSONAL.search(field.name):
                found.setdefault(model._meta.label, set()).add(field.name)
    return found


def test_every_link_to_an_account_is_spoken_for_once():
    listed = [*GONE, *NUMBERED, *OFFICE]
    assert sorted(listed) == sorted(set(listed))
    assert sorted(links()) == sorted(listed)


def test_every_column_that_names_somebody_is_spoken_for():
    found = columns()
    assert sorted(found) == sorted({*EMPTIED, *ARGUED})
    for label, names in EMPTIED.items():
        assert found[label] - OF_EXECUTORS == names, label


def test_what_is_said_to_be_erased_is(anna, planted):
    planted(anna, "zqanna")
    before = {link: _count(link, anna) for link in GONE}
    assert not [link for link, count in before.items() if not count], "plant these"
    unplanted = [
        f"{label}.{name}"
        for label, names in EMPTIED.items()
        for name in names
        if not _stands(label, name, anna)
    ]
    assert not unplanted
    erasing.ask(anna, at=LATER)
    erasing.run_due(at=DUE)
    assert {link: _count(link, anna) for link in GONE} == dict.fromkeys(GONE, 0)
    still = [
        f"{label}.{name}"
        for label, names in EMPTIED.items()
        for name in names
        if _stands(label, name, anna)
    ]
    assert not still


def _count(link: str, user: User) -> int:
    model, name = links()[link]
    rows: Any = model._default_manager
    return int(rows.filter(**{name: user}).count())


def _stands(label: str, name: str, user: User) -> bool:
    model = apps.get_model(label)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT EXISTS (SELECT FROM "{model._meta.db_table}" '
            f'WHERE "{name}" ILIKE %s OR "{name}" = %s)',
            ["%zqanna%", user.phone],
        )
        return bool(cursor.fetchone()[0])
