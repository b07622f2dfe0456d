"""The pages of filing: each parses, asks one rule, and shows the next question."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import CodeHolder, Operator, Resident
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from accounts.models import User
from accounts.phones import LONGEST_INPUT
from disclosure import address_search
from disclosure.answerable import answerable
from disclosure.models import Residence
from requests_app import access, calendar, deadlines, intake, tracking_code
from requests_app.filing import drafts, forms, house, matters, photos, sending, steps
from requests_app.limits import too_many
from requests_app.models import Category, Draft, Incident, Norm
from requests_app.tracking import holding
from requests_app.typed_text import one_line

# Longer is cut: a draft must not become a store. Intake then says what is too long.
_LINE = 300
_TEXT = 20_000


def _line(data: QueryDict, name: str, most: int = _LINE) -> str:
    return one_line(data.get(name, "")[: most * 4])[:most]


def _number(text: str | None) -> int:
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _open_draft(http: ActorRequest, *, at: datetime) -> Draft | None:
    """Return the draft being written; one already sent is none."""
    draft = drafts.of(http, at=at)
    return None if draft is None or drafts.number_of(draft) else draft


def _sent_page(draft: Draft) -> HttpResponse:
    return redirect("requests_app:sent", drafts.number_of(draft))


def _page(
    http: ActorRequest, question: steps.Question, template: str, values: dict[str, Any]
) -> HttpResponse:
    wrong = bool(values.get("form") and values["form"].errors) or bool(values.get("errors"))
    values = {"question": question, "progress": steps.shown(question), **values}
    return render(http, template, values, status=422 if wrong else 200)


def _way_to(
    http: ActorRequest, question: steps.Question, *, at: datetime
) -> tuple[Draft | None, HttpResponse | None]:
    """Return the draft, or the page to go to instead of this question."""
    draft = drafts.of(http, at=at)
    if draft is None:
        return None, redirect("requests_app:new")
    if drafts.number_of(draft):
        return None, _sent_page(draft)
    gap = steps.gap_before(question, draft.answers, (), by=http.actor, at=at)
    if gap is not None:
        return None, redirect(gap.url)
    if steps.QUESTIONS.index(question) > 1 and steps.stop_of(draft.answers):
        return None, redirect("requests_app:new_stop")
    return draft, None


def _residence(http: ActorRequest) -> Residence | None:
    if not isinstance(http.actor, Resident):
        return None
    return Residence.objects.select_related("building").filter(user_id=http.actor.id).first()


@never_cache
@require_http_methods(["GET", "POST"])
def new(http: ActorRequest) -> HttpResponse:
    """Ask for the house; once it is chosen, say what is known there."""
    return _answer_address(http) if http.method == "POST" else _ask_address(http)


def _ask_address(http: ActorRequest) -> HttpResponse:
    at = now()
    asked = one_line(http.GET.get("q", ""))[:200]
    category = one_line(http.GET.get("category", ""))[:64]
    values: dict[str, Any] = {"q": asked, "category": category}
    if asked:
        day = timezone.localtime(at).date()
        values["found"] = address_search.find(asked, on=day, limit=10)
        if http.htmx and http.htmx.target == "found":  # type: ignore[attr-defined]
            return render(http, "requests_app/filing/address.html#found", values)
    draft = _open_draft(http, at=at)
    answers = draft.answers if draft else {}
    home = _residence(http)
    building = _number(http.GET.get("building"))
    if not building and "q" not in http.GET:
        building = answers.get("building") or (home.building_id if home else 0)
    initial = {}
    if building and building == answers.get("building"):
        initial = {name: answers.get(name, "") for name in ("entrance", "flat", "home")}
    elif home and building == home.building_id:
        initial = {"flat": home.flat}
    form = forms.AddressForm(initial=initial, has_account=isinstance(http.actor, Resident))
    return _address_page(http, form, building, {**values, "draft": draft, "home": home}, at=at)


def _address_page(
    http: ActorRequest,
    form: forms.AddressForm,
    building: int,
    values: dict[str, Any],
    *,
    at: datetime,
) -> HttpResponse:
    chosen = house.known(building, at=at) if building else None
    return _page(
        http,
        steps.ADDRESS,
        "requests_app/filing/address.html",
        {**values, "form": form, "house": chosen},
    )


def _answer_address(http: ActorRequest) -> HttpResponse:
    at = now()
    building = _number(http.POST.get("building"))
    has_account = isinstance(http.actor, Resident)
    said: dict[str, Any] = {
        "building": building,
        "entrance": _line(http.POST, "entrance"),
        "flat": _line(http.POST, "flat"),
        "home": has_account and http.POST.get("home") == "on",
        "incident": None,
    }
    joined = _number(http.POST.get("join"))
    incident = (
        Incident.objects.open_at(at)
        .at_building(building)
        .select_related("category")
        .filter(pk=joined)
        .first()
        if joined
        else None
    )
    category = _line(http.POST, "category", 64)
    draft = _open_draft(http, at=at)
    if incident is not None:
        said["incident"] = incident.pk
        said["category"] = incident.category.slug
        # Nobody types again what everybody knows; words of one's own stay.
        if not (draft and draft.answers.get("description")):
            said["description"] = _("The same here: %(title)s") % {"title": incident.title}
    elif category:
        said.update(_prefilled(category))
    answers = {**(draft.answers if draft else {}), **said}
    wrong = steps.wrong_at(
        steps.ADDRESS,
        intake.check(steps.new_request(answers, (), by=http.actor), by=http.actor, at=at),
    )
    form = forms.AddressForm(http.POST, has_account=has_account)
    if wrong:
        form.is_valid()
        form.blame(wrong)
        values = {"category": category, "draft": draft}
        return _address_page(http, form, building, values, at=at)
    draft = drafts.write(draft or drafts.start(by=http.actor, at=at), said, at=at)
    there = steps.CONTACT if incident else steps.WORDS if said.get("category") else steps.MATTER
    answer = redirect(there.url)
    drafts.remember(answer, draft, http)
    return answer


def _prefilled(slug: str) -> dict[str, str]:
    """Return the answers that ?category= stands for: a matter, or the group to open."""
    found = Category.objects.filter(slug=slug, is_open=True).first()
    if found is None:
        return {}
    if found.parent_id is None:
        return {"group": slug}
    return {"category": slug}


@never_cache
@require_http_methods(["GET", "POST"])
def matter(http: ActorRequest) -> HttpResponse:
    """Ask what it is about: a group and its matters, or everyday words."""
    at = now()
    draft, elsewhere = _way_to(http, steps.MATTER, at=at)
    if draft is None:
        return elsewhere or redirect("requests_app:new")
    error = ""
    if http.method == "POST":
        slug = _line(http.POST, "category", 64)
        said = {"category": slug, "incident": None}
        new_request = steps.new_request({**draft.answers, **said}, (), by=http.actor)
        wrong = steps.wrong_at(steps.MATTER, intake.check(new_request, by=http.actor, at=at))
        if not wrong:
            drafts.write(draft, said, at=at)
            return redirect(steps.WORDS.url)
        error = wrong["category"]
    elif draft.answers.get("category"):
        # A matter closed since it was chosen: say so where it is chosen.
        new_request = steps.new_request(draft.answers, (), by=http.actor)
        wrong = steps.wrong_at(steps.MATTER, intake.check(new_request, by=http.actor, at=at))
        error = wrong.get("category", "")
    asked = one_line(http.GET.get("q", ""))[:200]
    groups = matters.groups(at)
    values = {
        "q": asked,
        "found": matters.search(asked, groups) if asked else None,
        "groups": groups,
        "chosen": draft.answers.get("category", ""),
        "open_group": http.GET.get("group") or draft.answers.get("group", ""),
        "errors": [{"text": error, "href": ""}] if error else [],
    }
    if http.htmx and http.htmx.target == "found":  # type: ignore[attr-defined]
        return render(http, "requests_app/filing/matter.html#found", values)
    return _page(http, steps.MATTER, "requests_app/filing/matter.html", values)


@never_cache
@require_http_methods(["GET", "POST"])
def stop(http: ActorRequest) -> HttpResponse:
    """Stop before a dangerous matter with the phones to call, or say who else answers."""
    at = now()
    draft, elsewhere = _way_to(http, steps.MATTER, at=at)
    if draft is None:
        return elsewhere or redirect("requests_app:new")
    category = Category.objects.filter(slug=draft.answers.get("category", "")).first()
    if category is None:
        return redirect(steps.MATTER.url)
    if http.method == "POST":
        drafts.write(draft, {"warned": category.slug}, at=at)
        return redirect(steps.CONTACT.url if draft.answers.get("incident") else steps.WORDS.url)
    if not category.stop_kind:
        return redirect(steps.WORDS.url)
    values = {
        "category": category,
        "house": house.known(draft.answers["building"], at=at),
        "is_gas": _answers_gas(category, at=at),
    }
    return _page(http, steps.MATTER, "requests_app/filing/stop.html", values)


def _answers_gas(category: Category, *, at: datetime) -> bool:
    norm = Norm.objects.filter(
        category=category, in_force__contains=timezone.localtime(at).date()
    ).first()
    return norm is not None and (norm.utility == "gas" or norm.answers == "gas_service")


@never_cache
@require_http_methods(["GET", "POST"])
def words(http: ActorRequest) -> HttpResponse:
    """Ask what happened; take photos, at once by script or together with the form."""
    at = now()
    draft, elsewhere = _way_to(http, steps.WORDS, at=at)
    if draft is None:
        # A script that saves in the background follows no redirect to a page.
        return elsewhere or redirect("requests_app:new")
    if http.method != "POST":
        form = forms.WordsForm(initial={"description": draft.answers.get("description", "")})
        return _words_page(http, form, draft)
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
        wrong_files = photos.add(draft, form.cleaned_data.get("photos", ()), by=http.actor, at=at)
    except drafts.Gone:
        return redirect("requests_app:new")
    for text in wrong_files:
        form.add_error("photos", text)
    if http.htmx:  # type: ignore[attr-defined]
        return _words_page(http, form, draft, part="#photos")
    if removed or "add" in http.POST:
        return _words_page(http, form, draft) if wrong_files else redirect(steps.WORDS.url)
    kept = tuple(upload.pk for upload in drafts.uploads_of(draft))
    new_request = steps.new_request(draft.answers, kept, by=http.actor)
    wrong = steps.wrong_at(steps.WORDS, intake.check(new_request, by=http.actor, at=at))
    form.blame({"photos" if name == "uploads" else name: text for name, text in wrong.items()})
    if form.errors:
        return _words_page(http, form, draft)
    return redirect(steps.CONTACT.url)


def _words_page(
    http: ActorRequest, form: forms.WordsForm, draft: Draft, *, part: str = ""
) -> HttpResponse:
    values = {"form": form, "photos": photos.shown(draft)}
    if part:
        return render(http, f"requests_app/filing/words.html{part}", values)
    values["category"] = Category.objects.filter(slug=draft.answers.get("category", "")).first()
    return _page(http, steps.WORDS, "requests_app/filing/words.html", values)


@never_cache
@require_http_methods(["GET", "POST"])
def contact(http: ActorRequest) -> HttpResponse:
    """Ask how to answer; a resident with an account finds it filled in."""
    at = now()
    draft, elsewhere = _way_to(http, steps.CONTACT, at=at)
    if draft is None:
        return elsewhere or redirect("requests_app:new")
    if http.method != "POST":
        initial = {
            name: draft.answers[name]
            for name in ("name", "email", "phone", "consent", "public")
            if name in draft.answers
        }
        if not initial and isinstance(http.user, User) and not isinstance(http.actor, Operator):
            person = http.user
            initial = {"name": person.name, "email": person.email, "phone": person.phone}
        return _page(
            http,
            steps.CONTACT,
            "requests_app/filing/contact.html",
            {"form": forms.ContactForm(initial=initial)},
        )
    said = {
        "name": _line(http.POST, "name"),
        "email": _line(http.POST, "email"),
        "phone": _line(http.POST, "phone", LONGEST_INPUT + 1),
        "consent": http.POST.get("consent") == "on",
        "public": http.POST.get("public") == "on",
    }
    draft = drafts.write(draft, said, at=at)
    new_request = steps.new_request(draft.answers, (), by=http.actor)
    form = forms.ContactForm(http.POST)
    form.is_valid()
    form.blame(steps.wrong_at(steps.CONTACT, intake.check(new_request, by=http.actor, at=at)))
    if form.errors:
        return _page(http, steps.CONTACT, "requests_app/filing/contact.html", {"form": form})
    return redirect(steps.CHECK.url)


@never_cache
@require_http_methods(["GET", "POST"])
def check(http: ActorRequest) -> HttpResponse:
    """Show everything once more; a press sends it, and only the first press counts."""
    at = now()
    draft = drafts.of(http, at=at)
    if draft is None:
        return redirect("requests_app:new")
    if http.method == "POST":
        if http.POST.get("key") != str(draft.key):
            # A page left open from an earlier request: show what would be sent now.
            return _sent_page(draft) if drafts.number_of(draft) else redirect(steps.CHECK.url)
        try:
            sent = sending.send(draft, by=http.actor, address=client_address(http), at=at)
        except access.TooManyRequests as many:
            return too_many(http, str(many), many.retry_after_seconds)
        except drafts.Gone:
            return redirect("requests_app:new")
        except intake.Invalid as invalid:
            wrong = steps.first_wrong(invalid.errors) or steps.ADDRESS
            if wrong is steps.CHECK:
                drafts.write(draft, {"incident": None}, at=at)
                return redirect(steps.CHECK.url)
            return redirect(wrong.url)
        answer = redirect("requests_app:sent", sent.number)
        holding.keep(answer, CodeHolder(number=sent.number, code_hash=sent.code_hash), http)
        return answer
    written, elsewhere = _way_to(http, steps.CHECK, at=at)
    if written is None:
        return elsewhere or redirect("requests_app:new")
    return _page(http, steps.CHECK, "requests_app/filing/check.html", _promise(written, at=at))


def _promise(draft: Draft, *, at: datetime) -> dict[str, Any]:
    """Return the answers and what the portal would promise for them now."""
    answers, local = draft.answers, timezone.localtime(at)
    norm = (
        Norm.objects.select_related("category__parent")
        .filter(category__slug=answers["category"], in_force__contains=local.date())
        .get()
    )
    promised = deadlines.promise(
        norm.limits(), registered_at=at, calendar=calendar.current(local.year), zone=local.tzinfo
    )
    return {
        "answers": answers,
        "draft": draft,
        "norm": norm,
        "house": house.known(answers["building"], at=at),
        "who": answerable(answers["building"], norm.answers, norm.utility, local.date()),
        "due": deadlines.in_words(promised.due_at, now=at, zone=local.tzinfo),
        "photos": photos.shown(draft),
        "incident": Incident.objects.filter(pk=answers.get("incident")).first()
        if answers.get("incident")
        else None,
    }


@never_cache
@require_safe
def sent(http: ActorRequest, number: str) -> HttpResponse:
    """Show the number and the code to whoever filed it; loading the page again files nothing."""
    at = now()
    found = holding.find(http, http.actor, number)
    if found is None or not isinstance(found[1], Resident | CodeHolder):
        raise Http404
    item = found[0]
    code = tracking_code.of(item) or ""
    path = reverse("requests_app:request", args=[item.number])
    values = {
        "item": item,
        "code": code,
        "due": deadlines.in_words(item.due_at, now=at, zone=timezone.get_current_timezone()),
        "link": http.build_absolute_uri(f"{path}?{urlencode({'code': code})}" if code else path),
        "has_email": item.contact.email != "",
    }
    answer = render(http, "requests_app/filing/sent.html", values)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_POST
def discard(http: ActorRequest) -> HttpResponse:
    """Throw the draft away and begin anew."""
    draft = drafts.of(http, at=now())
    if draft is not None:
        drafts.discard(draft)
    answer = redirect(f"{reverse('requests_app:new')}?q=")
    drafts.forget(answer)
    return answer
