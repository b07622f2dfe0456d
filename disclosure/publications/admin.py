"""Forms and publications in the operators' workplace: seen, and returned with a remark."""

from __future__ import annotations

from typing import Any

from django import forms
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

from accounts.actors import Operator
from accounts.admin import ReadOnly
from accounts.capped_pages import CappedPaginator
from accounts.middleware import ActorRequest
from disclosure.forms_standard.models import DisclosureForm
from disclosure.publications import publishing
from disclosure.publications.models import Publication

RETURN = "disclosure.return_publication"


class RemarkForm(forms.Form):
    """What the company must correct."""

    remark = forms.CharField(
        label=gettext_lazy("What is to be corrected"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "The company reads this; the public sees only that it was returned."
        ),
    )


@admin.register(DisclosureForm)
class FormAdmin(ReadOnly):
    """The standard as loaded; it is changed in the reference file."""

    list_display = ("code", "title", "during", "loaded_at")
    list_filter = ("subject", "is_yearly")
    search_fields = ("=code", "title")
    fields = ("code", "title", "subject", "is_yearly", "during", "loaded_at", "its_fields")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("fields"))
    def its_fields(self, row: DisclosureForm) -> str:
        """Return the names of the fields, one a line."""
        return "\n".join(
            f"{table.name} — {field.name}" if table else field.name
            for table, field in row.form.every_field()
        )


@admin.register(Publication)
class PublicationAdmin(ReadOnly):
    """What companies published. Nothing is edited: a version is returned with a remark."""

    list_display = (
        "published_at",
        "company",
        "form_code",
        "year",
        "building",
        "version",
        "on_behalf",
        "is_returned",
    )
    list_filter = ("form_code", "on_behalf")
    list_select_related = ("company", "building", "returned")
    search_fields = ("=company__inn", "company__name")
    ordering = ("-id",)
    paginator = CappedPaginator
    fields = (
        "company",
        "building",
        "form",
        "year",
        "version",
        "published_at",
        "published_by",
        "on_behalf",
        "page",
        "back",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publication]:
        """Join what each row shows."""
        rows = super().get_queryset(request)
        return rows.select_related("company", "building", "form", "published_by", "returned")

    @admin.display(description=gettext_lazy("returned"), boolean=True)
    def is_returned(self, row: Publication) -> bool:
        """Whether staff returned the version."""
        return hasattr(row, "returned")

    @admin.display(description=gettext_lazy("public page"))
    def page(self, row: Publication) -> str:
        """Return a link to the version's page."""
        return format_html('<a href="{}">{}</a>', row.get_absolute_url(), row.get_absolute_url())

    @admin.display(description=gettext_lazy("returned"))
    def back(self, row: Publication) -> str:
        """Return the remark, or a link to write one."""
        returned = getattr(row, "returned", None)
        if returned:
            return str(returned.remark)
        url = reverse("admin:disclosure_publication_return", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _("Return with a remark"))

    def get_urls(self) -> list[URLPattern]:
        """Add the page that returns a version."""
        return [
            path(
                "<int:pk>/return/",
                self.admin_site.admin_view(self.return_page),
                name="disclosure_publication_return",
            ),
            *super().get_urls(),
        ]

    def return_page(self, request: ActorRequest, pk: int) -> HttpResponse:
        """Ask for the remark; a POST returns the version."""
        actor: Any = request.actor
        if not request.user.has_perm(RETURN) or not isinstance(actor, Operator):
            raise PermissionDenied
        publication = get_object_or_404(self.get_queryset(request), pk=pk)
        form = RemarkForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                publishing.return_with_remark(
                    publication, remark=form.cleaned_data["remark"], by=actor, at=now()
                )
            except publishing.Refused as refused:
                form.add_error("remark", refused.message)
            else:
                messages.success(request, _("Returned. The company's people get a letter."))
                return redirect("admin:disclosure_publication_change", pk)
        return render(
            request,
            "admin/disclosure/publication/return.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Return with a remark"),
                "publication": publication,
                "form": form,
                "opts": self.opts,
            },
        )
