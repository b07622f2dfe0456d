"""Requests to correct in the operators' workplace: each is decided with an answer."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import ReadOnly
from accounts.capped_pages import CappedPaginator
from accounts.middleware import ActorRequest
from disclosure.corrections import sending
from disclosure.corrections.forms import VerdictForm
from disclosure.corrections.models import CorrectionRequest, Verdict

DECIDE = "disclosure.decide_correction"


@admin.register(CorrectionRequest)
class CorrectionAdmin(ReadOnly):
    """What readers say is wrong. The address of the sender is never shown: the letter finds it."""

    list_display = ("sent_at", "subject", "matter", "verdict", "decided_at")
    list_filter = (("verdict", admin.AllValuesFieldListFilter), "matter")
    # Those that wait have no verdict, and no verdict comes first.
    ordering = ("verdict", "sent_at", "id")
    paginator = CappedPaginator
    fields = (
        "sent_at",
        "subject",
        "matter",
        "text",
        "verdict",
        "answer",
        "decided_at",
        "decided_by",
        "decision",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[CorrectionRequest]:
        """Join what each row shows."""
        actor: Any = getattr(request, "actor", None)
        rows = CorrectionRequest.objects.visible_to(actor)
        return rows.select_related("building", "company", "decided_by").defer("email")

    @admin.display(description=gettext_lazy("page"))
    def subject(self, row: CorrectionRequest) -> str:
        """Return a link to the page that is said to be wrong."""
        subject = row.building or row.company
        assert subject is not None
        return format_html('<a href="{}">{}</a>', subject.get_absolute_url(), subject)

    @admin.display(description=gettext_lazy("decision"))
    def decision(self, row: CorrectionRequest) -> str:
        """Return a link to decide, while nobody did."""
        if row.verdict:
            return str(row.get_verdict_display())
        url = reverse("admin:disclosure_correctionrequest_decide", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _("Decide and answer"))

    def get_urls(self) -> list[URLPattern]:
        """Add the page that decides."""
        return [
            path(
                "<int:pk>/decide/",
                self.admin_site.admin_view(self.decide_page),
                name="disclosure_correctionrequest_decide",
            ),
            *super().get_urls(),
        ]

    def decide_page(self, request: ActorRequest, pk: int) -> HttpResponse:
        """Ask for the verdict and the answer; a POST decides."""
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        correction = get_object_or_404(self.get_queryset(request), pk=pk)
        form = VerdictForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                sending.decide(
                    correction,
                    verdict=Verdict(form.cleaned_data["verdict"]),
                    answer=form.cleaned_data["answer"],
                    by=request.actor,
                    at=now(),
                )
            except sending.Refused as refused:
                form.add_error("answer", refused.message)
            else:
                messages.success(request, _("Decided. The sender gets a letter if they asked."))
                return redirect("admin:disclosure_correctionrequest_changelist")
        return render(
            request,
            "admin/disclosure/correctionrequest/decide.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Decide and answer"),
                "correction": correction,
                "form": form,
                "opts": self.opts,
            },
        )
