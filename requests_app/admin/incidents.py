"""Incidents at the desk: what happened, since when, until when, and at which houses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from requests_app.admin import access, incident_houses, incident_steps, notices
from requests_app.desk import many_houses
from requests_app.incidents import correcting, news, opening
from requests_app.incidents.recording import HOUSES_MAX
from requests_app.lifecycle import Refused
from requests_app.models import Category, Incident, IncidentBuilding, Request

SHOWN = 50
TICKED = 300


class IncidentForm(forms.ModelForm):
    """An incident with its houses, which are typed as people say them."""

    more_houses = forms.CharField(
        label=_("Add houses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text=_(
            "One a line: a house («Садовая 5»), a whole street («Садовая») or a part of one "
            "(«Садовая 1–25 (нечёт.), кроме 7»)."
        ),
    )
    fewer_houses = forms.ModelMultipleChoiceField(
        label=_("Take houses off"),
        required=False,
        queryset=IncidentBuilding.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    fewer_lines = forms.CharField(
        label=_("Take houses off"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=_("One a line, as above."),
    )

    class Meta:
        model = Incident
        fields = (
            "kind",
            "title",
            "category",
            "utility",
            "cause",
            "text",
            "started_at",
            "expected_end_at",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields.get("category")
        if isinstance(category, forms.ModelChoiceField):
            category.queryset = Category.objects.filter(is_open=True).order_by(
                "parent__position", "position"
            )
        if not self.instance.pk and "started_at" in self.fields:
            self.fields["started_at"].initial = timezone.now
        fewer = self.fields.get("fewer_houses")
        if isinstance(fewer, forms.ModelMultipleChoiceField):
            fewer.queryset = IncidentBuilding.objects.filter(
                incident_id=self.instance.pk
            ).select_related("building")
            fewer.label_from_instance = lambda row: row.building.address  # type: ignore[assignment]

    def clean_more_houses(self) -> list[int]:
        """Return the ids of the houses that the lines name; name the lines that fit none."""
        return self._houses("more_houses")

    def clean_fewer_lines(self) -> list[int]:
        """Return the ids of the houses that the lines name; name the lines that fit none."""
        return self._houses("fewer_lines")

    def _houses(self, field: str) -> list[int]:
        found = many_houses.read(self.cleaned_data[field])
        if found.unknown:
            raise forms.ValidationError(
                [_("No house or street like this: %(line)s") % {"line": x} for x in found.unknown]
            )
        if len(found.ids) > HOUSES_MAX:
            raise forms.ValidationError(_("These are too many houses."))
        return found.ids

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning, and an incident that touches no house."""
        values = super().clean() or {}
        started = values.get("started_at")
        expected = values.get("expected_end_at")
        if started and expected and expected < started:
            self.add_error("expected_end_at", _("It cannot end before it began."))
        if self.instance.pk and started and "started_at" in self.changed_data:
            # The instance is as it is stored until the form has been judged.
            self.add_error("started_at", correcting.wrong_start(self.instance, started) or [])
        if not self.instance.pk and not values.get("more_houses") and "more_houses" in self.fields:
            self.add_error("more_houses", _("Name at least one house."))
        if self.instance.ended_at and any(
            values.get(name) for name in ("more_houses", "fewer_houses", "fewer_lines")
        ):
            self.add_error("more_houses", _("This incident is over."))
        return values


class _Look(forms.ModelForm):
    """The form while houses are chosen: it tells what is wrong with them, and of nothing else."""

    def is_valid(self) -> bool:
        """Never: nothing is saved by a look."""
        for name in {*self.errors} - {"more_houses", "fewer_houses", "fewer_lines"}:
            del self.errors[name]
        return False


@admin.register(Incident)
class IncidentAdmin(admin.ModelAdmin):
    """Faults and planned outages; requests hang on them."""

    form = IncidentForm
    list_display = ("title", "kind", "utility", "started_at", "expected_end_at", "state", "houses")
    list_filter = ("kind", "utility")
    search_fields = ("title",)
    ordering = ("-started_at",)
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = ("attached", "touched", "following")

    def get_urls(self) -> list[URLPattern]:
        """Add the page that reads a pasted notice."""
        view = self.admin_site.admin_view(notices.show)
        following = self.admin_site.admin_view(incident_steps.show)
        points = self.admin_site.admin_view(incident_houses.points)
        return [
            path("houses.geojson", points, name="requests_app_incident_houses"),
            path("notice/", view, name="requests_app_incident_notice"),
            path("<int:pk>/next/", following, name="requests_app_incident_next"),
            path(
                "<int:pk>/jobs/<int:job>/<slug:deed>/",
                self.admin_site.admin_view(incident_steps.hold),
                name="requests_app_incident_job",
            ),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Read the chosen houses first: a press that only looks saves nothing."""
        may = "change" if object_id else "add"
        more: dict[str, Any] = {}
        if request.user.has_perm(f"requests_app.{may}_incident"):
            incident = self.get_object(request, object_id) if object_id else None
            chosen = incident_houses.read(request, incident)
            request.is_look = chosen.is_look  # type: ignore[attr-defined]
            more = chosen.context()
        return super().changeform_view(
            request, object_id, form_url, {**more, **(extra_context or {})}
        )

    def get_form(
        self, request: HttpRequest, obj: Incident | None = None, change: Any = None, **kwargs: Any
    ) -> type[forms.ModelForm]:
        """Return the form; for a look one that is never ready to be saved."""
        form = super().get_form(request, obj, change, **kwargs)
        if not getattr(request, "is_look", False):
            return form
        return type("IncidentLook", (_Look, form), {})

    def get_fieldsets(self, request: HttpRequest, obj: Incident | None = None) -> Any:
        """Show what hangs on an incident once there is one."""
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        houses: tuple[str, ...] = ("more_houses",)
        if obj:
            # Boxes to tick while they fit on a page; a whole district is taken off by lines.
            rows = IncidentBuilding.objects.filter(incident=obj)
            few = len(rows.values_list("pk")[: TICKED + 1]) <= TICKED
            houses = ("more_houses", "fewer_houses" if few else "fewer_lines")
        parts: list[Any] = [
            (None, {"fields": ("kind", "title", "category", "utility", "cause", "text")}),
            (_("Time"), {"fields": ("started_at", "expected_end_at")}),
            (_("Houses"), {"fields": houses if may else ("touched",)}),
        ]
        if obj:
            parts.insert(0, (None, {"fields": ("following",)}))
            parts.append((_("Requests of this incident"), {"fields": ("attached",)}))
        return parts

    def get_readonly_fields(
        self, request: HttpRequest, obj: Incident | None = None
    ) -> tuple[str, ...]:
        """What people were told stands; only news change it."""
        return (*self.readonly_fields, "text", "expected_end_at") if obj else self.readonly_fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        """Count the houses of each row."""
        return super().get_queryset(request).annotate(house_count=Count("incidentbuilding"))

    def has_delete_permission(self, request: HttpRequest, obj: Incident | None = None) -> bool:
        """Never: an incident ends, and its requests keep pointing at it."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Incident, form: forms.ModelForm, change: Any
    ) -> None:
        """Open it, or correct it and its houses, by the operations that tell people."""
        by, at = access.operator_of(request), timezone.now()
        values = form.cleaned_data
        if not change:
            opened = opening.open_incident(
                kind=obj.kind,
                utility=obj.utility,
                category=obj.category_id,
                title=obj.title,
                text=obj.text,
                cause=obj.cause,
                started_at=obj.started_at,
                expected_end_at=obj.expected_end_at,
                buildings=values["more_houses"],
                attach_open=True,
                by=by,
                at=at,
            )
            # Admin goes on with the row it holds: its history and its address.
            obj.pk = opened.pk
            obj.refresh_from_db()
            return
        said = {name: values[name] for name in correcting.FIELDS if name in form.changed_data}
        if "category" in said:
            said["category"] = said["category"].pk
        correcting.correct(obj.pk, **said, by=by, at=at)
        add = values.get("more_houses") or []
        drop = [row.building_id for row in values.get("fewer_houses") or ()]
        drop += values.get("fewer_lines") or []
        if not (add or drop):
            return
        try:
            news.change_houses(obj.pk, add=add, drop=drop, by=by, at=at)
        except Refused as refused:
            # The last house taken off, or ended by a colleague meanwhile.
            messages.error(request, refused.message)

    @admin.display(description=_("what follows"))
    def following(self, incident: Incident) -> SafeString:
        """Link to the page that tells news, ends it or calls it off."""
        url = reverse("admin:requests_app_incident_next", args=[incident.pk])
        return format_html(
            '<a href="{}">{}</a>', url, _("Tell news, end it, merge it or call it off")
        )

    @admin.display(description=_("state"))
    def state(self, incident: Incident) -> str:
        """Return whether it goes on."""
        at = timezone.now()
        if incident.ended_at and incident.ended_at <= at:
            return str(_("it is over"))
        if incident.started_at > at:
            return str(_("it is planned"))
        return str(_("it goes on"))

    @admin.display(description=_("houses"))
    def houses(self, incident: Incident) -> str:
        """Return how many houses it touches."""
        count = incident.house_count  # type: ignore[attr-defined]
        return ngettext("%(count)d house", "%(count)d houses", count) % {"count": count}

    @admin.display(description=_("houses"))
    def touched(self, incident: Incident) -> str:
        """Return the houses, one a line."""
        rows = IncidentBuilding.objects.filter(incident=incident).select_related("building")
        return "\n".join(row.building.address for row in rows.order_by("building__address")[:500])

    @admin.display(description=_("requests"))
    def attached(self, incident: Incident) -> SafeString:
        """Return the newest requests that hang on it."""
        rows = (
            Request.objects.filter(incident=incident)
            .select_related("category", "building")
            .without_texts()
            .order_by("-registered_at", "-id")[:SHOWN]
        )
        return render_to_string("admin/requests_app/incident/_attached.html", {"rows": rows})
