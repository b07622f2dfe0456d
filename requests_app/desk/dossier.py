"""Everything the desk shows of one request, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import contact_looks
from accounts.actors import Operator
from requests_app import clock_picture
from requests_app.desk import asked, house, timeline
from requests_app.desk.clock import Clock, clock_of
from requests_app.models import Attachment, Incident, Request, RequestContact, RequestEvent
from requests_app.statuses import plain_words
from requests_app.steps import Role, Step


@dataclass(frozen=True)
class Reach:
    """Whether the person can be reached, without saying how."""

    by_email: bool
    by_phone: bool
    is_erased: bool = False

    @property
    def why_nobody(self) -> str:
        """Return why no letter goes out and nobody can be called, in words."""
        if self.is_erased:
            return _("Nobody can be reached: the contact is erased.")
        return _("No phone and no e-mail came: the portal it was written on answers the person.")


@dataclass(frozen=True)
class Picture:
    """A file as `components/photos.html` shows it."""

    url: str
    thumb: str
    words: str


@dataclass(frozen=True)
class Dossier:
    """A request with its surroundings."""

    item: Request
    clock: Clock
    lines: list[timeline.Line]
    pictures: list[Picture]
    reach: Reach
    open_here: list[tuple[Request, Clock]]
    recent_here: list[Request]
    duplicates: list[Request]
    incidents: list[Incident]
    executor_email: bool
    limits: clock_picture.Picture | None
    repaired_before: Request | None
    asked: asked.Asked | None

    def told(self, step: Step) -> list[str]:
        """Return who is told of the step and what they read, one sentence each."""
        words = []
        if Role.RESIDENT in step.tells:
            words.append(self._resident_told(step))
        if Role.EXECUTOR in step.tells:
            words.append(
                _("The executor gets a letter.")
                if self.executor_email or step.name == "redirect"
                else _("The executor has no e-mail: call them.")
            )
        return words

    def _resident_told(self, step: Step) -> str:
        if self.reach.by_email:
            outcome = next(iter(step.outcomes)) if len(step.outcomes) == 1 else ""
            read = plain_words(step.target, outcome) if not step.outcomes or outcome else step.label
            return _("The resident gets a letter: “%(words)s”, with your words below.") % {
                "words": read
            }
        if self.reach.by_phone:
            return _("The resident left no e-mail: call them, no letter goes out.")
        return self.reach.why_nobody


def of(item: Request, *, by: Operator, at: datetime) -> Dossier:
    """Return the dossier of a request that `access.find` or the like has fetched."""
    events = list(
        RequestEvent.objects.of(item, by)
        .select_related("user", "act")
        .prefetch_related("attachments__upload")
    )
    lines = timeline.lines(events)
    files = Attachment.objects.filter(request=item).select_related("upload").order_by("id")
    duplicates = (
        []
        if not item.is_open
        else house.likely_duplicates(item.building_id, item.category, by=by, apart_from=item.pk)
    )
    if item.is_open:
        alike = house.alike_here(item.building_id, item.description, by=by, apart_from=item.pk)
        # Told in like words under another matter: the same fault all the same.
        duplicates += [one.item for one in alike if one.item not in duplicates]
    organisation = item.company or item.supplier
    return Dossier(
        item=item,
        clock=clock_of(item, at=at),
        lines=lines,
        pictures=[picture(item, attachment) for attachment in files],
        reach=reach_of(item),
        open_here=[
            (other, clock_of(other, at=at))
            for other in house.open_here(item.building_id, by=by, apart_from=item.pk)
            if other not in duplicates
        ],
        recent_here=house.recent_here(item.building_id, by=by, at=at, apart_from=item.pk),
        duplicates=duplicates,
        incidents=house.incidents_here(item.building_id, at=at),
        executor_email=bool(organisation and organisation.email),
        limits=clock_picture.of(item, events, at=at, zone=timezone.get_current_timezone()),
        asked=asked.waiting(events, zone=timezone.get_current_timezone()) if item.is_open else None,
        repaired_before=house.repaired_before(item, by=by),
    )


def picture(item: Request, attachment: Attachment) -> Picture:
    """Return a file of the request with the desk's own, checked addresses."""
    upload = attachment.upload
    where = [item.pk, upload.pk]
    return Picture(
        url=reverse("admin:requests_app_request_file", args=where),
        thumb=reverse("admin:requests_app_request_thumbnail", args=where)
        if upload.thumbnail_key
        else "",
        words=_("Photo") if upload.is_image else _("Document"),
    )


def reach_of(item: Request) -> Reach:
    """Return whether there is an e-mail and a phone, neither of which is fetched."""
    found = RequestContact.objects.filter(request=item).values_list(
        _is_filled("email"), _is_filled("phone")
    )
    held = found.first()
    if held is None:
        return Reach(by_email=False, by_phone=False, is_erased=True)
    return Reach(by_email=held[0], by_phone=held[1])


def look_at_contact(item: Request, *, by: Operator, at: datetime) -> RequestContact | None:
    """Note the look, then return how to reach the person; None once it is erased."""
    contact_looks.record(f"request:{item.pk}", by=by, at=at)
    return RequestContact.objects.filter(request=item).first()


def executor_code(item: Request) -> str:
    """Return the executor as forms name it: «company:12», "" without one."""
    if item.company_id:
        return f"company:{item.company_id}"
    return f"supplier:{item.supplier_id}" if item.supplier_id else ""


def _is_filled(column: str) -> ExpressionWrapper:
    return ExpressionWrapper(~Q(**{column: ""}), output_field=BooleanField())
