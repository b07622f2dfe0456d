"""The drafts of many houses at once: read in a constant number of queries, written in one go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, user_id_of
from disclosure.forms_standard.checking import Content
from disclosure.models import Draft, ManagementCompany, ManagementPeriod, Publication
from disclosure.publications import duties
from disclosure.publications.contents import contents_of, first_of_house
from disclosure.publications.reports import Report
from disclosure.sheets.houses_file import Known

Names = tuple[int | None, str, int]


class ChangedMeanwhile(Exception):
    """Somebody changed one of the drafts after it was read; nothing is stored."""


def of_houses(company: ManagementCompany, *, on: date) -> list[Known]:
    """Return every form of every house of the company as it stands; constant queries."""
    houses = list(duties.houses_of(company, on=on).order_by("address", "pk"))
    owed = duties.of_houses(company, houses, on=on)
    drafts = {
        (row.building_id, row.form_code, row.year): row
        for row in Draft.objects.filter(company=company).exclude(building=None)
    }
    counting = [duty.counting for duty in owed if duty.counting is not None]
    published = contents_of(counting)
    since = {
        period.building_id: period.during.lower
        for period in ManagementPeriod.objects.filter(company=company, during__contains=on)
    }
    return [_known(duty.report, drafts, duty.counting, published, since) for duty in owed]


def _known(
    report: Report,
    drafts: dict[Names, Draft],
    newest: Publication | None,
    published: dict[int, Content],
    since: dict[int, date | None],
) -> Known:
    house = report.building
    assert house is not None
    draft = drafts.get((house.pk, report.form.code, report.year))
    if draft is not None:
        return Known(report, Content.of(draft.content), mark_of(draft, newest))
    if newest is not None:
        return Known(report, published[newest.pk], mark_of(None, newest))
    return Known(
        report, first_of_house(report.form, house, since.get(house.pk)), mark_of(None, None)
    )


def mark_of(draft: Draft | None, newest: Publication | None) -> str:
    """Return what changes whenever the draft or the published version does."""
    version = newest.version if newest else 0
    return f"{version}.{draft.pk}.{draft.revision}" if draft else f"{version}"


@transaction.atomic
def save(
    company: ManagementCompany,
    changed: Sequence[tuple[Known, Content]],
    *,
    tab: str,
    by: Actor,
    at: datetime,
) -> int:
    """
    Store the contents as drafts, all or none, and return how many.

    Raise ChangedMeanwhile if a draft is no more as it was when `changed` was read.
    """
    # The company's row serialises this with publications; the drafts' rows with autosave.
    ManagementCompany.objects.select_for_update(no_key=True).get(pk=company.pk)
    stored = {
        (row.building_id, row.form_code, row.year): row
        for row in Draft.objects.select_for_update().filter(company=company).exclude(building=None)
    }
    versions = {
        (row.building_id, row.form_code, row.year): row
        for row in Publication.objects.filter(company=company).exclude(building=None).counting()
    }
    old, new = [], []
    for known, content in changed:
        report = known.report
        names = (report.building.pk if report.building else None, report.form.code, report.year)
        draft = stored.get(names)
        if mark_of(draft, versions.get(names)) != known.mark:
            raise ChangedMeanwhile(
                _("Somebody changed a form while the file was read. Send it once more.")
            )
        if draft is None:
            draft = Draft(**report.names)
            new.append(draft)
        else:
            old.append(draft)
        draft.content = content.as_json()
        draft.revision += 1
        draft.saved_tab, draft.saved_by_id, draft.saved_at = tab, user_id_of(by), at
    Draft.objects.bulk_create(new, batch_size=500)
    Draft.objects.bulk_update(
        old, ["content", "revision", "saved_tab", "saved_by", "saved_at"], batch_size=500
    )
    return len(changed)
