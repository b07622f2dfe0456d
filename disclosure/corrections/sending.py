"""Taking a reader's word that a page is wrong, and deciding it; nothing changes by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts import idempotency, throttling
from accounts.actors import Actor, user_id_of
from accounts.client_address import limit_key
from disclosure.corrections.models import CorrectionRequest, Verdict
from disclosure.models import Building, ManagementCompany
from notifications import outbox

LIMIT = 5
WINDOW = timedelta(hours=1)


class TooMany(Exception):
    """This address has said enough for an hour."""


class Refused(Exception):
    """The verdict cannot be; `message` is for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a reader says; `subject` is the house or the company of the page."""

    subject: Building | ManagementCompany
    matter: str
    text: str
    email: str


def send(said: Said, *, key: str, address: str, at: datetime) -> None:
    """Store a request to correct, once for a key; raise TooMany over the hourly limit."""
    verdict = throttling.hit(
        bucket="correction", key=limit_key(address), limit=LIMIT, window=WINDOW, at=at
    )
    if not verdict.allowed:
        raise TooMany
    house = said.subject if isinstance(said.subject, Building) else None
    company = said.subject if isinstance(said.subject, ManagementCompany) else None
    with transaction.atomic():
        # The key alone: a second press of the same page is the same word, whatever was edited.
        call = idempotency.claim(scope="correction", key=key, fingerprint="", at=at)
        if isinstance(call, idempotency.Replay):
            return
        row = CorrectionRequest.objects.create(
            building=house,
            company=company,
            matter=said.matter,
            text=said.text,
            email=said.email,
            sent_at=at,
        )
        call.remember({"id": row.pk})


@transaction.atomic
def decide(
    correction: CorrectionRequest, *, verdict: Verdict, answer: str, by: Actor, at: datetime
) -> None:
    """Close a request to correct, answer its sender by letter, and forget where they read it."""
    answer = answer.strip()
    if not answer:
        raise Refused(_("Write what is answered to the sender."))
    # Lock before reading: two colleagues would each send a letter.
    row = (
        CorrectionRequest.objects.select_for_update(of=("self",))
        .select_related("building", "company")
        .get(pk=correction.pk)
    )
    if row.verdict:
        raise Refused(_("This request was decided already."))
    if row.email:
        _tell(row, verdict=verdict, answer=answer, at=at)
    row.verdict, row.answer, row.email = verdict, answer[:2000], ""
    row.decided_by_id, row.decided_at = user_id_of(by), at
    row.save(update_fields=["verdict", "answer", "email", "decided_by", "decided_at"])


def forget_addresses(*, at: datetime) -> int:
    """Wipe the addresses that were kept long enough, and return how many went."""
    return CorrectionRequest.objects.with_stale_email(at).update(email="")


def subject_link(reference: str) -> str:
    """Return the path of the page that was spoken of; for notifications.rendering."""
    from django.urls import reverse

    kind, _colon, name = reference.partition(":")
    return reverse(f"disclosure:{kind}", args=[name])


def _tell(row: CorrectionRequest, *, verdict: Verdict, answer: str, at: datetime) -> None:
    kind, subject = ("building", row.building) if row.building else ("company", row.company)
    name = str(row.building_id) if row.building else getattr(row.company, "reference", "")
    outbox.enqueue(
        event="correction.decided",
        template="disclosure/mail/correction",
        to=row.email,
        context={
            "subject_of": str(subject),
            "is_accepted": verdict == Verdict.ACCEPTED,
            "text": row.text,
            "answer": answer,
            "link": {"link": "corrected_page", "id": f"{kind}:{name}"},
        },
        topic="correction",
        dedupe_key=f"correction:{row.pk}",
        at=at,
        why=noop("You wrote that a page of the portal is wrong."),
        # Asked for by its reader; nobody else's business.
        sensitive=True,
    )
