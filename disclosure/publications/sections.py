"""The questions people open a page with, each answered by the form that was published about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from disclosure.models import ManagementCompany
from disclosure.publications.scoring import Scored
from disclosure.publications.showing import as_shown


@dataclass(frozen=True, kw_only=True)
class Section:
    """
    One question with its published answer; `published_at` is None while there is no answer.

    A `folded` section is long and rarely read whole: pages show it closed.
    """

    id: str
    title: str
    year: int = 0
    folded: bool = False
    facts: list[dict[str, str]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    published_at: datetime | None = None
    href: str = ""


def of_house(scored: Sequence[Scored], company: ManagementCompany) -> list[Section]:
    """Return what is asked of a house, in the order residents ask it. No queries."""
    by_form = {each.duty.report.form.code: each for each in scored}
    asked = [
        ("tariffs", _("Tariffs and utilities"), "2.4", False),
        ("works", _("Planned works and what they cost"), "2.3", False),
        ("overhaul", _("Capital repair"), "2.6", False),
        ("meetings", _("Meetings of the owners and their minutes"), "2.7", False),
        ("contract-report", _("How the contract was performed"), "2.8", True),
        ("common-property", _("Common property in use"), "2.5", True),
        ("passport-main", _("Passport: general facts"), "2.1", True),
        ("passport-build", _("Passport: structure and equipment"), "2.2", True),
    ]
    return [
        section_of(by_form[code], company, anchor=name, title=title, folded=folded)
        for name, title, code, folded in asked
        if code in by_form
    ]


def of_company(scored: Sequence[Scored], company: ManagementCompany) -> list[Section]:
    """Return what is asked of a company. No queries."""
    by_form = {each.duty.report.form.code: each for each in scored}
    asked = [
        ("licence", _("Licence and general facts"), "1.1", True),
        ("finances", _("Finances"), "1.4", True),
        ("violations", _("Violations and fines"), "1.5", False),
    ]
    return [
        section_of(by_form[code], company, anchor=name, title=title, folded=folded)
        for name, title, code, folded in asked
        if code in by_form
    ]


def section_of(
    each: Scored, company: ManagementCompany, *, anchor: str, title: str, folded: bool = False
) -> Section:
    """Return a form as an answer; empty while nothing was published. No queries."""
    counting, report = each.duty.counting, each.duty.report
    if counting is None or each.content is None:
        return Section(id=anchor, title=title, year=report.year)
    # Loaded already, with every version of the form one and the same.
    counting.company, counting.form = company, report.edition
    shown = as_shown(counting, each.content)
    return Section(
        id=anchor,
        title=title,
        year=report.year,
        folded=folded,
        facts=shown.facts,
        tables=shown.tables,
        published_at=counting.published_at,
        href=counting.get_absolute_url(),
    )
