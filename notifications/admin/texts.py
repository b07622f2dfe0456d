"""Texts of letters: what may be changed, changing it with a preview, and going back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import rendering
from notifications.admin import frame
from notifications.models import LetterText
from notifications.texts import samples, versions
from notifications.texts.fields import edited_templates, fields_of

_VERSIONS = 30
EDIT = "notifications_lettertext_edit"


class WordsForm(forms.ModelForm):
    """The parts of a text; what may stand in them the rules say."""

    class Meta:
        model = LetterText
        fields = versions.PARTS
        widgets = {
            "body": forms.Textarea({"rows": 12}),
            "short": forms.Textarea({"rows": 3}),
        }
        help_texts = {
            "body": gettext_lazy(
                "Why the letter came, how to stop it and our phone are put below it."
            ),
            "button": gettext_lazy("Of the one thing to do: it leads to the matter's page."),
            "short": gettext_lazy("Empty: the subject is sent."),
        }

    def words(self) -> versions.Words:
        """Return what was written."""
        return versions.Words(**{part: self.cleaned_data[part] for part in versions.PARTS})


@admin.register(LetterText)
class LetterTextAdmin(frame.ShownOnly):
    """Every version is kept; the newest holds."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page of a letter in a language."""
        edit = self.admin_site.admin_view(self.edit)
        return [
            path(
                "letter/<path:template>/<slug:language>/",
                edit,
                name="notifications_lettertext_edit",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show every letter with the version that holds in each language."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        names = edited_templates()
        held = {code: versions.holding(names, code) for code, _word in settings.LANGUAGES}
        rows = [
            {
                "name": name,
                "what": _what(name),
                "languages": [
                    {
                        "word": word,
                        "href": reverse("admin:notifications_lettertext_edit", args=[name, code]),
                        "text": held[code].get(name),
                    }
                    for code, word in settings.LANGUAGES
                ],
            }
            for name in names
        ]
        return TemplateResponse(
            request,
            "admin/notifications/texts.html",
            frame.values(request, LetterText, title=_("Texts of letters"), rows=rows),
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the letter that the version is of."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return redirect(
            "admin:notifications_lettertext_edit", template=row.template, language=row.language
        )

    def edit(self, request: HttpRequest, template: str, language: str) -> HttpResponse:
        """Show the text with its preview; POST previews, publishes, restores or gives back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if template not in edited_templates() or language not in dict(settings.LANGUAGES):
            raise Http404
        here = reverse("admin:notifications_lettertext_edit", args=[template, language])
        held = versions.holding([template], language).get(template)
        form = WordsForm(request.POST or None, instance=held or LetterText())
        if request.method == "POST":
            done = self._act(request, form, template, language)
            if done:
                return redirect(here)
        shown = _unsaved(form) if request.method == "POST" else held
        return TemplateResponse(
            request,
            "admin/notifications/text.html",
            frame.values(
                request,
                LetterText,
                title=_what(template),
                form=form,
                name=template,
                language=dict(settings.LANGUAGES)[language],
                held=held,
                fields=_fields(template),
                preview=_preview(template, language, shown),
                versions=LetterText.objects.filter(template=template, language=language)
                .select_related("published_by")
                .order_by("-number")[:_VERSIONS],
                can_change=self.has_change_permission(request),
            ),
        )

    def _act(self, request: HttpRequest, form: WordsForm, template: str, language: str) -> bool:
        """Do what was asked for and say whether the page is to be shown anew."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        by, at = request.user.pk, now()
        try:
            if "restore" in request.POST:
                number = request.POST["restore"]
                rows = LetterText.objects.filter(template=template, language=language)
                old = get_object_or_404(rows, number=number if number.isdecimal() else 0)
                versions.restore(old, by=by, at=at)
            elif "own" in request.POST:
                versions.publish(template, language, None, by=by, at=at)
            elif not form.is_valid():
                return False
            elif "publish" in request.POST:
                versions.publish(template, language, form.words(), by=by, at=at)
            else:
                wrong = versions.faults(template, form.words())
                if wrong:
                    raise versions.Refused(wrong)
                return False
        except versions.Refused as refused:
            for part, lines in refused.faults.items():
                form.add_error(part, lines) if form.is_bound else None
            return False
        messages.success(request, _("It holds for every letter that leaves from now on."))
        return True


def _what(template: str) -> str:
    """Return what the letter tells of: the words of its subject with invented values."""
    values = {**samples.values_of(template), "city": settings.CITY}
    return rendering.subject_of(template, values) or template


def _unsaved(form: WordsForm) -> LetterText | None:
    if form.errors or not form.is_bound:
        return None
    return LetterText(**{part: form.cleaned_data[part] for part in versions.PARTS})


def _preview(template: str, language: str, text: LetterText | None) -> rendering.Rendered:
    with translation.override(language):
        return rendering.letter(
            template,
            samples.values_of(template),
            why=_("You filed request %(number)s.") % {"number": "26-000123"},
            unsubscribe=f"{settings.PUBLIC_URL}/",
            language=language,
            edited=text,
        )


def _fields(template: str) -> list[tuple[str, list[str]]]:
    """Return the fields that may stand in the text, lists with those of their rows."""
    fields = fields_of(template)
    return [
        *((name, []) for name in sorted(fields.plain)),
        *((name, sorted(columns)) for name, columns in sorted(fields.rows.items())),
        *((f"city.{name}", []) for name in ("name", "center_name", "center_phone")),
    ]
