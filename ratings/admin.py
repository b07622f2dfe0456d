"""Ratings at the desk: drafts to look at, to show and to publish, and what companies object to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime, now
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from ratings import objecting, publishing
from ratings.models import Objection, RatingSnapshot
from requests_app.special_days import calendar_of


@admin.register(RatingSnapshot)
class RatingSnapshotAdmin(admin.ModelAdmin):
    """Drafts and published ratings, read only; publishing is an action and a right of its own."""

    list_display = ("period", "edition", "frozen_at", "comments_until", "published_at", "page")
    list_filter = ("published_at",)
    fields = (
        "period",
        "edition",
        "erratum",
        "methodology",
        "frozen_at",
        "comments_from",
        "comments_until",
        "published_at",
        "waiver",
        "page",
    )
    readonly_fields = fields
    actions = ("open_for_comments", "publish_chosen")
    ordering = ("-period", "-edition")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RatingSnapshot]:
        """Leave the input files where they are."""
        return super().get_queryset(request).defer("inputs", "manifest", "rows")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Ratings are made of data, never typed."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: RatingSnapshot | None = None
    ) -> bool:
        """Nothing in a rating is edited."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: RatingSnapshot | None = None
    ) -> bool:
        """Nothing in a rating is deleted."""
        return False

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Say who may publish: Django asks this for the action below."""
        return request.user.has_perm("ratings.publish_ratingsnapshot")

    @admin.display(description=_("page"))
    def page(self, snapshot: RatingSnapshot) -> SafeString:
        """Link to the public page of exactly this edition."""
        address = f"{snapshot.get_absolute_url()}?edition={snapshot.edition}"
        return format_html('<a href="{}">{}</a>', address, snapshot)

    @admin.action(description=_("Show to its companies for comments"), permissions=["publish"])
    def open_for_comments(self, request: HttpRequest, chosen: QuerySet[RatingSnapshot]) -> None:
        """Open the chosen drafts for ten working days of comments."""
        at = now()
        self._each(
            request,
            chosen,
            lambda pk: publishing.open_comments(
                pk, calendar=calendar_of(at.year), by=actor_of(request.user), at=at
            ),
        )

    @admin.action(description=_("Publish for everybody, for ever"), permissions=["publish"])
    def publish_chosen(self, request: HttpRequest, chosen: QuerySet[RatingSnapshot]) -> None:
        """Publish the chosen drafts whose time for comments is over."""
        self._each(
            request,
            chosen,
            lambda pk: publishing.publish(pk, by=actor_of(request.user), at=now()),
        )

    def _each(
        self,
        request: HttpRequest,
        chosen: QuerySet[RatingSnapshot],
        step: Callable[[int], RatingSnapshot],
    ) -> None:
        for pk in chosen.filter(published_at=None).values_list("pk", flat=True):
            try:
                made = step(pk)
            except publishing.Refused as refused:
                self.message_user(request, str(refused), messages.ERROR)
                continue
            said = (
                _("%(month)s: published.")
                if made.is_published
                else _("%(month)s: companies may object until %(until)s.")
            )
            until = (
                formats.date_format(localtime(made.comments_until), "j E Y, H:i")
                if (made.comments_until)
                else ""
            )
            self.message_user(request, said % {"month": made, "until": until}, messages.SUCCESS)


class DecisionForm(forms.ModelForm):
    """Yes or no, and why, for everybody to read."""

    class Meta:
        model = Objection
        fields = ("verdict", "decision")
        widgets = {"decision": forms.Textarea(attrs={"rows": 5})}

    def clean(self) -> dict[str, Any]:
        """Want both: a verdict without grounds convinces nobody."""
        given = super().clean() or {}
        for name in self.fields:
            if not given.get(name):
                self.add_error(name, _("A decision needs a verdict and its grounds."))
        return given


@admin.register(Objection)
class ObjectionAdmin(admin.ModelAdmin):
    """The queue of objections: those that wait first; decided once, never edited or deleted."""

    form = DecisionForm
    list_display = ("filed_at", "period", "company", "request", "verdict", "decided_at")
    list_filter = ("verdict", "period")
    list_select_related = ("company", "request")
    search_fields = ("=request__number", "=company__inn")
    ordering = (F("decided_at").desc(nulls_first=True), "filed_at")
    show_full_result_count = False
    readonly_fields = ("period", "company", "request", "reason", "filed_by", "filed_at")

    def get_fields(self, request: HttpRequest, obj: Objection | None = None) -> tuple[str, ...]:
        """Show who decided once it is decided."""
        decided = ("decided_by", "decided_at") if obj and obj.is_decided else ()
        return (*self.readonly_fields, "verdict", "decision", *decided)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Companies object; staff decide."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Objection | None = None) -> bool:
        """What was objected and decided stays."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Objection | None = None) -> bool:
        """Only what waits, and only by whom may decide."""
        if obj is not None and obj.is_decided:
            return False
        return request.user.has_perm("ratings.decide_objection")

    def save_model(self, request: HttpRequest, obj: Objection, form: Any, change: Any) -> None:
        """Decide through the one operation that does."""
        objecting.decide(
            obj.pk,
            verdict=form.cleaned_data["verdict"],
            decision=form.cleaned_data["decision"],
            by=actor_of(request.user),
            at=now(),
        )
