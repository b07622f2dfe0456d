"""Saving a draft so that two people who edit at once lose nothing of either."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor, user_id_of
from accounts.models import Upload
from disclosure.forms_standard.checking import Content
from disclosure.forms_standard.definition import Type
from disclosure.models import DisclosureValue, Draft, Publication, StaleSave
from disclosure.publications.changes import Change, between
from disclosure.publications.contents import content_of, first_content
from disclosure.publications.reports import Report


@dataclass(frozen=True, kw_only=True)
class Saved:
    """
    What became of a save.

    `stale`: somebody else had saved since the page was opened; this save is kept beside the
    draft, and `differences` says where the two part (before: theirs, after: this one).
    """

    draft: Draft
    stale: StaleSave | None = None
    differences: tuple[Change, ...] = ()


def content_to_edit(report: Report, draft: Draft | None) -> Content:
    """Return what the form shows: the draft, else what was published last, else the registry's."""
    if draft is not None:
        return Content.of(draft.content)
    newest = report.newest()
    if newest is not None:
        return content_of(newest)
    return first_content(report.form, report.company, report.building)


@transaction.atomic
def save(
    report: Report,
    content: Content,
    *,
    revision: int,
    tab: str,
    by: Actor,
    at: datetime,
    attached: Collection[UUID] = (),
) -> Saved:
    """
    Keep what was written in the page `tab`, opened when the draft had `revision`.

    A page whose own save came last may save again; any other that knows an older revision is
    stale, unless it says the same. `attached`: files accepted with this save; any other file the
    content names must be of this form already.
    """
    draft, is_new = Draft.objects.select_for_update().get_or_create(
        **report.names, defaults={"saved_at": at, "saved_by_id": user_id_of(by)}
    )
    content = _with_own_files(report, content, draft, attached)
    stored = content.as_json()
    # A draft may be gone because it was published meanwhile; its page then begins a new one.
    if not is_new and draft.revision != revision and draft.saved_tab != tab:
        differences = between(report.form, Content.of(draft.content), Content.of(stored))
        if differences:
            stale, _made = StaleSave.objects.update_or_create(
                draft=draft,
                tab=tab,
                defaults={"content": stored, "by_id": user_id_of(by), "at": at},
            )
            return Saved(draft=draft, stale=stale, differences=tuple(differences))
    if is_new or draft.content != stored or draft.saved_tab != tab:
        draft.content = stored
        draft.revision += 1
        draft.saved_tab = tab
        draft.saved_by_id = user_id_of(by)
        draft.saved_at = at
        draft.save(update_fields=["content", "revision", "saved_tab", "saved_by", "saved_at"])
        _keep_files(report, content, at=at)
    StaleSave.objects.filter(draft=draft, tab=tab).delete()
    return Saved(draft=draft)


@transaction.atomic
def settle(
    report: Report, content: Content, *, stale_id: int, tab: str, by: Actor, at: datetime
) -> Draft | None:
    """
    Replace the draft by what somebody chose from two saves, and drop the stale one.

    Return None if the draft or the stale save is gone.
    """
    draft = Draft.objects.select_for_update().filter(**report.names).first()
    if draft is None or not draft.stale_saves.filter(pk=stale_id).exists():
        return None
    draft.content = content.as_json()
    draft.revision += 1
    draft.saved_tab = tab
    draft.saved_by_id = user_id_of(by)
    draft.saved_at = at
    draft.save(update_fields=["content", "revision", "saved_tab", "saved_by", "saved_at"])
    draft.stale_saves.filter(pk=stale_id).delete()
    return draft


def files_of(report: Report, content: Content) -> set[UUID]:
    """Return the ids of the files that the content names."""
    return set(_file_ids(report, content))


def _file_ids(report: Report, content: Content) -> Iterable[UUID]:
    for table, field in report.form.every_field():
        if field.type is not Type.FILE:
            continue
        rows = content.tables.get(table.code, []) if table else [content.fields]
        for row in rows:
            try:
                yield UUID(row.get(field.code, ""))
            except ValueError:
                continue


def _with_own_files(
    report: Report, content: Content, draft: Draft, attached: Collection[UUID]
) -> Content:
    """
    Return the content without files that never belonged to this form.

    The page names the files it keeps: a forged name must not publish somebody's private photo.
    """
    named = files_of(report, content) - set(attached)
    if not named:
        return content
    own = files_of(report, Content.of(draft.content))
    for stale in draft.stale_saves.all():
        own |= files_of(report, Content.of(stale.content))
    own |= set(
        DisclosureValue.objects.filter(
            publication__in=Publication.objects.filter(**report.names), upload__in=named
        ).values_list("upload_id", flat=True)
    )
    strange = {str(upload_id) for upload_id in named - own}
    if not strange:
        return content

    def kept(values: Mapping[str, str]) -> dict[str, str]:
        return {code: "" if text in strange else text for code, text in values.items()}

    return Content(
        kept(content.fields),
        {code: [kept(row) for row in rows] for code, rows in content.tables.items()},
    )


def _keep_files(report: Report, content: Content, *, at: datetime) -> None:
    # A draft may lie for weeks: its files are attached now, or the sweep would take them.
    Upload.objects.filter(pk__in=files_of(report, content), claimed_at=None).update(claimed_at=at)
