"""What happens to an invented request: chance, the executor's manner and the city's patience."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, draws an invented city
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from django.utils import timezone

from contact_center.demo_city import stories
from contact_center.demo_city.lives import Life, Organisation
from contact_center.demo_city.organisations import FAIR, Manner
from contact_center.demo_city.stories import Matter
from requests_app.lifecycle import CONFIRM_WITHIN
from requests_app.statuses import Outcome, Status
from requests_app.steps import Role

T = TypeVar("T")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
_FOREMEN = (
    "Мастер участка Фёдоров А. В.", "Слесарь Громов С. П.", "Инженер Белова Н. И.",
    "Электромонтёр Юдин К. Л.", "Бригадир Сафин Р. Р.",
)  # fmt: skip


def local_day(moment: datetime) -> date:
    """Return the city's day of a moment."""
    return timezone.localtime(moment).date()


class Turn(StrEnum):
    """What may happen on the way besides the usual; a story may be told which of these do."""

    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    REDIRECTED = "redirected"
    REFUSED = "refused"
    NOT_CONFIRMED = "not_confirmed"
    ASKED = "asked"
    SENT_BACK = "sent_back"
    CAME_BACK = "came_back"
    MARKED = "marked"


class _Enough(Exception):
    """The present has come: what would follow has not happened yet."""


@dataclass
class Plot:
    """Tells one life up to `now`; each `_…` is a scene that moves the clock `at` on."""

    life: Life
    matter: Matter
    dice: random.Random
    now: datetime
    operator: int
    resident: int | None
    elsewhere: Callable[[], Organisation | None]
    earlier: tuple[int, str] | None = None
    is_emergency: bool = False
    # A told story takes exactly these turns, stays at `until`, and is over in time for that.
    turns: frozenset[Turn] | None = None
    until: str = ""
    act_scan: Callable[[datetime], uuid.UUID | None] = lambda at: None

    def tell(self) -> None:
        """Live through the scenes until the request is closed or the present comes."""
        self.at = self.life.registered_at
        if self.until == self.life.status:
            return
        try:
            self._scenes()
        except _Enough:
            return

    def _scenes(self) -> None:
        life = self.life
        self._wait(self._reaction())
        if self._turns(Turn.WITHDRAWN, 0.025):
            self._move(Status.CLOSED, Role.RESIDENT)
            return
        if self.earlier and self._turns(Turn.DUPLICATE, 0.25):
            self._close(Outcome.DUPLICATE)
            return
        if self._turns(Turn.REDIRECTED, 0.045):
            self._redirect()
        self._move(
            Status.ACCEPTED,
            Role.OPERATOR,
            text=self.dice.choice(stories.ACCEPTED),
        )
        if self._turns(Turn.REFUSED, 0.5 * self._manner.refuses):
            self._wait(self._allowed() * self.dice.uniform(0.2, 0.7))
            self._close(Outcome.REFUSED)
            return
        if not self.is_emergency and self._turns(Turn.ASKED, 0.06):
            self._ask()
        if life.status == Status.ACCEPTED:
            self._wait(self._allowed() * self._share() * 0.35)
            self._move(Status.IN_PROGRESS, self._doer(), text=self.dice.choice(stories.STARTED))
        if self._turns(Turn.NOT_CONFIRMED, 0.5 * self._manner.refuses):
            self._wait(self._allowed() * self.dice.uniform(0.1, 0.5))
            self._close(Outcome.NOT_CONFIRMED)
            return
        self._work()
        self._verdict(again=False)

    def _work(self) -> None:
        if self.dice.random() < 0.12:
            self._wait(HOUR * self.dice.uniform(0.2, 6))
            self.life.say(
                Role.RESIDENT, at=self.at, user=self.resident, text=self._one(stories.REMARKS)
            )
        if self.dice.random() < 0.14:
            self._wait(HOUR * self.dice.uniform(0.2, 6))
            self.life.note(at=self.at, user=self.operator, text=self._one(stories.NOTES))
        self._wait(self._allowed() * self._share() * 0.65)
        self._move(
            Status.DONE,
            self._doer(),
            text=self._one(self.matter.fixed or stories.OTHER.fixed),
            act=(local_day(self.at), self._one(_FOREMEN), self.act_scan(self.at)),
        )

    def _verdict(self, *, again: bool) -> None:
        """Let the resident say whether it is fixed, or say nothing."""
        if not again and self._turns(Turn.SENT_BACK, self._manner.redone):
            self._wait(HOUR * self.dice.uniform(1, 60))
            self._move(Status.REOPENED, Role.RESIDENT, text=self._one(stories.OBJECTIONS))
            self._wait(self._allowed() * self._share() * 0.3)
            self._move(Status.IN_PROGRESS, self._doer())
            self._work()
            self._verdict(again=True)
            return
        word = self.dice.random()
        if word < 0.46:
            self._wait(HOUR * self.dice.uniform(0.3, 70))
            self._move(Status.CLOSED, Role.RESIDENT)
        elif word < 0.54:
            self._wait(HOUR * self.dice.uniform(2, 90))
            self._move(Status.CLOSED, Role.OPERATOR, text=self._one(stories.ON_WORD))
        else:
            self._wait(CONFIRM_WITHIN + MINUTE * self.dice.randrange(1, 60))
            self._move(Status.CLOSED, Role.SYSTEM)
        if not again and self._turns(Turn.CAME_BACK, 0.015):
            self._wait(timedelta(days=self.dice.uniform(2, 25)))
            self._move(Status.REOPENED, Role.RESIDENT, text=self._one(stories.CAME_BACK))
            self._wait(HOUR * self.dice.uniform(1, 30))
            self._move(Status.IN_PROGRESS, self._doer())
            self._work()
            self._verdict(again=True)
            return
        # Silence closes a request; few of the silent come back to mark it.
        if self._turns(Turn.MARKED, 0.45 if word < 0.46 else 0.12):
            self._mark(again=again)

    def _mark(self, *, again: bool) -> None:
        """Let the resident mark the work: delay, and work that had to be done twice, cost marks."""
        late = max((self.life.done_at or self.at) - self.life.due_at, timedelta()) / HOUR
        value = round(self.dice.gauss(4.7 - 0.9 * again - min(late / 24, 2.5), 0.7))
        value = min(max(value, 1), 5)
        self._wait(HOUR * self.dice.uniform(0.1, 30))
        words = stories.PRAISE if value >= 4 else stories.BLAME
        text = self._one(words) if self.dice.random() < 0.4 else ""
        self.life.mark(value, at=self.at, user=self.resident, text=text)

    def _ask(self) -> None:
        self._wait(HOUR * self.dice.uniform(0.3, 10))
        self._move(Status.NEEDS_INFO, Role.OPERATOR, text=self._one(stories.QUESTIONS))
        self._wait(HOUR * self.dice.uniform(1, 60))
        if self.dice.random() < 0.75:
            self._move(Status.ACCEPTED, Role.RESIDENT, text=self._one(stories.ANSWERS))
        else:
            self._move(Status.IN_PROGRESS, Role.OPERATOR)

    def _redirect(self) -> None:
        other = self.elsewhere()
        if other is None:
            return
        self._move(
            Status.REDIRECTED, Role.OPERATOR, text=self._one(stories.REDIRECTED), executor=other
        )
        self._wait(HOUR * self.dice.uniform(0.2, 8))

    def _close(self, outcome: Outcome) -> None:
        text, clause = self._one(stories.NOT_CONFIRMED), ""
        duplicate = None
        if outcome == Outcome.REFUSED:
            text, clause = self._one(stories.REFUSALS)
        elif outcome == Outcome.DUPLICATE:
            text, duplicate = self._one(stories.DUPLICATES), self.earlier
        self._move(
            Status.CLOSED,
            Role.OPERATOR,
            text=text,
            outcome=outcome,
            clause=clause,
            duplicate=duplicate,
        )

    @property
    def _manner(self) -> Manner:
        return self.life.executor.manner or FAIR

    def _doer(self) -> Role:
        """Who does the executor's steps: its dispatcher, or the centre for a body outside."""
        speaks = self.life.executor.speaker is not None
        return Role.EXECUTOR if speaks and self.dice.random() < 0.85 else Role.OPERATOR

    def _reaction(self) -> timedelta:
        if self.is_emergency:
            return MINUTE * self.dice.uniform(2, 18)
        night = 0 <= (self.at.hour + 4) % 24 < 7
        return MINUTE * self.dice.uniform(6, 90) * (4 if night else 1)

    def _allowed(self) -> timedelta:
        return max(self.life.promise.due_at - self.life.registered_at, HOUR)

    def _share(self) -> float:
        """Return which part of the allowed time the executor takes this time."""
        manner = self._manner
        return manner.haste * self.dice.lognormvariate(0, manner.spread)

    def _turns(self, turn: Turn, chance: float) -> bool:
        return self.dice.random() < chance if self.turns is None else turn in self.turns

    def _wait(self, length: timedelta) -> None:
        if self.turns is not None:
            length = min(length, (self.now - self.at) * 0.35)
        self.at += length
        if self.at >= self.now:
            raise _Enough

    def _move(self, target: Status, role: Role, **details: object) -> None:
        user = {
            Role.OPERATOR: self.operator,
            Role.EXECUTOR: self.life.executor.speaker,
            Role.RESIDENT: self.resident,
            Role.SYSTEM: None,
        }[role]
        self.life.move(target, role, at=self.at, user=user, **details)  # type: ignore[arg-type]
        if target == self.until:
            raise _Enough

    def _one(self, among: tuple[T, ...]) -> T:
        return self.dice.choice(among)
