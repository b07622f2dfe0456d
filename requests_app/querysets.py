"""Every reusable query of the requests room; who sees what comes first."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.actors import Actor, CodeHolder, Executor, Operator, Repairman, Resident, System
from requests_app import places, text_query
from requests_app.statuses import OPEN, WORKED_ON, Outcome, Status

if TYPE_CHECKING:
    from requests_app.models import (  # noqa: F401
        Category,
        Incident,
        IncidentProposal,
        QualityCall,
        RepairLink,
        Request,
        RequestEvent,
    )

# What breaks again so soon after its repair was not repaired.
REPEAT_WITHIN = timedelta(days=30)
_OPEN_CODES = sorted(str(code) for code in OPEN)


class RequestQuerySet(models.QuerySet["Request"]):
    """Requests; `visible_to` is the one door for pages, API, feeds, exports, search and admin."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the requests the actor may open; nothing for anybody it does not know."""
        match actor:
            case Operator() | System():
                return self
            case Executor(inns=inns) if inns:
                return self.filter(executor_inn__in=[inn for inn in inns if inn])
            case Resident(id=resident_id):
                return self.filter(resident_id=resident_id)
            case CodeHolder(number=number, code_hash=code_hash) if number and code_hash:
                return self.filter(number=number, code_hash=code_hash)
            case Repairman(number=number, token_hash=token_hash) if number and token_hash:
                return self._opened_by_link(number, token_hash)
        # Not `filter(resident_id=None)`: that finds phone requests of others.
        return self.none()

    def _opened_by_link(self, number: str, token_hash: str) -> Self:
        from requests_app.models import RepairLink

        # The link's own time is asked at the door: this method knows no clock.
        link = RepairLink.objects.filter(
            request=OuterRef("pk"),
            executor_inn=OuterRef("executor_inn"),
            token_hash=token_hash,
            ended_at=None,
        )
        return self.filter(Exists(link), number=number, status__in=sorted(WORKED_ON))

    def public(self) -> Self:
        """Return the requests whose residents agreed to show them, without any personal data."""
        return self.filter(public=True)

    def still_open(self) -> Self:
        """Return the requests somebody still has to work on."""
        return self.filter(status__in=_OPEN_CODES)

    def over(self) -> Self:
        """Return the requests nobody has to work on: the act is presented, or they are closed."""
        return self.filter(status__in=[Status.DONE, Status.CLOSED])

    def overdue(self, at: datetime) -> Self:
        """Return the open requests whose promise is broken at `at`; a stopped clock breaks none."""
        return self.still_open().filter(due_at__lt=at, paused_at=None)

    def due_between(self, start: datetime, end: datetime) -> Self:
        """Return the open requests whose promise falls into [start, end)."""
        return self.still_open().filter(due_at__gte=start, due_at__lt=end)

    def awaiting_confirmation(self) -> Self:
        """Return the requests whose act is presented and whose resident has not answered."""
        return self.filter(status=Status.DONE)

    def silent_since(self, moment: datetime) -> Self:
        """Return the requests whose act was presented by `moment` and never answered."""
        return self.awaiting_confirmation().filter(done_at__lte=moment)

    def past_retention(self, day: date) -> Self:
        """Return the closed requests whose personal data must be gone on `day`."""
        return self.filter(status=Status.CLOSED, contact__retention_until__lte=day)

    def fixed(self) -> Self:
        """Return the closed requests that ended with the fault gone."""
        return self.filter(status=Status.CLOSED, outcome=Outcome.FIXED)

    def repaired_before(self, registered_at: Any, building: Any, category: Any) -> Self:
        """Return what was done about the matter at the house within REPEAT_WITHIN before."""
        return self.filter(
            building=building,
            category=category,
            outcome__in=["", Outcome.FIXED],
            done_at__lte=registered_at,
            done_at__gt=registered_at - REPEAT_WITHIN,
        )

    def with_repeats(self) -> Self:
        """Say of each request whether it repeats a fault that had just been repaired there."""
        earlier = self.model._default_manager.repaired_before(
            OuterRef("registered_at"), OuterRef("building"), OuterRef("category")
        )
        return self.annotate(is_repeat=Exists(earlier.exclude(pk=OuterRef("pk"))))

    def with_organisation(self) -> Self:
        """Join what a row shows: category and its parent, building, operator."""
        return self.select_related("category__parent", "building", "assigned_to")

    def for_the_desk(self) -> Self:
        """Read what a request's page and card at the desk show."""
        joined = self.with_organisation().select_related(
            *("company", "supplier", "duplicate_of", "incident")
        )
        return joined.defer("search")

    def with_answerable(self) -> Self:
        """Join what letters about a request name: matter, house, who answers."""
        return self.select_related("category", "building", "company", "supplier").defer("search")

    def with_text(self, words: str) -> Self:
        """Return the requests whose description holds all `words`, whatever their endings."""
        query = text_query.of(words)
        return self.none() if query is None else self.filter(search=query)

    def assigned_to(self, user_id: int | None) -> Self:
        """Return the requests an operator answers for; nothing for nobody."""
        return self.none() if user_id is None else self.filter(assigned_to_id=user_id)

    def about(self, slug: str) -> Self:
        """Return the requests about a matter, or about any matter below a top one."""
        from requests_app.models import Category

        return self.filter(
            category__in=Category.objects.filter(Q(slug=slug) | Q(parent__slug=slug)).values("pk")
        )

    def filed_between(self, first: date | None, last: date | None) -> Self:
        """Return the requests filed on the days from `first` to `last`, both included."""
        zone = timezone.get_default_timezone()
        rows = self
        if first is not None:
            rows = rows.filter(registered_at__gte=datetime.combine(first, time.min, zone))
        if last is not None and last < date.max:
            after = datetime.combine(last + timedelta(days=1), time.min, zone)
            rows = rows.filter(registered_at__lt=after)
        return rows

    def for_its_page(self) -> Self:
        """Read what a request's own pages show: whole rows of its tables are eighty columns."""
        return self.select_related("category__parent", "building", "incident").only(
            *("number", "uid", "code_hash", "status", "outcome", "version", "resident_id"),
            *("entrance", "flat", "description", "norm_text", "norm_clause", "is_emergency"),
            *("executor_inn", "executor_name", "executor_phone"),
            *("due_at", "paused_at", "changed_at", "done_at", "closed_at", "registered_at"),
            *("react_by", "inspect_by", "fix_by", "answer_by", "legal_kind", "promised"),
            *("planned_at", "visit_at", "reacted_at", "inspected_at", "answered_at"),
            "extended_at",
            *("category__name", "category__slug", "category__parent__slug"),
            *("building__address", "incident__title", "incident__utility", "incident__kind"),
            *("incident__ending", "incident__started_at", "incident__ended_at"),
        )

    def at_named_houses(self) -> Self:
        """Return the requests whose house is large enough to be named, also by a filter."""
        return self.filter(building__flats__gte=places.FLATS_TO_NAME_A_HOUSE)

    def shown_changed(self, since: datetime, before: datetime | None = None) -> Self:
        """
        Return those of which strangers see a change within [since, before), with its `shown_at`.

        A closed one is not changed by what is said of it afterwards; an index holds just this.
        """
        rows: Any = self.annotate(shown_at=Coalesce("closed_at", "changed_at"))
        rows = rows.filter(shown_at__gte=since)
        found: Self = rows if before is None else rows.filter(shown_at__lt=before)
        return found

    def for_strangers(self) -> Self:
        """Read of public requests what anybody may: no text, no flat, no person."""
        return self.select_related("category", "building__street").only(
            *("status", "outcome", "registered_at", "closed_at", "executor_name"),
            *("category__name", "building__address", "building__flats"),
            *("building__lat", "building__lon"),
            *("building__street__name", "building__street__settlement"),
        )

    def with_flags(self) -> Self:
        """Add `has_files`: whether anything is attached."""
        from requests_app.models import Attachment

        files = Attachment.objects.filter(request=OuterRef("pk"))
        return self.annotate(has_files=Exists(files))

    def without_texts(self) -> Self:
        """Leave the long columns out: lists do not show them."""
        return self.defer("description", "norm_text", "search")

    def from_phone(self, phone: str) -> Self:
        """Return the requests filed with this phone (E.164)."""
        return self.filter(contact__phone=phone)


class EventQuerySet(models.QuerySet["RequestEvent"]):
    """Lines of timelines."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the lines of requests the actor may open; internal ones only for staff."""
        from requests_app.models import Request

        seen = self.filter(
            Exists(Request.objects.visible_to(actor).filter(pk=OuterRef("request_id")))
        )
        return seen if isinstance(actor, Operator | System) else seen.filter(public=True)

    def of(self, item: Request, actor: Actor) -> Self:
        """Return the lines of a request already checked; internal ones only for staff."""
        lines = self.filter(request=item).order_by("at", "id")
        return lines if isinstance(actor, Operator | System) else lines.filter(public=True)


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Incidents and planned outages; all of them are public."""

    def open_at(self, at: datetime) -> Self:
        """Return the incidents that have begun and not ended at `at`."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), started_at__lte=at)

    def planned_at(self, at: datetime) -> Self:
        """Return the outages announced for later and not called off."""
        return self.filter(ended_at=None, started_at__gt=at)

    def past_at(self, at: datetime) -> Self:
        """Return the incidents that have ended; one that went into another is told there."""
        return self.filter(ended_at__lte=at).exclude(ending="merged")

    def at_building(self, building_id: int) -> Self:
        """Return the incidents that touch the building, newest first."""
        return self.filter(incidentbuilding__building_id=building_id).order_by("-started_at")

    def touching(self, **houses: Any) -> Self:
        """Return the incidents that touch a house of such rows of `IncidentBuilding`, each once."""
        from requests_app.models import IncidentBuilding

        touched = IncidentBuilding.objects.filter(incident=OuterRef("pk"), **houses)
        return self.filter(Exists(touched))

    def going_on_since(self, moment: datetime) -> Self:
        """Return the incidents not over before the moment, as far as their end is known."""
        return self.filter(
            Q(ended_at__gte=moment)
            | Q(ended_at=None, expected_end_at=None)
            | Q(ended_at=None, expected_end_at__gte=moment)
            | Q(ended_at=None, started_at__gte=moment)
        )

    def with_news_since(self, moment: datetime) -> Self:
        """Return the incidents of which something was told at the moment or later."""
        from requests_app.models import IncidentUpdate

        news = IncidentUpdate.objects.filter(incident=OuterRef("pk"), at__gte=moment)
        return self.filter(Exists(news))


class RepairLinkQuerySet(models.QuerySet["RepairLink"]):
    """Links for repairmen; a token opens one of them, their request's executor lists them."""

    def open_at(self, at: datetime) -> Self:
        """Return the links that still open their request at `at`."""
        return self.filter(ended_at=None, expires_at__gt=at)


class ProposalQuerySet(models.QuerySet["IncidentProposal"]):
    """Bursts that look like incidents; only staff reads of them."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the proposals the actor may open; one that went into another is none."""
        if isinstance(actor, Operator | System):
            return self.exclude(state="merged")
        return self.none()

    def waiting(self) -> Self:
        """Return what no operator has decided on yet."""
        return self.filter(state="open")


class QualityCallQuerySet(models.QuerySet["QualityCall"]):
    """Calls that check repairs; only staff reads of them."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the calls the actor may open."""
        return self if isinstance(actor, Operator | System) else self.none()

    def waiting(self) -> Self:
        """Return who is to be called."""
        return self.filter(state="waiting")

    def called(self) -> Self:
        """Return what was called at least once; also what waits for another try."""
        return self.filter(called_at__isnull=False)

    def for_a_list(self) -> Self:
        """Join what a list shows of each: the request, its mark, who called."""
        joined = ("request__category", "request__building", "request__mark", "called_by")
        return self.select_related(*joined).defer("request__search", "request__description")


class CategoryQuerySet(models.QuerySet["Category"]):
    """Matters; the tree is public."""

    def taking_requests(self, day: date) -> Self:
        """Return the leaves a request may name on `day`: open, below an open top, with a norm."""
        from requests_app.models import Norm

        in_force = Norm.objects.filter(category=OuterRef("pk"), in_force__contains=day)
        return self.filter(Exists(in_force), is_open=True, parent__is_open=True)

    def shown(self, day: date) -> Self:
        """Return the tree people choose from on `day`, tops without leaves left out."""
        from requests_app.models import Category

        leaves = Category.objects.taking_requests(day)
        return (
            self.filter(
                Q(pk__in=leaves.values("pk"))
                | Q(parent=None, pk__in=leaves.values("parent_id").distinct())
            )
            .select_related("parent")
            .order_by("position", "slug")
        )
