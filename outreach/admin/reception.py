"""Reception at the desk: hosts with their hours, and the bookings of a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.actors import Operator
from accounts.phones import in_words
from outreach import senders
from outreach.models import HOLDING, Booking, BookingState, Host, ReceptionHours, Slot
from outreach.reception import booking as bookings
from outreach.reception import letters, planning, visits
from requests_app import intake
from requests_app.admin import access, phone_intake
from requests_app.admin.access import SEE_CONTACT
from requests_app.admin.titles import PluralTitle

OFFERED = 60
_ID_DIGITS = 10
_NONE = mark_safe("—")


def _today() -> date:
    return timezone.localtime(now()).date()


class HoursInline(admin.TabularInline):
    """The hours of a host."""

    model = ReceptionHours
    extra = 0


@admin.register(Host)
class HostAdmin(PluralTitle):
    """Who receives, and when; a changed hour tells the people who booked it."""

    list_display = ("name", "post", "is_lawyer", "is_open", "position")
    inlines = (HoursInline,)
    ordering = ("position", "name")

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Call off the times of hours that go, then let the others hold."""
        at = now()
        with transaction.atomic():
            gone = [one.instance.pk for one in formset.deleted_forms if one.instance.pk]
            ahead = Slot.objects.standing().filter(hours__in=gone, during__startswith__gt=at)
            told = planning.call_off(ahead, at=at)
            super().save_formset(request, form, formset, change)
            for hours in ReceptionHours.objects.filter(host=form.instance).select_related("host"):
                told += planning.replan(hours, at=at)
        if told:
            messages.warning(
                request,
                ngettext(
                    "%(count)d person lost the booked time and was told to choose another.",
                    "%(count)d people lost their booked times and were told to choose others.",
                    told,
                )
                % {"count": told},
            )

    def has_delete_permission(self, request: HttpRequest, obj: Host | None = None) -> bool:
        """Never: who received stays; whoever stops is closed."""
        return False


class WhenFilter(admin.SimpleListFilter):
    """Today, the week ahead, or what is over."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer them."""
        return [("today", _("today")), ("week", _("next seven days")), ("over", _("over"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Booking]) -> QuerySet[Booking]:
        """Narrow the rows by the city's days."""
        at = now()
        midnight = datetime.combine(_today(), time(), timezone.get_current_timezone())
        match self.value():
            case "today":
                until = midnight + timedelta(days=1)
                return rows.filter(
                    slot__during__startswith__gte=midnight, slot__during__startswith__lt=until
                )
            case "week":
                return rows.filter(
                    slot__during__startswith__gte=midnight,
                    slot__during__startswith__lt=midnight + timedelta(days=7),
                )
            case "over":
                return rows.filter(slot__during__endswith__lte=at)
        return rows


@admin.register(Booking)
class BookingAdmin(PluralTitle):
    """Who comes when; after the visit its record. The contact is shown by a noted press."""

    list_display = ("when", "host", "place", "name", "state")
    list_filter = (WhenFilter, "state", "slot__host")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name", "=email", "=phone")
    list_select_related = ("slot__host",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("slot__during", "pk")
    fields = (
        *("when", "host", "place", "name", "question", "state", "record", "tasks", "file"),
        "history",
    )
    readonly_fields = ("when", "host", "place", "name", "question", "tasks", "file", "history")
    change_form_template = "admin/outreach/booking/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the noted look at the contact, moving and cancelling, and filing a task."""
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/contact/",
                wrap(require_POST(self.contact)),
                name="outreach_booking_contact",
            ),
            path("<int:pk>/do/", wrap(require_POST(self.act)), name="outreach_booking_do"),
            path("<int:pk>/request/", wrap(self.to_request), name="outreach_booking_request"),
            *super().get_urls(),
        ]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer what can be said of a visit; times are called off elsewhere."""
        if db_field.name == "state":
            told = (BookingState.BOOKED, BookingState.CAME, BookingState.MISSED)
            kwargs["choices"] = [(state.value, state.label) for state in told]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Booking | None = None) -> Any:
        """Leave alone what was cancelled."""
        fixed = super().get_readonly_fields(request, obj)
        if obj is not None and obj.state not in HOLDING:
            return (*fixed, "state", "record")
        return fixed

    @admin.display(description=_("time"), ordering="slot__during")
    def when(self, booking: Booking) -> str:
        """Return the time in words."""
        return letters.when(booking.slot)

    @admin.display(description=_("who receives"))
    def host(self, booking: Booking) -> str:
        """Return who receives."""
        return booking.slot.host.name

    @admin.display(description=_("place"))
    def place(self, booking: Booking) -> str:
        """Return where."""
        return booking.slot.place

    @admin.display(description=_("tasks of the meeting"))
    def tasks(self, booking: Booking) -> SafeString:
        """Return the requests that what was promised was filed as, with where they stand."""
        lines = [
            (
                reverse("admin:requests_app_request_change", args=[one.request_id]),
                one.request.number,
                one.request.get_status_display(),
            )
            for one in booking.tasks.select_related("request").defer("request__search")
        ]
        return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a>: {}', lines) or _NONE

    @admin.display(description=_("what was promised"))
    def file(self, booking: Booking) -> SafeString:
        """Return the way to file what was promised, which puts it under the clock."""
        address = reverse("admin:outreach_booking_request", args=[booking.pk])
        return format_html('<a href="{}">{}</a>', address, _("File a request from the meeting"))

    @admin.display(description=_("what was done"))
    def history(self, booking: Booking) -> SafeString:
        """Return who did what with the booking, and why."""
        lines = [
            (
                f"{timezone.localtime(one.at):%d.%m.%Y %H:%M}",
                one.get_deed_display(),
                f" ({one.by})" if one.by else "",
                f": {one.reason}" if one.reason else "",
            )
            for one in booking.steps.select_related("by")
        ]
        return format_html_join(mark_safe("<br>"), "{} {}{}{}", lines) or _NONE

    def save_model(self, request: HttpRequest, obj: Booking, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Mark and write by the rules that programs follow too."""
        by, at = access.operator_of(request), now()
        try:
            if "state" in form.changed_data:
                visits.mark(obj, BookingState(obj.state), by=by, at=at)
            if "record" in form.changed_data:
                visits.write(obj, obj.record, by=by, at=at)
        except visits.NotHeld as gone:
            messages.error(request, str(gone))
        except senders.Invalid as invalid:
            messages.error(request, str(invalid))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Offer the free times of the same host beside the booking."""
        booking = self.get_object(request, object_id)
        more = extra_context or {}
        if booking is not None and booking.state in (BookingState.BOOKED, BookingState.LOST):
            free = Slot.objects.bookable(now() + bookings.CLOSES).filter(host=booking.slot.host_id)
            more["free"] = [(one.pk, letters.when(one)) for one in free.in_order()[:OFFERED]]
            more["may_cancel"] = booking.state == BookingState.BOOKED
        return super().change_view(request, object_id, form_url, more)

    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move or cancel, as the pressed button says, for the reason that the person is told."""
        booking = self._seen(request, pk)
        by, at = access.operator_of(request), now()
        reason, slot = request.POST.get("reason", ""), request.POST.get("slot", "")
        try:
            if request.POST.get("do") == "cancel":
                visits.cancel(booking, reason=reason, by=by, at=at)
                messages.success(request, _("The booking is cancelled."))
            else:
                chosen = int(slot) if slot.isdecimal() and len(slot) < _ID_DIGITS else 0
                visits.move(booking, chosen, reason=reason, by=by, at=at)
                messages.success(request, _("The time is changed."))
        except (visits.NotHeld, bookings.Taken, senders.Invalid) as refused:
            messages.error(request, str(refused))
        return redirect("admin:outreach_booking_change", booking.pk)

    def to_request(self, request: HttpRequest, pk: int) -> HttpResponse:
        """File what was promised: the phone intake, filled in with what the person came about."""
        booking = self._seen(request, pk)
        if not request.user.has_perm("requests_app.add_request"):
            raise PermissionDenied
        return phone_intake.show(
            request, known={"description": booking.question}, take_in=partial(_take_in, booking)
        )

    def _seen(self, request: HttpRequest, pk: int) -> Booking:
        if not self.has_change_permission(request):
            raise PermissionDenied
        rows = Booking.objects.visible_to(access.operator_of(request))
        booking = rows.filter(pk=pk).first()
        if booking is None:
            raise Http404
        return booking

    def contact(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note the look, then say how to reach the person."""
        booking = self._seen(request, pk)
        if not request.user.has_perm(SEE_CONTACT):
            raise PermissionDenied
        booking = visits.look_at_contact(booking, by=access.operator_of(request), at=now())
        reached = ", ".join(filter(None, (in_words(booking.phone), booking.email)))
        messages.info(request, f"{booking.name}: {reached}")
        return redirect("admin:outreach_booking_change", booking.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the page of the times only, for a caller too."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Booking | None = None) -> bool:
        """Never: a booking is cancelled."""
        return False


def _take_in(
    booking: Booking, new: intake.NewRequest, by: Operator, at: datetime, key: str
) -> intake.Filed:
    try:
        return visits.file_task(booking, new, by=by, at=at, key=key)
    except (visits.NotHeld, senders.Invalid) as refused:
        raise intake.Invalid({"": str(refused)}) from None
