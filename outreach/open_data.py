"""Guides and seminars among the files of open data; see settings.OPEN_DATA_TABLES."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.actors import Nobody
from disclosure.open_data.tables import Column, OpenTable, of
from outreach.models import Guide, Meeting, Seminar

TABLES: tuple[OpenTable, ...] = (
    OpenTable(
        "guides",
        _("Guides"),
        _("Answers to real questions with the clauses they rest on; the text is Markdown."),
        ("slug",),
        (
            Column("slug", "string", _("code"), required=True),
            Column("title", "string", _("name"), required=True),
            Column("question", "string", _("question as people ask it"), required=True),
            Column("topic", "string", _("shelf"), required=True),
            Column("summary", "string", _("what to do right now"), required=True),
            Column("body", "string", _("text"), required=True),
            Column("clauses", "string", _("clauses"), required=True),
            Column("sources", "string", _("sources"), required=True),
            Column("confidence", "string", _("confidence"), required=True),
            Column("reviewed_on", "date", _("last reviewed"), required=True),
        ),
        of(
            Guide.objects.visible_to(Nobody()).order_by("pk"),
            *("slug", "title", "question", "topic", "summary", "body", "clauses", "sources"),
            *("confidence", "reviewed_on"),
        ),
    ),
    OpenTable(
        "seminars",
        _("Seminars"),
        _("Seminars and courses that everybody may sign up to, past ones too."),
        ("id",),
        (
            Column("id", "integer", _("number of the seminar"), required=True),
            Column("title", "string", _("name"), required=True),
            Column("topic", "string", _("topic"), required=True),
            Column("about", "string", _("what it is about"), required=True),
            Column("audience", "string", _("for whom")),
            Column("speaker", "string", _("speaker")),
            Column("district", "string", _("district")),
            Column("place", "string", _("place")),
            Column("capacity", "integer", _("seats"), required=True),
            Column("closes_at", "dateTime", _("sign-up closes"), required=True),
            Column("state", "string", _("state"), required=True),
            Column("cancel_reason", "string", _("why it was called off")),
        ),
        of(
            Seminar.objects.visible_to(Nobody()).order_by("pk"),
            *("id", "title", "topic", "about", "audience", "speaker", "district", "place"),
            *("capacity", "closes_at", "state", "cancel_reason"),
        ),
    ),
    OpenTable(
        "seminar_meetings",
        _("Meetings of seminars"),
        _("When each seminar meets."),
        ("id",),
        (
            Column("id", "integer", _("number of the meeting"), required=True),
            Column("seminar_id", "integer", _("seminar"), required=True),
            Column("title", "string", _("topic of the meeting")),
            Column("starts_at", "dateTime", _("begins"), required=True),
            Column("ends_at", "dateTime", _("ends"), required=True),
        ),
        of(
            Meeting.objects.filter(seminar__in=Seminar.objects.visible_to(Nobody())).order_by("pk"),
            *("id", "seminar_id", "title", "starts_at", "ends_at"),
        ),
    ),
)
