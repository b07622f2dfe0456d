"""Ready answers at the desk of the editors: fields checked, and a preview before saving."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app import steps
from requests_app.admin.titles import PluralTitle
from requests_app.desk import answers
from requests_app.models import AnswerTemplate


def places() -> list[tuple[str, Any]]:
    """Return the steps in which an operator writes to the resident, and the plain answer."""
    named: dict[str, Any] = {"comment": gettext_lazy("Answer to the resident")}
    for step in steps.STEPS:
        if steps.Role.OPERATOR in step.by:
            named.setdefault(step.name, step.label)
    return list(named.items())


class AnswerForm(forms.ModelForm):
    """Steps are ticked, not typed."""

    steps = forms.MultipleChoiceField(
        label=capfirst(gettext_lazy("where it is offered")),
        help_text=gettext_lazy("Nothing chosen: everywhere."),
        choices=places,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = AnswerTemplate
        fields = ("name", "text", "steps", "position", "is_used")


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(PluralTitle):
    """The ready answers."""

    form = AnswerForm
    list_display = ("name", "offered_in", "position", "is_used")
    list_filter = ("is_used",)
    search_fields = ("name", "text")
    fields = ("name", "text", "fields_words", "steps", "position", "is_used")
    readonly_fields = ("fields_words",)
    change_form_template = "admin/requests_app/answertemplate/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the preview."""
        preview = path(
            "preview/",
            self.admin_site.admin_view(require_POST(self.preview)),
            name="requests_app_answertemplate_preview",
        )
        return [preview, *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Show the typed text with sample values; nothing is saved."""
        self._must_edit(request)
        text = request.POST.get("text", "")[:3000]
        wrong = ""
        try:
            answers.check(text)
        except answers.UnknownFields as unknown:
            wrong = str(unknown)
        return TemplateResponse(
            request,
            "admin/requests_app/answertemplate/preview.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("How the answer reads"),
                "filled": answers.fill(text, answers.sample_values(timezone.now())),
                "wrong": wrong,
            },
            status=422 if wrong else 200,
        )

    def _must_edit(self, request: HttpRequest) -> None:
        from django.core.exceptions import PermissionDenied

        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied

    @admin.display(description=_("where it is offered"))
    def offered_in(self, template: AnswerTemplate) -> str:
        """Return the steps in words."""
        labels = dict(places())
        return ", ".join(str(labels.get(one, one)) for one in template.steps) or _("everywhere")

    @admin.display(description=gettext_lazy("fields"))
    def fields_words(self, _template: AnswerTemplate | None = None) -> SafeString:
        """Return what may stand in braces."""
        return format_html_join(
            "",
            "<div><code>{{{}}}</code> {}</div>",
            ((name, words) for name, words in answers.FIELDS.items()),
        )
