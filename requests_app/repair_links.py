"""Links for repairmen: given for one request, found by their token, ended; told only once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import contact_looks
from accounts.actors import Executor, Repairman
from requests_app.lifecycle.refusals import NotFound, Refused
from requests_app.models import RepairLink, Request
from requests_app.statuses import WORKED_ON
from requests_app.typed_text import one_line

LONGEST = timedelta(days=7)
# More hands than this do not mend one fault; it also bounds what a press too many leaves behind.
MOST = 5


@dataclass(frozen=True)
class Given:
    """A link just given; its token is written nowhere and cannot be shown again."""

    link: RepairLink
    token: str


def digest(token: str) -> str:
    """Return what is stored of a token; it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def give(item: Request, *, for_whom: str, lasts: timedelta, by: Executor, at: datetime) -> Given:
    """
    Make a link to the request, which shows its holder the resident's phone: noted as a look at it.

    Raise NotFound, or Refused when nobody works on the request or too many links are open.
    """
    if not timedelta() < lasts <= LONGEST:
        raise Refused("lasts", _("A link opens for a week at most."), "too_long")
    with transaction.atomic():
        rows = Request.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=item.pk)
        # The row is locked, so that two presses cannot both find room for the last one.
        row = next(iter(rows.only("status", "executor_inn")[:1]), None)
        if row is None:
            raise NotFound
        if row.status not in WORKED_ON:
            raise Refused(
                "", _("A link is given while the work is going on: accept the request."), "no_work"
            )
        if RepairLink.objects.open_at(at).filter(request=row).count() >= MOST:
            raise Refused("", _("Five links are open already. Close one of them."), "too_many")
        token = secrets.token_urlsafe(32)
        link = RepairLink.objects.create(
            request=row,
            executor_inn=row.executor_inn,
            token_hash=digest(token),
            for_whom=one_line(for_whom)[:100],
            made_by_id=by.id,
            made_at=at,
            expires_at=at + lasts,
        )
        contact_looks.record(f"request:{row.pk}", by=by, at=at)
    return Given(link, token)


def find(token: str, *, at: datetime) -> tuple[RepairLink, Repairman | None] | None:
    """
    Return the link of this token and whom it makes of its holder; None for an unknown token.

    A link that has ended, is over its time, or whose request went elsewhere makes nobody.
    """
    links = RepairLink.objects.select_related("request").filter(token_hash=digest(token[:200]))
    link = next(iter(links.defer("request__search")[:1]), None)
    if link is None:
        return None
    holder = Repairman(number=link.request.number, token_hash=link.token_hash)
    if link.expires_at <= at or not Request.objects.visible_to(holder).exists():
        return link, None
    return link, holder


def end(item: Request, *, at: datetime, link_id: int | None = None) -> int:
    """End the links of a request, or one of them; return how many were open."""
    links = RepairLink.objects.filter(request=item, ended_at=None)
    if link_id is not None:
        links = links.filter(pk=link_id)
    return links.update(ended_at=at)
