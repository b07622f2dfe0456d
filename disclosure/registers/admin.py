"""Imports in the operators' workplace: what each changed, and the conflicts that wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actors import Operator
from accounts.admin import ReadOnly
from accounts.capped_pages import CappedPaginator
from accounts.middleware import ActorRequest
from disclosure.registers import conflicts, runs
from disclosure.registers.models import ImportConflict, ImportRun, Take


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly):
    """What was compared and applied from which file, with the rows that were not taken."""

    list_display = (
        "file_name",
        "kind",
        "started_at",
        "compared_at",
        "finished_at",
        "added",
        "changed",
        "unchanged",
        "gone",
        "conflicts",
        "rejected",
        "rejected_rows",
        "its_differences",
    )
    paginator = CappedPaginator
    list_per_page = 50

    def get_urls(self) -> list[URLPattern]:
        """Add the downloads."""
        own = [
            path(
                "<int:run_id>/report/",
                self.admin_site.admin_view(self.report),
                name="disclosure_importrun_report",
            ),
            path(
                "<int:run_id>/differences/",
                self.admin_site.admin_view(self.differences),
                name="disclosure_importrun_differences",
            ),
        ]
        return [*own, *super().get_urls()]

    def report(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Serve the report of rejected rows; 404 for a stranger, or when it is gone."""
        return self._file(request, run_id, lambda run: Path(run.report).name)

    def differences(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Serve the table of differences, as the report."""
        return self._file(request, run_id, runs.differences_of)

    def _file(self, request: HttpRequest, run_id: int, name: Any) -> HttpResponse:
        run = ImportRun.objects.filter(pk=run_id).exclude(report="").first()
        if run is None or not self.has_view_permission(request, run):
            raise Http404
        folder = (settings.DATA_DIR / "imports").resolve()
        file = (folder / Path(name(run)).name).resolve()
        if file.parent != folder or not file.is_file():
            raise Http404
        return FileResponse(file.open("rb"), as_attachment=True, filename=file.name)  # type: ignore[return-value]

    @admin.display(description=_("report of rejected rows"))
    def rejected_rows(self, run: ImportRun) -> str:
        """Return a link to the report, "—" without one."""
        if not run.report:
            return "—"
        address = reverse("admin:disclosure_importrun_report", args=[run.pk])
        return format_html('<a href="{}">{}</a>', address, Path(run.report).name)

    @admin.display(description=_("differences"))
    def its_differences(self, run: ImportRun) -> str:
        """Return a link to the table of differences, "—" for a run that did not get to its end."""
        if not (run.report and (run.compared_at or run.finished_at)):
            return "—"
        address = reverse("admin:disclosure_importrun_differences", args=[run.pk])
        return format_html('<a href="{}">{}</a>', address, runs.differences_of(run))


class WaitingFilter(admin.SimpleListFilter):
    """Whose word holds; what waits is shown first, as it is what people come for."""

    title = _("decision")
    parameter_name = "take"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the decisions; without a choice, what waits."""
        return [("all", _("All")), *(pair for pair in Take.choices if pair[0])]

    def choices(self, changelist: Any) -> Any:
        """Name the first choice after what it shows."""
        first, *others = super().choices(changelist)
        yield {**first, "display": Take.WAITING.label}
        yield from others

    def queryset(
        self, request: Any, queryset: QuerySet[ImportConflict]
    ) -> QuerySet[ImportConflict]:
        """Return what waits, all, or those with one decision."""
        asked = self.value()
        if asked == "all":
            return queryset
        return queryset.filter(take=asked or Take.WAITING)


@admin.register(ImportConflict)
class ImportConflictAdmin(ReadOnly):
    """Where a register and a publication differ: a person says whose word holds."""

    list_display = (
        "found_at",
        "subject",
        "what",
        "register_value",
        "published_value",
        "its_publication",
        "take",
        "decided_by",
    )
    list_filter = (WaitingFilter,)
    list_per_page = 50
    paginator = CappedPaginator
    actions = ("take_register", "take_company")
    fields = (
        "run",
        "subject",
        "what",
        "register_value",
        "published_value",
        "its_publication",
        "found_at",
        "take",
        "decided_by",
        "decided_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportConflict]:
        """Join what each row shows."""
        rows = super().get_queryset(request)
        return rows.select_related(
            "run", "building", "company", "publication__company", "decided_by"
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether the person may say whose word holds."""
        return request.user.has_perm("disclosure.change_importconflict")

    @admin.display(description=_("house or company"))
    def subject(self, row: ImportConflict) -> str:
        """Return the house's address or the company's name."""
        return str(row.building or row.company)

    @admin.display(description=_("field in the registry"), ordering="field")
    def what(self, row: ImportConflict) -> str:
        """Return the field's name as people read it."""
        model = type(row.building or row.company)
        return str(model._meta.get_field(row.field).verbose_name)  # type: ignore[union-attr]

    @admin.display(description=_("publication"))
    def its_publication(self, row: ImportConflict) -> str:
        """Return a link to the version that says otherwise."""
        shown = row.publication
        return format_html('<a href="{}">{}</a>', shown.get_absolute_url(), shown)

    @admin.action(description=_("Take what the register says"), permissions=["decide"])
    def take_register(self, request: ActorRequest, chosen: QuerySet[ImportConflict]) -> None:
        """Give the chosen fields to the register."""
        self._decide(request, chosen, Take.REGISTER)

    @admin.action(description=_("Take what the company published"), permissions=["decide"])
    def take_company(self, request: ActorRequest, chosen: QuerySet[ImportConflict]) -> None:
        """Give the chosen fields to the company."""
        self._decide(request, chosen, Take.COMPANY)

    def _decide(self, request: ActorRequest, chosen: QuerySet[ImportConflict], take: Take) -> None:
        actor = request.actor
        if not isinstance(actor, Operator):
            return
        done = late = 0
        for row in chosen.filter(take=Take.WAITING):
            try:
                conflicts.decide(row, take=take, by=actor, at=now())
                done += 1
            except conflicts.AlreadyDecided:
                late += 1
        words = ngettext("%(count)d conflict is decided.", "%(count)d conflicts are decided.", done)
        self.message_user(request, words % {"count": done}, messages.SUCCESS)
        if late:
            words = ngettext(
                "%(count)d was decided by somebody else meanwhile.",
                "%(count)d were decided by somebody else meanwhile.",
                late,
            )
            self.message_user(request, words % {"count": late}, messages.WARNING)
