"""Presenting an act: its files are taken in, the paper is printed, and the lifecycle is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.actors import Actor
from accounts.models import Upload
from accounts.sanitising.kinds import Clean
from accounts.uploads import receiving
from requests_app import files, lifecycle
from requests_app.acts import paper, written
from requests_app.acts.forms import MOST_PHOTOS, ActForm, ScanForm, WrittenForm
from requests_app.models import Request
from requests_app.statuses import Status
from requests_app.taking_in import take


@dataclass(frozen=True)
class _Taken:
    before: tuple[UUID, ...]
    after: tuple[UUID, ...]
    scan: tuple[UUID, ...] = ()


def submit(form: ActForm, *, by: Actor, address: str, at: datetime) -> bool:
    """
    Present what the form holds; False when it must be shown again, with what is wrong in it.

    Pressed twice at once, it presents one act and both presses are told so. Raise NotFound.
    """
    if not form.is_valid():
        return False
    item = form.item
    taken = _take(form, by=by, address=address, at=at)
    if not form.errors:
        try:
            _present(form, taken, by=by, at=at)
        except idempotency.KeyReused:
            # The first of two presses won; the second brought the same files under new ids.
            return True
        except lifecycle.NotFound:
            raise
        except lifecycle.Refused as refused:
            item.refresh_from_db(fields=["status", "version"])
            form.refuse(refused)
        else:
            return True
    kept = {"before": taken.before, "after": taken.after}
    form.keep(**kept, **({"scan": taken.scan} if isinstance(form, ScanForm) else {}))
    return False


def _take(form: ActForm, *, by: Actor, address: str, at: datetime) -> _Taken:
    values = form.cleaned_data
    found: dict[str, tuple[UUID, ...]] = {}
    asked = [("before", "photos_before", MOST_PHOTOS), ("after", "photos_after", MOST_PHOTOS)]
    if isinstance(form, ScanForm):
        asked.append(("scan", "scan", 1))
    for name, field, most in asked:
        sent = values[field]
        # Another scan chosen takes the place of the one kept.
        kept = () if name == "scan" and sent else values[f"kept_{name}"]
        found[name], wrong = take(
            sent if isinstance(sent, list) else [sent] if sent else [],
            kept=kept,
            most=most,
            item=form.item,
            by=by,
            address=address,
            at=at,
        )
        for words in wrong:
            form.add_error(field, words)
    return _Taken(**found)


def _present(form: ActForm, taken: _Taken, *, by: Actor, at: datetime) -> None:
    item, values = form.item, form.cleaned_data
    must_be_worked_on(item)
    if isinstance(form, WrittenForm):
        act = form.act()
        document = printed(item, act, before=taken.before, after=taken.after, by=by, at=at).pk
        text = written.in_words(act, zone=timezone.get_current_timezone())
    else:
        text, document = values["text"], taken.scan[0]
    lifecycle.move(
        item,
        Status.DONE,
        by=by,
        at=at,
        details=lifecycle.Details(
            text=text,
            act=lifecycle.ActDetails(
                signed_on=values["signed_on"],
                signer=values["signer"],
                upload=document,
                before=taken.before,
                after=taken.after,
            ),
        ),
        idempotency_key=values["key"],
    )


def must_be_worked_on(item: Request) -> None:
    """Refuse an act where none can be presented: printing one costs a second."""
    if item.status != Status.IN_PROGRESS:
        raise lifecycle.Refused(
            "", _("An act is presented while the work is going on."), "forbidden_step"
        )


def printed(
    item: Request,
    act: written.WrittenAct,
    *,
    before: Sequence[UUID],
    after: Sequence[UUID],
    by: Actor,
    at: datetime,
) -> Upload:
    """
    Return the file of an act that was filled in, with its photos; call it in no transaction.

    `written.faults` has judged the act. Raise Refused for a photo of another request.
    """
    made = paper.pdf(
        item, act, before=_own(item, before, by=by), after=_own(item, after, by=by), at=at
    )
    return receiving.keep(
        Clean("application/pdf", made), by=by, at=at, holder=files.holder_of(item)
    )


def _own(item: Request, ids: Sequence[UUID], *, by: Actor) -> list[Upload]:
    """Return the files sent for this request, or by this actor for none; no other's photo."""
    holder = files.holder_of(item)
    found = files.free(by=by, holder=holder).filter(holder__in=["", holder]).in_bulk(list(ids))
    if len(found) < len(set(ids)):
        raise lifecycle.Refused("", _("A file was not found. Add it again."), "unknown_upload")
    return [found[one] for one in ids]
