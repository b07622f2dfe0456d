"""Publishing a text of a letter, going back to an earlier one, and which one holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications.models import LetterText
from notifications.texts import sandbox
from notifications.texts.fields import edited_templates, fields_of

PARTS = ("subject", "body", "button", "short")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What staff wrote."""

    subject: str
    body: str
    button: str = ""
    short: str = ""


class Refused(Exception):
    """`faults` are for people, by the part of the text."""

    def __init__(self, faults: dict[str, list[str]]) -> None:
        super().__init__("; ".join(line for lines in faults.values() for line in lines))
        self.faults = faults


def faults(template: str, words: Words) -> dict[str, list[str]]:
    """Return what is wrong with each part: unknown fields and tags, and what is missing."""
    fields = fields_of(template)
    found = {
        part: lines for part in PARTS if (lines := sandbox.faults(getattr(words, part), fields))
    }
    needed = ["subject", "body", *(["button"] if "link" in fields.plain else [])]
    for part in needed:
        if not getattr(words, part).strip():
            found.setdefault(part, []).append(_("It cannot be left out."))
    if "code" in fields.plain and "code" not in words.body:
        found.setdefault("body", []).append(
            _("The field «%(name)s» must stand in it.") % {"name": "code"}
        )
    return found


@transaction.atomic
def publish(
    template: str, language: str, words: Words | None, *, by: int | None, at: datetime
) -> LetterText:
    """
    Make these words hold from now on, or with None the portal's own text; raise Refused.

    Repeated with the words that hold already it makes no new version.
    """
    if template not in edited_templates():
        raise Refused({"subject": [_("There is no such letter.")]})
    if words is not None and (wrong := faults(template, words)):
        raise Refused(wrong)
    newest = (
        LetterText.objects.select_for_update()
        .filter(template=template, language=language)
        .order_by("-number")
        .first()
    )
    said: dict[str, Any] = vars(words) if words else {}
    if (
        newest is not None
        and newest.from_file == (words is None)
        and all(getattr(newest, part) == said.get(part, "") for part in PARTS)
    ):
        return newest
    return LetterText.objects.create(
        template=template,
        language=language,
        number=newest.number + 1 if newest else 1,
        from_file=words is None,
        published_at=at,
        published_by_id=by,
        **said,
    )


def restore(version: LetterText, *, by: int | None, at: datetime) -> LetterText:
    """Publish an earlier version anew; raise Refused if the letter has lost one of its fields."""
    words = None
    if not version.from_file:
        words = Words(**{part: getattr(version, part) for part in PARTS})
    return publish(version.template, version.language, words, by=by, at=at)


def holding(templates: Collection[str], language: str) -> dict[str, LetterText]:
    """Return the published texts of these letters; one query, those from files are absent."""
    rows = (
        LetterText.objects.filter(template__in=templates, language=language)
        .order_by("template", "-number")
        .distinct("template")
    )
    return {row.template: row for row in rows if not row.from_file}
