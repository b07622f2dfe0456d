"""ТОС, councils and questions of meetings at the desk of the editors."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import contact_looks, uploads
from accounts.audit import AuditedAdmin, Table
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from disclosure.admin import period_words
from outreach.models import (
    AgendaKind,
    HouseCouncil,
    OfficeHolder,
    Tos,
    TosHouse,
    TosNews,
    TosProject,
)
from outreach.tos import boundaries, houses, importing
from requests_app.admin.titles import PluralTitle
from requests_app.incidents import house_area


class TosForm(forms.ModelForm):
    """A ТОС with its boundary: pasted as GeoJSON, or drawn on the map."""

    boundary_text = forms.CharField(
        label=gettext_lazy("Boundary as GeoJSON"),
        required=False,
        strip=True,
        max_length=boundaries.LONGEST,
        help_text=gettext_lazy(
            "A Polygon or a MultiPolygon, longitude first. Or draw it on the map below: what is "
            "drawn takes the place of what is written here. Empty: no boundary."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField", "spellcheck": "false"}),
    )
    drawn = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    class Meta:
        model = Tos
        fields = "__all__"  # noqa: DJ007 - the admin names its fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.boundary:
            self.fields["boundary_text"].initial = json.dumps(self.instance.boundary)

    def clean(self) -> dict[str, Any] | None:
        """Read the boundary; `geometry` is what is to be kept, None for none."""
        values = super().clean() or {}
        text, drawn = values.get("boundary_text", ""), values.get("drawn", "")
        centre = (settings.CITY.latitude, settings.CITY.longitude)
        values["geometry"] = None
        try:
            if drawn:
                values["geometry"] = boundaries.checked(_polygon(drawn), centre=centre)
            elif text:
                values["geometry"] = boundaries.read(text, centre=centre)
        except boundaries.BadBoundary as bad:
            self.add_error("boundary_text", str(bad))
        return values


def _polygon(drawn: str) -> dict[str, Any]:
    """Return what was drawn, «lat lon, lat lon», as GeoJSON; raise BadBoundary."""
    area = house_area.read(drawn)
    if area is None:
        raise boundaries.BadBoundary(_("Draw three corners at least."))
    ring = [[lon, lat] for lat, lon in area.corners]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


class _Named(forms.ModelForm):
    """A row below another: each field names itself to who does not see the head of the table."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.label and not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", capfirst(str(field.label)))


class HolderInline(admin.StackedInline):
    """People in office, with the consent to show each."""

    model = OfficeHolder
    form = _Named
    extra = 0
    fields = (
        ("role", "name", "phone", "email", "entrances"),
        ("since", "until"),
        ("consent_on", "consent_paper", "withdrawn_on"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OfficeHolder]:
        """Leave out who was erased: there is nothing left to edit."""
        return super().get_queryset(request).filter(erased_at=None)


class ListedHouseInline(admin.TabularInline):
    """Houses that belong beyond the boundary; those inside are found by themselves."""

    model = TosHouse
    form = _Named
    verbose_name_plural = gettext_lazy("houses outside of the boundary, or without one")
    extra = 0
    autocomplete_fields = ("building",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TosHouse]:
        """Return those an editor named."""
        return super().get_queryset(request).filter(is_listed=True).select_related("building")


class ProjectInline(admin.StackedInline):
    """What the ТОС builds."""

    model = TosProject
    form = _Named
    extra = 0


class NewsInline(admin.StackedInline):
    """What the ТОС has to tell."""

    model = TosNews
    form = _Named
    extra = 0


class _WithPeople(AuditedAdmin, PluralTitle):
    """A page that shows contacts: each look is noted, whoever looks."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Note the look at the people, then show the page."""
        if request.method == "GET" and request.user.has_perm("outreach.view_officeholder"):
            subject = f"{self.opts.model_name}:{object_id}"[:60]
            if object_id.isdecimal() and self._has_people(int(object_id[:12])):
                # An editor is no operator: the account alone says who looked.
                actor = request.actor  # type: ignore[attr-defined]
                contact_looks.record(subject, by=actor, at=now())
        return super().change_view(request, object_id, form_url, extra_context)

    def _has_people(self, pk: int) -> bool:
        raise NotImplementedError

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Write down who recorded a person."""
        for row in formset.save(commit=False):
            if isinstance(row, OfficeHolder):
                row.recorded_by = request.user  # type: ignore[assignment]
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()


@admin.register(Tos)
class TosAdmin(_WithPeople):
    """The directory of ТОС: boundary, people, projects, news, charter, import."""

    form = TosForm
    audits = (Table("outreach.TosAudit"), Table("outreach.OfficeHolderAudit", "tos_id"))
    list_display = ("name", "kind", "district", "how_many", "has_boundary", "is_published")
    list_filter = ("is_published", "district", "kind")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name", "=inn", "charter_number")
    list_per_page = 50
    inlines = (HolderInline, ListedHouseInline, ProjectInline, NewsInline)
    change_form_template = "admin/outreach/tos/change_form.html"
    change_list_template = "admin/outreach/tos/change_list.html"
    fieldsets = (
        (None, {"fields": ("name", "kind", "district", "is_published", "about")}),
        (gettext_lazy("Office"), {"fields": ("office", "hours")}),
        (
            gettext_lazy("Charter and registration"),
            {"fields": ("charter_number", "charter_on", "inn", "founded_on", "ended_on")},
        ),
        (gettext_lazy("Territory"), {"fields": ("boundary_text", "drawn")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tos]:
        """Count the houses of each."""
        return super().get_queryset(request).annotate(house_count=Count("houses"))

    @admin.display(description=gettext_lazy("houses"), ordering="house_count")
    def how_many(self, tos: Tos) -> int:
        """Return how many houses belong to it."""
        return tos.house_count  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("boundary"), boolean=True)
    def has_boundary(self, tos: Tos) -> bool:
        """Tell whether it is drawn."""
        return tos.boundary is not None

    def get_urls(self) -> list[URLPattern]:
        """Add the charter and the import."""
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_page), name="outreach_tos_import"),
            path("<int:pk>/boundary/", view(self.boundary), name="outreach_tos_boundary"),
            path("<int:pk>/charter/", view(self.charter_page), name="outreach_tos_charter"),
            *super().get_urls(),
        ]

    def _has_people(self, pk: int) -> bool:
        return OfficeHolder.objects.filter(tos=pk, erased_at=None).exists()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Give it the boundary after its rows, and the houses inside."""
        super().save_related(request, form, formsets, change)
        houses.draw(form.instance, form.cleaned_data["geometry"], at=now())

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Give the map its city and the boundary as it is kept."""
        tos = kwargs.get("obj")
        city = settings.CITY
        areas = ""
        if tos is not None and tos.boundary:
            areas = reverse("admin:outreach_tos_boundary", args=[tos.pk])
        context |= {
            "areas": areas,
            "outline": static(city.outline) if city.outline else "",
            "tiles": getattr(settings, "MAP_TILES_URL", ""),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def boundary(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Return the boundary for the map of the form, published or not."""
        tos = Tos.objects.filter(pk=pk).exclude(boundary=None).first()
        if tos is None or not self.has_view_permission(request):
            raise Http404
        feature = {"type": "Feature", "geometry": tos.boundary, "properties": {"title": tos.name}}
        return JsonResponse(
            {"type": "FeatureCollection", "features": [feature]},
            content_type="application/geo+json",
        )

    def charter_page(self, request: ActorRequest, pk: int) -> HttpResponse:
        """Take the charter as a PDF; checked outside of any transaction, as it takes seconds."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        tos = Tos.objects.filter(pk=pk).first()
        if tos is None:
            raise Http404
        fault = ""
        if request.method == "POST":
            fault = self._take_charter(request, tos)
            if not fault:
                messages.success(request, _("The charter is published."))
                return redirect("admin:outreach_tos_change", pk)
        values = {
            **self.admin_site.each_context(request),
            "title": _("Charter: %(name)s") % {"name": tos},
            "opts": self.opts,
            "tos": tos,
            "fault": fault,
        }
        return render(
            request, "admin/outreach/tos/charter.html", values, status=422 if fault else 200
        )

    def _take_charter(self, request: ActorRequest, tos: Tos) -> str:
        """Keep the file sent; return what is wrong with it, "" if nothing."""
        sent = request.FILES.get("file")
        if sent is None:
            return _("Choose a file.")
        try:
            upload = uploads.accept(
                sent, by=request.actor, address=client_address(request), at=now()
            )
        except uploads.Rejected as rejected:
            return rejected.message
        if upload.media_type != "application/pdf":
            return _("The charter must be a PDF.")
        upload.claimed_at = now()
        upload.save(update_fields=["claimed_at"])
        tos.charter = upload
        tos.save(update_fields=["charter"])
        return ""

    def import_page(self, request: ActorRequest) -> HttpResponse:
        """Show what a file would change, then, on a second press, do it."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        form = importing.ImportForm(request.POST or None, request.FILES or None)
        values: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Import of ТОС"),
            "opts": self.opts,
            "form": form,
        }
        status = 200
        if request.method == "POST":
            if form.is_valid():
                plan = importing.plan(form.rows, on=localdate())
                if "apply" in request.POST:
                    done = importing.apply(plan, at=now())
                    messages.success(
                        request,
                        _("Added: %(added)d, changed: %(changed)d, not taken: %(rejected)d.")
                        % {
                            "added": done.added,
                            "changed": done.changed,
                            "rejected": len(plan.rejected),
                        },
                    )
                    return redirect("admin:outreach_tos_changelist")
                values |= {"plan": plan, "text": form.read_text}
            else:
                status = 422
        return render(request, "admin/outreach/tos/import.html", values, status=status)


@admin.register(HouseCouncil)
class HouseCouncilAdmin(_WithPeople):
    """Councils of houses and who sits in them."""

    audits = (
        Table("outreach.HouseCouncilAudit"),
        Table("outreach.OfficeHolderAudit", "council_id"),
    )
    list_display = ("building", "elected_on", "term_until", "protocol_number", "ended_on")
    list_select_related = ("building",)
    list_filter = (("ended_on", admin.EmptyFieldListFilter),)
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("building__address",)
    autocomplete_fields = ("building",)
    list_per_page = 50
    inlines = (HolderInline,)

    def _has_people(self, pk: int) -> bool:
        return OfficeHolder.objects.filter(council=pk, erased_at=None).exists()


@admin.register(AgendaKind)
class AgendaKindAdmin(AuditedAdmin, PluralTitle):
    """Questions of meetings and their majorities, dated: a change of the law is another row."""

    audits = (Table("outreach.AgendaKindAudit"),)
    list_display = ("title", "majority", "clause", "confidence", "period")
    list_filter = ("group", "majority", "confidence")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("title", "wording", "=code")
    list_per_page = 100

    @admin.display(description=gettext_lazy("in force"), ordering="during")
    def period(self, kind: AgendaKind) -> str:
        """Return the period in words."""
        return period_words(kind.during)

    def has_delete_permission(self, request: HttpRequest, obj: AgendaKind | None = None) -> bool:
        """Never: past meetings were held by it; end its period instead."""
        return False
