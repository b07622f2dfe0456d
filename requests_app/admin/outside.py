"""«Разобрать»: letters from outside portals whose house or matter was not certain."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import keyset
from disclosure import address_search
from disclosure.sheets import writing
from requests_app.admin import access, outside_files
from requests_app.lifecycle import Refused
from requests_app.models import (
    Category,
    ExchangeBatch,
    LetterState,
    OutsideLetter,
    OutsideMatter,
    OutsideSource,
)
from requests_app.outside import answers, placing, sorting, taking
from requests_app.outside.sources import SOURCES
from requests_app.suggestion.suggesting import suggest

VIEW = "requests_app.view_outsideletter"
SORT = "requests_app.sort_outsideletter"
LIST = "admin:requests_app_outsideletter_changelist"
PAGE = "admin:requests_app_outsideletter_change"
SIZE = 30


@access.needs(VIEW)
def show_list(http: HttpRequest) -> HttpResponse:
    """Show what waits, the oldest first; or what became of the others, newest first."""
    tab = http.GET.get("tab", "")
    state = LetterState(tab) if tab in LetterState.values else LetterState.TO_SORT
    rows = OutsideLetter.objects.visible_to(access.operator_of(http)).filter(state=state)
    rows = rows.select_related("request").defer("payload")
    try:
        page = keyset.page(
            rows,
            sorting.ORDERS[state],
            size=SIZE,
            cursor=http.GET.get("cursor", "")[:500],
        )
    except keyset.BadCursor as bad:
        messages.error(http, str(bad))
        return redirect(LIST)
    batches = ExchangeBatch.objects.filter(kind="letters").exclude(state="seen")
    return TemplateResponse(
        http,
        "admin/requests_app/outside/list.html",
        access.frame(
            http,
            title=_("Letters from outside portals"),
            rows=[(letter, taking.unclear_words(letter)) for letter in page],
            state=state,
            tabs=[(one, one.label) for one in sorting.ORDERS],
            newer=f"?tab={state}&cursor={page.previous}" if page.previous else "",
            older=f"?tab={state}&cursor={page.next}" if page.next else "",
            batches=batches.select_related("user")[:5],
            sources=OutsideSource.choices,
            can_take=http.user.has_perm(outside_files.TAKE),
        ),
    )


@access.needs(VIEW)
def show(http: HttpRequest, pk: int, *, fault: Refused | None = None) -> HttpResponse:
    """Show one letter with the likely houses and matters; who wrote it is not shown."""
    letter = _find(http, pk)
    at = timezone.now()
    source = SOURCES[letter.source]
    said = letter.payload
    wanted = (http.POST.get("q") or http.GET.get("q") or letter.address)[:200]
    is_open = letter.state == LetterState.TO_SORT
    return TemplateResponse(
        http,
        "admin/requests_app/outside/page.html",
        access.frame(
            http,
            title=f"{letter.get_source_display()}: {letter.number}",
            letter=letter,
            text=said.get("text", ""),
            flat=said.get("flat", ""),
            is_appeal=said.get("is_appeal", False),
            unclear=taking.unclear_words(letter) if is_open else "",
            wanted=wanted,
            houses=address_search.find(wanted, limit=8) if is_open else [],
            house=http.POST.get("building", ""),
            likely=suggest(said.get("text", ""), at=at) if is_open else [],
            matters=_matters(at) if is_open else [],
            matter=http.POST.get("category", "")
            or (placing.matter_named(letter.matter, source, at=at) if is_open else ""),
            can_sort=is_open and http.user.has_perm(SORT),
            fault=fault,
            reason=http.POST.get("reason", ""),
        ),
        status=422 if fault else 200,
    )


def _matters(at: Any) -> list[tuple[str, list[Category]]]:
    tops: dict[str, list[Category]] = {}
    day = timezone.localtime(at).date()
    for leaf in Category.objects.taking_requests(day).select_related("parent").order_by(
        "parent__position", "position", "slug"
    ):  # fmt: skip
        tops.setdefault(leaf.parent.name if leaf.parent else "", []).append(leaf)
    return list(tops.items())


@require_POST
@access.needs(SORT)
def file(http: HttpRequest, pk: int) -> HttpResponse:
    """Make it a request of the chosen house and matter."""
    letter = _find(http, pk)
    house = http.POST.get("building", "")
    try:
        if not (house.isascii() and house.isdecimal() and len(house) < 18):
            raise Refused("building", _("Choose the house."), "invalid")
        row = sorting.file(
            letter,
            building=int(house),
            category=http.POST.get("category", "").replace("\x00", "")[:64],
            always=bool(http.POST.get("always")),
            by=access.operator_of(http),
            at=timezone.now(),
        )
    except Refused as refused:
        return _refused(http, pk, refused)
    assert row.request is not None
    messages.success(http, _("Request %(number)s is filed.") % {"number": row.request.number})
    return redirect(LIST)


@require_POST
@access.needs(SORT)
def decline(http: HttpRequest, pk: int) -> HttpResponse:
    """Say that it becomes no request, and why."""
    letter = _find(http, pk)
    try:
        sorting.decline(
            letter,
            reason=http.POST.get("reason", ""),
            by=access.operator_of(http),
            at=timezone.now(),
        )
    except Refused as refused:
        return _refused(http, pk, refused)
    messages.success(http, _("The letter is declined; the portal it came from is told why."))
    return redirect(LIST)


def _refused(http: HttpRequest, pk: int, refused: Refused) -> HttpResponse:
    if refused.code == "sorted":
        messages.warning(http, refused.message)
        return redirect(PAGE, pk)
    return show(http, pk, fault=refused)


@require_safe
@access.needs(VIEW)
def answers_file(http: HttpRequest, source: str) -> StreamingHttpResponse:
    """Send where the letters of a source stand, as a table."""
    if source not in SOURCES:
        raise Http404
    letters = OutsideLetter.objects.visible_to(access.operator_of(http))
    lines = answers.csv_lines(
        answers.rows_of(letters, source), zone=timezone.get_current_timezone()
    )
    response = StreamingHttpResponse(lines, content_type=writing.CSV_TYPE)
    day = timezone.localdate()
    response["Content-Disposition"] = f'attachment; filename="{source}-{day:%Y-%m-%d}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _find(http: HttpRequest, pk: int) -> OutsideLetter:
    rows = OutsideLetter.objects.visible_to(access.operator_of(http))
    for letter in rows.select_related("request", "sorted_by").filter(pk=pk)[:1]:
        return letter
    raise Http404


@admin.register(OutsideLetter)
class OutsideLetterAdmin(admin.ModelAdmin):
    """The list and page of letters; they come in by files and by the API alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the number there must be known when it comes again."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list."""
        return show_list(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one letter; decisions go through its buttons."""
        if not object_id.isdecimal() or len(object_id) > 18 or request.method != "GET":
            raise Http404
        return show(request, int(object_id))

    def get_urls(self) -> list[URLPattern]:
        """Add the decisions and the files before admin's own addresses."""

        def at(route: str, verb: str, view: Any) -> URLPattern:
            name = f"requests_app_outsideletter_{verb}"
            return path(route, self.admin_site.admin_view(view), name=name)

        own = [
            at("<int:pk>/file/", "file", file),
            at("<int:pk>/decline/", "decline", decline),
            at("answers/<slug:source>.csv", "answers", answers_file),
            at("upload/", "upload", outside_files.upload),
            at("batches/<uuid:batch_id>/", "batch", outside_files.show),
            at("batches/<uuid:batch_id>/go/", "go", outside_files.go),
            at("batches/<uuid:batch_id>/refused.csv", "refused", outside_files.refused),
        ]
        return [*own, *super().get_urls()]


@admin.register(OutsideMatter)
class OutsideMatterAdmin(admin.ModelAdmin):
    """What matters of outside portals are called here."""

    list_display = ("source", "name", "category")
    list_filter = ("source",)
    list_select_related = ("category",)
    search_fields = ("name",)
    autocomplete_fields = ("category",)
