"""Requests in admin: the desk's own pages in the places where admin keeps its lists and forms."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from requests_app.admin import (
    board,
    clock_page,
    history,
    phone_intake,
    preview,
    queue,
    request_page,
    saved_filters,
    ties,
    work_list,
)
from requests_app.models import Request


@admin.register(Request)
class RequestAdmin(admin.ModelAdmin):
    """
    The work list, a request's page and the phone intake.

    Admin's own form would write columns past the lifecycle, so no page of it is used; nobody
    deletes a request.
    """

    def has_delete_permission(self, request: HttpRequest, obj: Request | None = None) -> bool:
        """Never: a request is evidence."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the work list."""
        return work_list.show(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a request's page."""
        return request_page.show(request, _pk(object_id))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take a request in by phone."""
        return phone_intake.show(request)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the audit of a request."""
        return history.show(request, _pk(object_id))

    def get_urls(self) -> list[URLPattern]:
        """Add the desk's own addresses before admin's."""

        def at(route: str, view: Any, name: str) -> URLPattern:
            return path(
                route, self.admin_site.admin_view(view), name=f"requests_app_request_{name}"
            )

        page = "<int:pk>/"
        own = [
            at("search/", work_list.look_up, "search"),
            at("queue/", queue.show, "queue"),
            at("board/", board.show, "board"),
            at("queue/take/", queue.take_next, "take_next"),
            at("filters/", saved_filters.save, "save_filter"),
            at("filters/<int:pk>/", saved_filters.change, "saved_filter"),
            at("organisations/", request_page.organisations_found, "organisations"),
            at("add/addresses/", phone_intake.addresses, "intake_addresses"),
            at("add/matters/", phone_intake.matters_found, "intake_matters"),
            at("add/answer/", phone_intake.answer, "intake_answer"),
            at("add/words/", phone_intake.words, "intake_words"),
            at("add/caller/", phone_intake.caller, "intake_caller"),
            at(f"{page}filed/", phone_intake.filed, "filed"),
            at(f"{page}take/", queue.take, "take"),
            at(f"{page}release/", queue.release, "release"),
            at(f"{page}aside/", queue.aside, "aside"),
            at(f"{page}merge/", ties.merge, "merge"),
            at(f"{page}split/", ties.split, "split"),
            at(f"{page}link/", ties.link, "link"),
            at(f"{page}preview/", preview.show, "preview"),
            at(f"{page}move/", request_page.move, "move"),
            at(f"{page}comment/", request_page.comment, "comment"),
            at(f"{page}note/", request_page.note, "note"),
            at(f"{page}clock/<slug:verb>/", clock_page.make, "clock"),
            at(f"{page}assign/", request_page.assign, "assign"),
            at(f"{page}matter/", request_page.recategorise, "recategorise"),
            at(f"{page}incident/", request_page.incident, "incident"),
            at(f"{page}incident/open/", request_page.open_incident, "open_incident"),
            at(f"{page}contact/", request_page.contact, "contact"),
            at(f"{page}presence/", request_page.look, "presence"),
            at(f"{page}files/<uuid:upload>/", request_page.file, "file"),
            at(
                f"{page}files/<uuid:upload>/small/",
                partial(request_page.file, small=True),
                "thumbnail",
            ),
        ]
        return [*own, *super().get_urls()]


def _pk(object_id: str) -> int:
    if not object_id.isdecimal() or len(object_id) > 18:
        raise Http404
    return int(object_id)
