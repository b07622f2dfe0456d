"""Whether somebody has the right to free legal aid: a rule over what they ticked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """What the answers come to."""

    YES = "yes"
    # Only on grounds that a lawyer has not confirmed: they must look at it.
    LIKELY = "likely"
    WRONG_MATTER = "wrong_matter"
    NO_GROUND = "no_ground"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A ground as the rule reads it; `papers` are those that prove it."""

    code: str
    words: str
    papers: tuple[str, ...]
    clause: str
    is_sure: bool


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The right, the grounds it rests on, and what to bring."""

    right: Right
    grounds: tuple[Ground, ...]
    papers: tuple[str, ...]


def judge(
    matters: Sequence[Ground], people: Sequence[Ground], *, matter: str, ticked: Iterable[str]
) -> Answer:
    """
    Return what the law says to these answers (324-ФЗ, ст. 20: a category and a kind of matter).

    `matter` is "" for one that is not in the list.
    """
    chosen = set(ticked)
    about = next((one for one in matters if one.code == matter), None)
    grounds = tuple(one for one in people if one.code in chosen)
    if about is None:
        return Answer(right=Right.WRONG_MATTER, grounds=grounds, papers=())
    if not grounds:
        return Answer(right=Right.NO_GROUND, grounds=(), papers=())
    is_sure = about.is_sure and any(one.is_sure for one in grounds)
    papers = tuple(dict.fromkeys(paper for one in grounds for paper in one.papers))
    return Answer(right=Right.YES if is_sure else Right.LIKELY, grounds=grounds, papers=papers)
