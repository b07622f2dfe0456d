"""The bill beside a claim: photos or a scan, seen by its resident, staff and its executor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Upload
from accounts.uploads import sweeping
from claims.models import Claim, ClaimPaper
from requests_app import files
from requests_app.models import Request

# A bill is a sheet of two sides and what was stapled to it.
MOST = 3


def cannot_attach(item: Request, bills: Sequence[UUID], *, by: Actor, holder: str = "") -> str:
    """Return why `by` cannot attach these uploads to a claim on `item`, "" when it can."""
    if len(bills) > MOST:
        return _("Too many files: at most %(limit)d.") % {"limit": MOST}
    return files.cannot_attach(bills, by=by, holder=holder or files.holder_of(item))


def attach(claim: Claim, bills: Sequence[UUID], *, at: datetime) -> None:
    """Keep the uploads with the claim, in the order given; the caller has checked them."""
    if not bills:
        return
    Upload.objects.filter(pk__in=bills).update(claimed_at=at)
    ClaimPaper.objects.bulk_create(
        ClaimPaper(claim=claim, upload_id=upload_id) for upload_id in bills
    )


def shown(claim: Claim, address: str) -> list[dict[str, Any]]:
    """Return the papers of a claim `with_flags` as components/photos.html takes them."""
    if not claim.has_papers:  # type: ignore[attr-defined]
        return []
    rows = claim.papers.select_related("upload")
    return [
        {
            "url": f"{address}bill/{row.upload_id}/",
            "thumb": f"{address}bill/{row.upload_id}/small/" if row.upload.thumbnail_key else "",
            "words": (_("Bill, photo %(number)d") if row.upload.is_image else _("Bill, %(number)d"))
            % {"number": number},
        }
        for number, row in enumerate(rows, 1)
    ]


def destroy(claims: Sequence[int]) -> None:
    """Destroy the papers of these claims (ids): rows now, bytes once the transaction commits."""
    rows = ClaimPaper.objects.filter(claim__in=claims)
    uploads = list(Upload.objects.filter(pk__in=rows.values("upload")))
    rows.delete()
    # The other part of a parted claim may keep the same bill a moment longer.
    kept = set(ClaimPaper.objects.filter(upload__in=uploads).values_list("upload_id", flat=True))
    sweeping.destroy([upload for upload in uploads if upload.pk not in kept])
