"""An act as it is filled in: what was done, with what, when, and who signed. Plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from django.utils import formats
from django.utils.translation import gettext as _

# Clocks of two machines differ a little; a minute is no future.
_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class WrittenAct:
    """What the executor fills in; `accepted_by` is who looked at the work there, if anybody did."""

    works: str
    began_at: datetime
    ended_at: datetime
    signed_on: date
    signer: str
    materials: str = ""
    accepted_by: str = ""


def faults(
    act: WrittenAct, *, registered_at: datetime, at: datetime, zone: tzinfo
) -> Iterator[tuple[str, str]]:
    """
    Yield (field, words) for each thing that cannot be.

    Whether the day of signing lies in the future or before the complaint, the lifecycle judges.
    """
    if act.ended_at > at + _SLACK:
        yield "ended_at", _("The work cannot have ended in the future.")
    if act.began_at > act.ended_at:
        yield "ended_at", _("The work ends before it begins.")
    if act.began_at < registered_at:
        yield "began_at", _("This is before the request was registered.")
    if act.signed_on < act.ended_at.astimezone(zone).date():
        yield "signed_on", _("The act is signed before the work has ended.")


def in_words(act: WrittenAct, *, zone: tzinfo) -> str:
    """Return what the resident reads in the history and the letter: works, materials, times."""
    said = [_("Done: %(works)s") % {"works": act.works}]
    if act.materials:
        said.append(_("Materials: %(materials)s") % {"materials": act.materials})
    said.append(_("Work time: %(span)s.") % {"span": span(act, zone=zone)})
    return "\n".join(said)


def span(act: WrittenAct, *, zone: tzinfo) -> str:
    """Return «29 ноября 2026 г., 10:00–11:30», or both days where they differ."""
    began, ended = act.began_at.astimezone(zone), act.ended_at.astimezone(zone)
    day = formats.date_format(began, "j E Y")
    if began.date() == ended.date():
        return f"{day}, {began:%H:%M}–{ended:%H:%M}"
    return f"{day}, {began:%H:%M} – {formats.date_format(ended, 'j E Y')}, {ended:%H:%M}"
