"""Following a company: who asked is told what it discloses."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext as _

from disclosure.models import ManagementCompany, Publication
from notifications import fan_out
from notifications.follow_pages import Subject
from notifications.webhooks.emitting import emit


def topic(company: ManagementCompany) -> str:
    """Return the outbox topic of what a company discloses."""
    return f"company:{company.pk}"


def company(reference: str) -> Subject:
    """Return what may be followed of a company; raise Http404."""
    found = ManagementCompany.objects.by_reference(reference).first()
    if found is None:
        raise Http404
    return Subject(
        topic=topic(found),
        label=str(found),
        told=_("Every form that the company publishes about itself and its houses."),
        back=found.get_absolute_url(),
    )


def published(publication: Publication, company: ManagementCompany, *, at: datetime) -> None:
    """Leave the news of a published version for who follows the company, people and systems."""
    fan_out.start(
        topic=topic(company),
        event="disclosure.published",
        template="disclosure/mail/published",
        context={
            "company": str(company),
            "form": str(publication.form),
            "house": publication.building.address if publication.building else "",
            "version": publication.version,
            "link": {"link": "corrected_page", "id": f"company:{company.reference}"},
        },
        dedupe_key=f"published:{publication.pk}",
        at=at,
    )
    emit("disclosure.published", publication.pk, at=at)
