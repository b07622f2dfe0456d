"""The fourth question: how to answer, and the consent to keep it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Operator
from accounts.middleware import ActorRequest
from accounts.models import User
from accounts.phones import LONGEST_INPUT
from requests_app import intake
from requests_app.filing import drafts, forms, steps
from requests_app.filing.pages import way


@never_cache
@require_http_methods(["GET", "POST"])
def contact(http: ActorRequest) -> HttpResponse:
    """Ask how to answer; a resident with an account finds it filled in."""
    at = now()
    draft = way.to(http, steps.CONTACT, at=at)
    if isinstance(draft, HttpResponse):
        return draft
    may_appeal = intake.may_appeal(http.actor)
    if http.method != "POST":
        initial = {
            name: draft.answers[name]
            for name in ("name", "email", "phone", "consent", "public", "is_appeal")
            if name in draft.answers
        }
        if not initial and isinstance(http.user, User) and not isinstance(http.actor, Operator):
            person = http.user
            initial = {"name": person.name, "email": person.email, "phone": person.phone}
        return way.page(
            http,
            steps.CONTACT,
            "requests_app/filing/contact.html",
            {"form": forms.ContactForm(initial=initial, may_appeal=may_appeal)},
        )
    said = {
        "name": way.line(http.POST, "name"),
        "email": way.line(http.POST, "email"),
        "phone": way.line(http.POST, "phone", LONGEST_INPUT + 1),
        "consent": http.POST.get("consent") == "on",
        "public": http.POST.get("public") == "on",
        # The field is shown to whom the site has recognised; another's answer means nothing.
        "is_appeal": may_appeal and http.POST.get("is_appeal") == "on",
    }
    draft = drafts.write(draft, said, at=at)
    new_request = steps.new_request(draft.answers, (), by=http.actor)
    form = forms.ContactForm(http.POST, may_appeal=may_appeal)
    form.is_valid()
    form.blame(steps.wrong_at(steps.CONTACT, intake.check(new_request, by=http.actor, at=at)))
    if form.errors:
        return way.page(http, steps.CONTACT, "requests_app/filing/contact.html", {"form": form})
    return redirect(steps.CHECK.url)
