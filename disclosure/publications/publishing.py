"""Publishing a form as the next version, and returning one with a remark: whole or not at all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, Operator, user_id_of
from accounts.models import Upload
from accounts.training import real_only
from disclosure.forms_standard.checking import Checked, Content, Place, check
from disclosure.forms_standard.definition import Field, Type
from disclosure.forms_standard.field_types import day_of, number_of
from disclosure.models import (
    DisclosureValue,
    Draft,
    ManagementCompany,
    Publication,
    PublicationReturn,
)
from disclosure.publications import changes, followed, letters, scoring
from disclosure.publications.contents import content_of
from disclosure.publications.drafts import files_of
from disclosure.publications.reports import Report


class Refused(Exception):
    """The form is not published; the message is for people."""

    def __init__(self, message: str, checked: Checked | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.checked = checked


@transaction.atomic
def publish(report: Report, *, revision: int, by: Actor, at: datetime) -> Publication:
    """
    Make the draft, as it was at `revision`, the next version; raise Refused.

    The draft goes, its values and the new scores of completeness are stored with the version.
    """
    real_only("publishing a company's form")
    # The company's row serialises the versions and the scores of one company.
    ManagementCompany.objects.select_for_update(no_key=True).get(pk=report.company.pk)
    draft = Draft.objects.select_for_update().filter(**report.names).first()
    if draft is None:
        raise Refused(_("There is nothing to publish: the draft is empty or published already."))
    if draft.revision != revision:
        raise Refused(_("Somebody changed the draft after you checked it. Check it again."))
    if draft.stale_saves.exists():
        raise Refused(_("Two people changed the draft at once. Choose what holds first."))
    checked = check(report.form, Content.of(draft.content), kind=report.company.kind)
    if checked.errors:
        raise Refused(_("Some values are wrong. Correct them before publishing."), checked)
    before = Publication.objects.filter(**report.names).order_by("-version").first()
    differences = changes.between(
        report.form, content_of(before) if before else Content(), checked.content
    )
    publication = Publication.objects.create(
        **report.names,
        form=report.edition,
        version=before.version + 1 if before else 1,
        published_at=at,
        published_by_id=user_id_of(by),
        on_behalf=isinstance(by, Operator),
        changes=[change.as_json() for change in differences],
    )
    files = Upload.objects.filter(pk__in=files_of(report, checked.content))
    known = set(files.values_list("pk", flat=True))
    DisclosureValue.objects.bulk_create(
        values_of(report, checked.content, publication, files=known)
    )
    draft.delete()
    scoring.keep(report.company, buildings=[report.building] if report.building else [], at=at)
    followed.published(publication, report.company, at=at)
    return publication


def values_of(
    report: Report,
    content: Content,
    publication: Publication,
    *,
    files: Collection[UUID] = (),
) -> list[DisclosureValue]:
    """Return the rows of a checked content; raise Refused for a document not among `files`."""
    found: list[DisclosureValue] = []

    def add(place: Place, field: Field, text: str) -> None:
        upload = UUID(text) if field.type is Type.FILE else None
        if upload is not None and upload not in files:
            raise Refused(_("A document is gone. Attach it again: %(name)s") % {"name": field.name})
        found.append(
            DisclosureValue(
                publication=publication,
                table=place.table,
                row=place.row,
                code=place.code,
                text=text,
                number=number_of(text, field),
                day=day_of(text, field),
                upload_id=upload,
            )
        )

    for table, field in report.form.every_field():
        rows = content.tables.get(table.code, []) if table else [content.fields]
        for number, row in enumerate(rows):
            if text := row.get(field.code, ""):
                place = Place(code=field.code, table=table.code if table else "", row=number)
                add(place, field, text)
    return found


@transaction.atomic
def return_with_remark(
    publication: Publication, *, remark: str, by: Operator, at: datetime
) -> PublicationReturn:
    """Say publicly that a version no longer counts, and why to its company; raise Refused."""
    remark = remark.strip()
    if not remark:
        raise Refused(_("Write what is to be corrected."))
    company = ManagementCompany.objects.select_for_update(no_key=True).get(
        pk=publication.company_id
    )
    if PublicationReturn.objects.filter(publication=publication).exists():
        raise Refused(_("This version was returned already."))
    returned = PublicationReturn.objects.create(
        publication=publication, remark=remark[:2000], by_id=by.id, at=at
    )
    building = publication.building
    scoring.keep(company, buildings=[building] if building else [], at=at)
    letters.returned(company, publication, remark=remark, at=at)
    return returned
