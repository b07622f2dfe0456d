"""Pages of the questions: answers for everybody, asking, and the asker's own page."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import idempotency, keyset
from accounts.actors import Resident
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from accounts.needed_fields import shown_as_needed
from outreach import senders
from outreach.guides import markdown, search
from outreach.models import Question, Topic
from outreach.questions import asking
from outreach.questions.asking import TEXT_MAX, NewQuestion
from requests_app.limits import too_many

SIZE = 20
GUIDES = 3
_ID_MAX = 2**31 - 1


class QuestionForm(forms.Form):
    """A question; asking.checked judges what is typed."""

    use_required_attribute = False
    topic = forms.ChoiceField(label=gettext_lazy("What it is about"), choices=Topic.choices)
    text = forms.CharField(
        label=gettext_lazy("Your question"),
        help_text=gettext_lazy("What happened, what you did, what was answered."),
        widget=forms.Textarea(attrs={"rows": 6, "data-limit": TEXT_MAX}),
    )
    name = forms.CharField(
        label=gettext_lazy("How to address you"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        max_length=300,
        help_text=gettext_lazy("The answer comes here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    may_publish = forms.BooleanField(
        label=gettext_lazy("The answer may be published without my name and address"),
        required=False,
    )
    consent = forms.BooleanField(
        label=gettext_lazy("I agree that my name and contact are kept for the answer")
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("topic", "text", "email", "consent"):
            shown_as_needed(self.fields[name])

    def question(self) -> NewQuestion:
        """Return what was typed."""
        return NewQuestion(
            **{name: value for name, value in self.cleaned_data.items() if name != "key"}
        )


@require_safe
def index(http: ActorRequest) -> HttpResponse:
    """Show the published answers, newest first, or those that hold the words."""
    asked = " ".join(http.GET.get("q", "").replace("\x00", " ").split())[:200]
    topic = http.GET.get("topic", "")
    rows = Question.objects.published().light()
    if topic in Topic.values:
        rows = rows.filter(topic=topic)
    if asked:
        rows = rows.with_words(asked)
    try:
        page = keyset.page(
            rows, ["-published_at", "-id"], size=SIZE, cursor=http.GET.get("cursor", "")[:500]
        )
    except keyset.BadCursor as bad:
        messages.error(http, str(bad))
        return redirect("outreach:questions")
    values = {
        "q": asked,
        "topic": topic,
        "topics": Topic.choices,
        "page": page,
        "guides": search.find(asked)[:GUIDES] if asked else [],
    }
    return render(http, "outreach/questions/index.html", values)


@require_safe
def question(http: ActorRequest, pk: int) -> HttpResponse:
    """Show one published answer."""
    rows = Question.objects.published().select_related("guide").defer("search")
    found = get_object_or_404(rows, pk=min(pk, _ID_MAX))
    html = markdown.to_html(found.public_answer)
    return render(http, "outreach/questions/question.html", {"question": found, "html": html})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(http: ActorRequest) -> HttpResponse:
    """Ask a question."""
    form = QuestionForm(http.POST) if http.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            asking.count_asking(address=client_address(http), at=now())
            made = asking.ask(
                form.question(),
                user_id=http.actor.id if isinstance(http.actor, Resident) else None,
                at=now(),
                idempotency_key=form.cleaned_data["key"],
            )
        except senders.TooMany as many:
            return too_many(http, str(many), many.retry_after_seconds)
        except senders.Invalid as invalid:
            for name, words in invalid.errors.items():
                form.add_error(name, words)
        except idempotency.KeyReused:
            form.add_error(None, _("This form was sent before."))
        else:
            messages.success(http, _("Your question is taken in."))
            return redirect("outreach:own_question", asking.token_of(made))
    if form is None:
        initial = {"key": uuid.uuid4().hex, "text": http.GET.get("q", "")[:200]}
        if isinstance(http.actor, Resident):
            initial |= {"name": http.user.name, "email": http.user.email}  # type: ignore[union-attr]
        form = QuestionForm(initial=initial)
    return render(
        http, "outreach/questions/ask.html", {"form": form}, status=422 if form.is_bound else 200
    )


@never_cache
@require_safe
def own(http: ActorRequest, token: str) -> HttpResponse:
    """Show the asker the question, and the answer once it is there."""
    uid = asking.uid_in(token)
    if uid is None:
        raise Http404
    rows = Question.objects.filter(erased_at=None).select_related("guide").defer("search")
    found = get_object_or_404(rows, uid=uid)
    is_answered = found.answered_at is not None
    values = {
        "question": found,
        "is_answered": is_answered,
        "html": markdown.to_html(found.answer) if is_answered else "",
    }
    answer = render(http, "outreach/questions/own.html", values)
    answer["Referrer-Policy"] = "same-origin"
    return answer
