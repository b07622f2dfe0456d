"""
Claims and court cases: what this room keeps of a person, and what it holds a request's data for.

A claim is emptied after its request (`retention.forget_destroyed`); a case has a time of its own.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keeping import Left, Section
from accounts.models import Upload, User
from claims import retention
from claims.court.statuses import PartyRole
from claims.court.story import KEPT_FOR
from claims.models import (
    CaseDocument,
    CaseEvent,
    CaseHearing,
    CaseParty,
    Claim,
    ClaimEvent,
    ClaimPaper,
    CourtCase,
)
from claims.statuses import OVER, ClaimStatus

_WITH_REQUEST = gettext_lazy("as long as the request it is about")
_CASE = gettext_lazy("five years after the case has ended, then only sums and dates stay")


def export_of(user: User) -> list[Section]:
    """Return what this room keeps of a person; others who stand in a case are not theirs."""
    claims = Claim.objects.filter(request__resident=user)
    cases = _cases(user)
    papers = ClaimPaper.objects.filter(claim__in=claims)
    scans = CaseDocument.objects.filter(case__in=cases)
    return [
        Section(
            key="claims",
            title=gettext_lazy("Claims about bills"),
            kept=_WITH_REQUEST,
            rows=claims.order_by("pk"),
            fields=(
                *("number", "service", "month", "account", "charge_rub", "amount_rub"),
                *("granted_rub", "paid_rub", "status", "filed_at", "body", "found"),
            ),
        ),
        Section(
            key="claim_lines",
            title=gettext_lazy("What was said in claims"),
            kept=_WITH_REQUEST,
            rows=ClaimEvent.objects.filter(claim__in=claims).order_by("at", "pk"),
            fields=("claim__number", "at", "step", "status", "author", "amount_rub", "text"),
        ),
        Section(
            key="claim_papers",
            title=gettext_lazy("Papers of claims"),
            kept=_WITH_REQUEST,
            rows=papers.order_by("pk"),
            fields=("claim__number", "upload_id"),
            uploads=Upload.objects.filter(pk__in=papers.values("upload")),
        ),
        Section(
            key="court_cases",
            title=gettext_lazy("Court cases"),
            kept=_CASE,
            rows=cases.order_by("pk"),
            fields=(
                *("id", "kind", "status", "outcome", "court", "court_number", "judge", "subject"),
                *("facts", "demands", "principal_rub", "damage_rub", "moral_rub", "opened_at"),
                *("filed_on", "decided_on", "ended_on", "awarded_rub", "paid_rub"),
            ),
        ),
        Section(
            key="court_parties",
            title=gettext_lazy("You as a party of cases"),
            kept=_CASE,
            rows=CaseParty.objects.filter(case__in=cases, role=PartyRole.PLAINTIFF).order_by("pk"),
            fields=("case_id", "name", "address", "phone", "email"),
        ),
        Section(
            key="court_lines",
            title=gettext_lazy("What happened in cases"),
            kept=_CASE,
            rows=CaseEvent.objects.filter(case__in=cases).order_by("at", "pk"),
            fields=("case_id", "at", "step", "status", "author", "day", "amount_rub", "text"),
        ),
        Section(
            key="court_hearings",
            title=gettext_lazy("Hearings"),
            kept=_CASE,
            rows=CaseHearing.objects.filter(case__in=cases).order_by("starts_at", "pk"),
            fields=("case_id", "starts_at", "place", "note", "state", "result"),
        ),
        Section(
            key="court_papers",
            title=gettext_lazy("Papers of cases"),
            kept=_CASE,
            rows=scans.order_by("added_at", "pk"),
            fields=("case_id", "title", "added_by", "added_at", "upload_id"),
            uploads=Upload.objects.filter(pk__in=scans.values("upload")),
        ),
    ]


def held_requests(user: User) -> set[int]:
    """Return the requests (ids) whose data a claim under way, or a case, still needs."""
    claims = Claim.objects.filter(request__resident=user)
    # What a lawyer has taken is over as a claim and only begins as a case.
    living = ~Q(status__in=OVER) | Q(status=ClaimStatus.LAWYER, case=None)
    kept = Q(case__isnull=False, case__erased_at=None)
    return set(claims.filter(living | kept).values_list("request_id", flat=True))


def left_claims(user: User) -> QuerySet[Claim]:
    """Return the claims that are not over."""
    return Claim.objects.filter(request__resident=user).exclude(status__in=OVER)


def left_cases(user: User) -> QuerySet[CourtCase]:
    """Return the cases whose files are kept."""
    return _cases(user).filter(erased_at=None)


def left_in_words(user: User, *, most: int) -> list[Left]:
    """Return up to `most` claims and `most` cases that stay for a while, for people."""
    claims = left_claims(user).order_by("pk")[:most]
    cases = left_cases(user).order_by("pk")[:most]
    return [
        *(
            Left(
                title=_("Claim %(number)s") % {"number": claim.number},
                until=_("until it is over, or you withdraw it"),
                norm=_(
                    "152-FZ, article 6, part 1, item 5; Government decree 354, items 98 and 150"
                ),
                path=claim.get_absolute_url(),
            )
            for claim in claims
        ),
        *(
            Left(
                title=_("Court case %(number)s") % {"number": case.pk},
                until=_("until %(day)s") % {"day": date_format(case.ended_on + KEPT_FOR, "j E Y")}
                if case.ended_on
                else _("five years after its end"),
                norm=_("152-FZ, article 6, part 1, items 3 and 7: your claim may come back"),
            )
            for case in cases
        ),
    ]


def erase_of(user: User, *, at: datetime) -> None:
    """Empty the claims of the requests that were just destroyed, these and any others."""
    while retention.forget_destroyed():
        pass


def _cases(user: User) -> QuerySet[CourtCase]:
    return CourtCase.objects.filter(Q(plaintiff=user) | Q(claim__request__resident=user))
