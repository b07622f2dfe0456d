"""The third question: what happened, in the person's own words and photos."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from disclosure.panels import Maker, make
from requests_app import intake
from requests_app.filing import drafts, forms, photos, steps
from requests_app.filing.pages import way
from requests_app.models import Category, Draft

# Longer is cut: a draft must not become a store. Intake then says what is too long.
_TEXT = 20_000


@never_cache
@require_http_methods(["GET", "POST"])
def words(http: ActorRequest, panels: Sequence[Maker] = ()) -> HttpResponse:
    """Ask what happened; take photos, at once by script or together with the form."""
    at = now()
    draft = way.to(http, steps.WORDS, at=at)
    if isinstance(draft, HttpResponse):
        return draft
    if http.method != "POST":
        form = forms.WordsForm(initial={"description": draft.answers.get("description", "")})
        return _words_page(http, form, draft, panels, at=at)
    typed = http.POST.get("description", "")[:_TEXT].replace("\x00", "")
    draft = drafts.write(draft, {"description": typed}, at=at)
    if http.headers.get("X-Autosave"):
        return HttpResponse(status=204)
    form = forms.WordsForm(http.POST, http.FILES)
    form.is_valid()
    removed = http.POST.get("remove", "")
    if removed:
        try:
            drafts.remove_upload(draft, uuid.UUID(removed))
        except ValueError:
            raise Http404 from None
    try:
        wrong_files = photos.add(
            draft,
            form.cleaned_data.get("photos", ()),
            by=http.actor,
            address=client_address(http),
            at=at,
        )
    except drafts.Gone:
        return redirect("requests_app:new")
    for text in wrong_files:
        form.add_error("photos", text)
    if http.htmx:  # type: ignore[attr-defined]
        return render(http, "requests_app/filing/words.html#photos", _words_values(form, draft))
    if removed or "add" in http.POST:
        return (
            _words_page(http, form, draft, panels, at=at)
            if wrong_files
            else redirect(steps.WORDS.url)
        )
    kept = tuple(upload.pk for upload in drafts.uploads_of(draft))
    new_request = steps.new_request(
        draft.answers, kept, by=http.actor, holder=drafts.holder_of(draft)
    )
    wrong = steps.wrong_at(steps.WORDS, intake.check(new_request, by=http.actor, at=at))
    form.blame({"photos" if name == "uploads" else name: text for name, text in wrong.items()})
    if form.errors:
        return _words_page(http, form, draft, panels, at=at)
    return redirect(steps.CONTACT.url)


def _words_values(form: forms.WordsForm, draft: Draft) -> dict[str, Any]:
    return {"form": form, "photos": photos.shown(draft)}


def _words_page(
    http: ActorRequest,
    form: forms.WordsForm,
    draft: Draft,
    panels: Sequence[Maker],
    *,
    at: datetime,
) -> HttpResponse:
    category = Category.objects.filter(slug=draft.answers.get("category", "")).first()
    values = {
        **_words_values(form, draft),
        "category": category,
        "panels": make(panels, category, actor=http.actor, at=at),
    }
    return way.page(http, steps.WORDS, "requests_app/filing/words.html", values)
