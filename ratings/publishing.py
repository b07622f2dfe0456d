"""Making a draft public: apart from working it out, so that web processes load no arithmetic."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, user_id_of
from ratings import inputs, signing
from ratings.models import RatingSnapshot

log = structlog.get_logger(__name__)


class Refused(Exception):
    """Nothing was made or published; the message is for people."""


@transaction.atomic
def publish(snapshot_id: int, *, by: Actor, at: datetime) -> RatingSnapshot:
    """Make a draft public, signed and final; a published one stays as it is."""
    snapshot = (
        RatingSnapshot.objects.defer("inputs").select_for_update().filter(pk=snapshot_id).first()
    )
    if snapshot is None:
        raise Refused(_("There is no such draft."))
    if snapshot.published_at is None:
        snapshot.published_at, snapshot.published_by_id = at, user_id_of(by)
        signed = signing.sign(inputs.json_text(snapshot.manifest))
        snapshot.signature, snapshot.public_key = signed.signature, signed.public_key
        snapshot.save(update_fields=["published_at", "published_by", "signature", "public_key"])
        log.info("rating_published", snapshot=snapshot.pk)
    return snapshot
