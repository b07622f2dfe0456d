"""Letters to a company about its forms: returned ones, and limits that come near or have passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from accounts.models import CompanyRepresentative, User
from disclosure.forms_standard.due import Standing
from disclosure.models import ManagementCompany, Publication
from disclosure.publications import duties
from disclosure.publications.duties import Duty
from notifications import outbox
from notifications.said import day

WHY = noop("You represent %(company)s on the portal.")
# A letter goes out when a limit is this near, and once after it has passed.
STAGES = (timedelta(days=14), timedelta(days=3), timedelta(days=-1))
# A letter names so many forms; the rest is a number, and the cabinet shows all.
NAMED = 10


def topic(company: ManagementCompany) -> str:
    """Return the outbox topic, which a reader may stop hearing about."""
    return f"disclosure:{company.inn}"


def cabinet_link(inn: str) -> str:
    """Return the path of a company's cabinet; for notifications.rendering."""
    from django.urls import reverse

    return reverse("cabinet:company", args=[inn])


def _readers(company: ManagementCompany) -> list[User]:
    return [one.user for one in CompanyRepresentative.objects.reading(company.inn or "")]


def returned(
    company: ManagementCompany, publication: Publication, *, remark: str, at: datetime
) -> None:
    """Tell the representatives that staff returned a version."""
    outbox.enqueue_many(
        [
            outbox.Letter(
                event="disclosure.returned",
                template="disclosure/mail/returned",
                to=reader.email,
                user_id=reader.id,
                context={
                    "company": str(company),
                    "form": str(publication.form),
                    "house": publication.building.address if publication.building else "",
                    "remark": remark,
                    "link": {"link": "cabinet", "id": company.inn},
                },
                topic=topic(company),
                dedupe_key=f"disclosure-returned:{publication.pk}:{reader.id}",
                why=WHY,
                why_of={"company": str(company)},
            )
            for reader in _readers(company)
        ],
        at=at,
    )


def remind(company: ManagementCompany, *, at: datetime) -> None:
    """Write one letter for each limit of the company that comes near or has just passed."""
    on = timezone.localtime(at).date()
    readers = _readers(company)
    if not readers:
        return
    owed = [
        duty
        for duty in [
            *duties.of_company(company, on=on),
            *duties.of_houses(company, duties.houses_of(company, on=on), on=on),
        ]
        if duty.standing is not Standing.FRESH
    ]
    by_limit: dict[date, list[Duty]] = {}
    for duty in owed:
        by_limit.setdefault(duty.timing.due_on, []).append(duty)
    outbox.enqueue_many(
        [
            letter
            for due_on, due in sorted(by_limit.items())
            if (stage := stage_of(due_on, on)) is not None
            for letter in _reminders(company, due, due_on, stage, readers)
        ],
        at=at,
    )


def stage_of(due_on: date, on: date) -> int | None:
    """
    Return which letter a limit calls for on the day: days before it, -1 once it has passed.

    None: too early, or passed so long ago that a first letter would only annoy.
    """
    left = due_on - on
    if left < timedelta(0):
        return -1 if left >= timedelta(days=-7) else None
    near = [stage.days for stage in STAGES if stage >= left]
    return min(near) if near else None


def _reminders(
    company: ManagementCompany,
    due: Sequence[Duty],
    due_on: date,
    stage: int,
    readers: list[User],
) -> list[outbox.Letter]:
    words = [
        f"{duty.report.form.code} {duty.report.form.title}"
        + (f": {duty.report.building.address}" if duty.report.building else "")
        for duty in due
    ]
    return [
        outbox.Letter(
            event="disclosure.due" if stage >= 0 else "disclosure.late",
            template="disclosure/mail/due",
            to=reader.email,
            user_id=reader.id,
            context={
                "company": str(company),
                "forms": words[:NAMED],
                "more": max(0, len(words) - NAMED),
                "due": day(due_on),
                "is_late": stage < 0,
                "link": {"link": "cabinet", "id": company.inn},
            },
            topic=topic(company),
            dedupe_key=f"disclosure-due:{company.pk}:{due_on}:{stage}:{reader.id}",
            why=WHY,
            why_of={"company": str(company)},
        )
        for reader in readers
    ]
