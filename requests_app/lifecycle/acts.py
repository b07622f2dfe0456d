"""The executor's act: what makes one believable, and keeping it beside its event."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app import files
from requests_app.lifecycle.details import ActDetails
from requests_app.lifecycle.operation import Made
from requests_app.lifecycle.refusals import Refused
from requests_app.models import Act, EventKind, Request, RequestEvent, Shows
from requests_app.statuses import Status
from requests_app.typed_text import one_line


def checked_act(act: ActDetails | None, made: Made) -> ActDetails:
    if act is None or not one_line(act.signer):
        raise Refused("act.signer", _("Say who signed the act."), "act_needed")
    if act.signed_on is None:
        raise Refused("act.signed_on", _("Say when the act was signed."), "act_needed")
    if act.signed_on > timezone.localtime(made.at).date():
        raise Refused(
            "act.signed_on", _("The act cannot be signed in the future."), "act_in_future"
        )
    if act.signed_on < _work_could_begin(made.item):
        raise Refused(
            "act.signed_on",
            _("The act is older than the complaint it answers. Present the act of this work."),
            "act_too_old",
        )
    wrong = files.cannot_attach(act.files, by=made.by, holder=files.holder_of(made.item))
    if wrong:
        raise Refused("act.upload", wrong, "unknown_upload")
    return replace(act, signer=one_line(act.signer)[:200])


def _work_could_begin(row: Request) -> date:
    """Return the day from which an act can prove this work: of filing, or of the last objection."""
    if not row.reopened_count:
        # Most: an incident's end asks this of thousands.
        return timezone.localtime(row.registered_at).date()
    again = (
        RequestEvent.objects.filter(request=row, kind=EventKind.STATUS, status=Status.REOPENED)
        .order_by("-at", "-id")
        .values_list("at", flat=True)
        .first()
    )
    return timezone.localtime(again or row.registered_at).date()


def present(made: Made, event: RequestEvent, act: ActDetails) -> None:
    assert act.signed_on is not None  # checked_act saw to it
    Act.objects.create(
        request=made.item,
        event=event,
        signed_on=act.signed_on,
        signer=act.signer,
        upload_id=act.upload,
    )
    if act.upload is not None:
        files.attach(made.item, event, [act.upload], at=made.at)
    files.attach(made.item, event, act.before, at=made.at, shows=Shows.BEFORE)
    files.attach(made.item, event, act.after, at=made.at, shows=Shows.AFTER)
