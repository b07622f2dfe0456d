"""Reception at the desk: hosts with their hours, and the bookings of a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import contact_looks
from accounts.phones import in_words
from outreach.models import HOLDING, Booking, BookingState, Host, ReceptionHours, Slot
from outreach.reception import letters, planning
from requests_app.admin.access import SEE_CONTACT
from requests_app.admin.titles import PluralTitle


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
    fields = ("when", "host", "place", "name", "question", "state", "record", "file")
    readonly_fields = ("when", "host", "place", "name", "question", "file")
    change_form_template = "admin/outreach/booking/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the noted look at the contact."""
        view = self.admin_site.admin_view(require_POST(self.contact))
        return [
            path("<int:pk>/contact/", view, name="outreach_booking_contact"),
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
    def file(self, booking: Booking) -> SafeString:
        """Return the way to file what was promised, which puts it under the clock."""
        address = reverse("admin:requests_app_request_add")
        return format_html('<a href="{}">{}</a>', address, _("File a request from the meeting"))

    def contact(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note the look, then say how to reach the person."""
        booking = Booking.objects.filter(pk=pk, erased_at=None).first()
        if booking is None:
            raise Http404
        if not (self.has_change_permission(request) and request.user.has_perm(SEE_CONTACT)):
            raise PermissionDenied
        actor = request.actor  # type: ignore[attr-defined]
        contact_looks.record(f"reception:{booking.pk}", by=actor, at=now())
        reached = ", ".join(filter(None, (in_words(booking.phone), booking.email)))
        messages.info(request, f"{booking.name}: {reached}")
        return redirect("admin:outreach_booking_change", booking.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the page of the times only, for a caller too."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Booking | None = None) -> bool:
        """Never: a booking is cancelled."""
        return False
