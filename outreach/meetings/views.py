"""Pages of owners' meetings: calculators and the kit of papers. No account, nothing stored."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import ActorRequest
from disclosure import address_search, facts
from disclosure.models import Building
from disclosure.sheets.writing import XLSX_TYPE
from outreach.meetings import ballots, dates, papers, printing, table
from outreach.meetings import kit as kits
from outreach.meetings.calculator import Calculator, kinds_on
from requests_app.typed_text import one_line

FOUND = 8
PAPER_WORDS = {
    papers.PaperKind.NOTICE: _("Notice of the meeting"),
    papers.PaperKind.BALLOT: _("Decision of an owner (ballot)"),
    papers.PaperKind.REGISTER: _("Register of those who take part"),
    papers.PaperKind.PROTOCOL: _("Protocol"),
}
_ID_MAX = 2**31 - 1


def house_of(data: QueryDict) -> Building | None:
    """Return the house that ?house= names, None for what names none."""
    asked = data.get("house", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 11 and int(asked) <= _ID_MAX):
        return None
    return Building.objects.filter(pk=int(asked)).first()


@require_safe
def votes(http: ActorRequest) -> HttpResponse:
    """Count quorum and majorities from totals; the address of the page is the whole state."""
    house = house_of(http.GET)
    asked = Calculator(http.GET, kinds=kinds_on(localdate()), house=house)
    found = asked.count() if asked.is_asked else None
    address = reverse("outreach:votes")
    values: dict[str, Any] = {
        "asked": asked,
        "house": house,
        "found": found,
        "errors": asked.errors() if asked.is_asked else [],
        "link": f"{settings.PUBLIC_URL}{address}?{asked.query}",
    }
    status = 422 if asked.is_asked and found is None else 200
    return render(http, "outreach/meetings/votes.html", values, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def votes_table(http: ActorRequest) -> HttpResponse:
    """Count a table of flats; a POST because the table is large, not because anything is kept."""
    kinds = kinds_on(localdate())
    if http.method != "POST":
        return render(http, "outreach/meetings/table.html", {"form": table.TableForm(kinds=kinds)})
    form = table.TableForm(http.POST, http.FILES, kinds=kinds)
    if not form.is_valid() or form.tally is None:
        values: dict[str, Any] = {
            "form": form,
            "wrongs": form.wrongs[: ballots.SHOWN_WRONGS],
            "wrong_count": len(form.wrongs),
        }
        return render(http, "outreach/meetings/table.html", values, status=422)
    found = table.shown(form)
    if "sheet" in http.POST:
        return _file(table.result_sheet(found), "votes.xlsx")
    values = {
        "form": form,
        "found": found,
        "tally": form.tally,
        "parts": table.parts(form.tally),
        "selects": form.selects(),
    }
    return render(http, "outreach/meetings/table.html", values)


@require_safe
@cache_control(public=True, max_age=3600)
def votes_template(http: ActorRequest) -> HttpResponse:
    """Return the table to fill in."""
    return _file(table.template(), "votes-template.xlsx")


@require_safe
def kit(http: ActorRequest) -> HttpResponse:
    """Choose the house, then dates and agenda, then take the papers; the address is the state."""
    house = house_of(http.GET)
    asked = one_line(http.GET.get("q", ""))[: address_search.LONGEST]
    today = localdate()
    purpose = kits.Purpose(
        http.GET["purpose"] if http.GET.get("purpose") in kits.Purpose.values else "meeting"
    )
    values: dict[str, Any] = {"q": asked, "house": house, "purpose": purpose.value}
    if house is None:
        if asked:
            values["found"] = address_search.find(asked, on=today, limit=FOUND)
        return render(http, "outreach/meetings/kit_house.html", values)
    kinds = kinds_on(today)
    if "starts_on" not in http.GET:
        values["form"] = kits.KitForm(initial=kits.initial(today, purpose), kinds=kinds)
        return render(http, "outreach/meetings/kit_form.html", values)
    form = kits.KitForm(http.GET, kinds=kinds)
    values["form"] = form
    if not form.is_valid():
        return render(http, "outreach/meetings/kit_form.html", values, status=422)
    if "change" in http.GET:
        return render(http, "outreach/meetings/kit_form.html", values)
    query = kits.query(http.GET)
    plan = form.plan()
    is_tos = form.cleaned_data["purpose"] == kits.Purpose.TOS
    result = None if is_tos else kits.result(form, form.questions(), http.GET)
    counted = result.count() if result is not None and "present" in http.GET else None
    is_wrong = result is not None and "present" in http.GET and counted is None
    values |= {
        "questions": form.questions(),
        "plan": plan,
        "remarks": [] if is_tos else dates.remarks(plan),
        "is_tos": is_tos,
        "papers": [
            {"kind": one.value, "word": PAPER_WORDS[one]}
            for one in papers.kinds_of(kits.Purpose(form.cleaned_data["purpose"]))
        ],
        "query": query,
        "kept": [
            (name, value)
            for name, many in http.GET.lists()
            for value in many
            if name not in {"total", "present"} and not name[1:2].isdigit()
        ],
        "result": result,
        "asked": list(zip(form.questions(), result.questions, strict=True)) if result else [],
        "counted": counted,
        "errors": result.errors() if result is not None and is_wrong else [],
        "link": f"{settings.PUBLIC_URL}{reverse('outreach:kit')}?{query}",
    }
    return render(http, "outreach/meetings/kit.html", values, status=422 if is_wrong else 200)


@require_safe
def paper(http: ActorRequest, name: str, ext: str) -> HttpResponse:
    """Return a paper of the kit that the address describes, or all of them as a ZIP; else 404."""
    house = house_of(http.GET)
    form = kits.KitForm(http.GET, kinds=kinds_on(localdate()))
    if house is None or not form.is_valid():
        raise Http404
    company = next(
        (term.company for term in facts.terms_of(house, on=localdate()) if term.is_current), None
    )
    with translation.override(printing.LANGUAGE):
        made = kits.made(form, house, company=str(company or ""), data=http.GET)
        if (name, ext) == ("kit", "zip"):
            return _file(printing.archive(made), "kit.zip", "application/zip")
        if name not in papers.kinds_of(made.purpose):
            raise Http404
        item = papers.paper(papers.PaperKind(name), made)
        if ext == "pdf":
            answer = _file(printing.pdf(item), f"{name}.pdf", printing.PDF_TYPE)
            answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
            return answer
        if ext == "docx":
            return _file(printing.docx(item), f"{name}.docx", printing.DOCX_TYPE)
    raise Http404


def _file(body: bytes, name: str, media_type: str = XLSX_TYPE) -> HttpResponse:
    answer = HttpResponse(body, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
