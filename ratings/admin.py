"""Ratings at the desk: drafts to look at and to publish; nothing is typed here."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actors import actor_of
from ratings import publishing
from ratings.models import RatingSnapshot


@admin.register(RatingSnapshot)
class RatingSnapshotAdmin(admin.ModelAdmin):
    """Drafts and published ratings, read only; publishing is an action and a right of its own."""

    list_display = ("period", "edition", "frozen_at", "published_at", "page")
    list_filter = ("published_at",)
    fields = ("period", "edition", "erratum", "methodology", "frozen_at", "published_at", "page")
    readonly_fields = fields
    actions = ("publish_chosen",)
    ordering = ("-period", "-edition")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RatingSnapshot]:
        """Leave the input files where they are."""
        return super().get_queryset(request).defer("inputs", "manifest")

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

    @admin.action(description=_("Publish for everybody, for ever"), permissions=["publish"])
    def publish_chosen(self, request: HttpRequest, chosen: QuerySet[RatingSnapshot]) -> None:
        """Publish the chosen drafts."""
        drafts = list(chosen.filter(published_at=None).values_list("pk", flat=True))
        by = actor_of(request.user)
        for pk in drafts:
            publishing.publish(pk, by=by, at=now())
        said = ngettext("%(count)s rating published.", "%(count)s ratings published.", len(drafts))
        self.message_user(request, said % {"count": len(drafts)}, messages.SUCCESS)
