"""
The table of steps as a picture and as a page for docs/.

Boxes and ways are placed by hand; what they say comes from `steps.STEPS`. A step that has no way
here stops the drawing, so the picture cannot quietly leave one out.
"""

from __future__ import annotations

from collections import defaultdict
from html import escape

from django.utils import translation

from requests_app.statuses import OPEN, Outcome, Status
from requests_app.steps import STEPS, Need, Role, Step

WIDTH, HEIGHT = 1560, 640
_BOX = (180, 64)
_BOXES: dict[Status, tuple[int, int]] = {
    Status.NEW: (45, 120),
    Status.ACCEPTED: (350, 120),
    Status.IN_PROGRESS: (690, 120),
    Status.REDIRECTED: (45, 310),
    Status.NEEDS_INFO: (370, 310),
    Status.REOPENED: (720, 310),
    Status.DONE: (1150, 120),
    Status.CLOSED: (1150, 490),
}
# "" stands for the frame around the open statuses: a step that all of them know.
_FRAME = ""
# The points of each way, and where its label stands: x, y, anchor.
_WAYS: dict[tuple[str, str], tuple[str, tuple[int, int, str]]] = {
    (Status.NEW, Status.ACCEPTED): ("225,152 350,152", (285, 140, "middle")),
    (Status.ACCEPTED, Status.IN_PROGRESS): ("530,152 690,152", (606, 140, "middle")),
    (Status.IN_PROGRESS, Status.DONE): ("870,152 1150,152", (1056, 140, "middle")),
    (Status.REDIRECTED, Status.ACCEPTED): ("100,310 380,184", (215, 232, "end")),
    (Status.REDIRECTED, Status.IN_PROGRESS): ("190,310 715,184", (280, 304, "start")),
    (Status.NEEDS_INFO, Status.ACCEPTED): ("430,310 430,184", (440, 205, "start")),
    (Status.NEEDS_INFO, Status.IN_PROGRESS): ("510,310 750,184", (792, 294, "end")),
    (Status.REOPENED, Status.IN_PROGRESS): ("800,310 800,184", (810, 226, "start")),
    (Status.DONE, Status.REOPENED): ("1190,184 1190,330 900,330", (1180, 260, "end")),
    (Status.DONE, Status.CLOSED): ("1300,184 1300,490", (1312, 300, "start")),
    (Status.CLOSED, Status.REOPENED): ("1150,510 1040,510 1040,354 900,354", (1050, 430, "start")),
    (_FRAME, Status.REDIRECTED): ("120,435 120,374", (132, 408, "start")),
    (_FRAME, Status.NEEDS_INFO): ("440,435 440,374", (452, 408, "start")),
    (_FRAME, Status.DONE): ("965,230 1170,230 1170,184", (978, 220, "start")),
    (_FRAME, Status.CLOSED): ("690,435 690,534 1150,534", (704, 490, "start")),
}
_STYLE = (
    "text{font:14px/1.3 system-ui,sans-serif;fill:#10262c}"
    ".box{fill:#fff;stroke:#0c4a5a;stroke-width:2}.end{fill:#e4eeee}"
    ".frame{fill:#f5f8f8;stroke:#7d9196;stroke-dasharray:6 5}"
    ".way{fill:none;stroke:#46585e;stroke-width:1.6;marker-end:url(#tip)}"
    ".name{font-weight:700;font-size:15px}.code,.who{fill:#46585e;font-size:12px}"
    ".said{paint-order:stroke;stroke:#fff;stroke-width:5px;stroke-linejoin:round}"
)
_HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
    'aria-label="Жизнь заявки">'
)
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" '
    'markerHeight="8" orient="auto"><path d="M0 0 10 5 0 10z" fill="#46585e"/></marker></defs>'
)
_WHO = {
    Role.RESIDENT: ("Ж", "житель"),
    Role.OPERATOR: ("О", "оператор"),
    Role.EXECUTOR: ("И", "исполнитель"),
    Role.SYSTEM: ("П", "портал сам"),
}
_NEEDS = {
    Need.TEXT: "объяснение",
    Need.ACT: "акт",
    Need.EXECUTOR: "организация",
    Need.OUTCOME: "итог",
}


class NotPlaced(Exception):
    """A step has no place in the picture; give it one in `_WAYS`."""


def svg() -> str:
    """Return the picture of the table, in Russian."""
    with translation.override("ru"):
        parts = [
            _HEAD,
            f"<style>{_STYLE}</style>",
            _TIP,
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            '<rect class="frame" x="20" y="60" width="945" height="375" rx="16"/>',
            '<text class="who" x="40" y="88">Открытые: над заявкой кто-то работает</text>',
            *_ways(),
            *(_box(status, at) for status, at in _BOXES.items()),
            _legend(),
            "</svg>",
        ]
    return "\n".join(parts) + "\n"


def page() -> str:
    """Return the table as Markdown, in Russian."""
    with translation.override("ru"):
        lines = [
            "# Жизнь заявки",
            "",
            "Сделано командой `manage.py draw_lifecycle` из `requests_app/steps.py`: правьте там.",
            "",
            "![Жизнь заявки](lifecycle.svg)",
            "",
            "| Шаг | Из | В | Кто | Что нужно | Кому письмо | Итог |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(_row(steps) for steps in _by_name().values()),
            "",
            "Чего в таблице нет, того нельзя: каждый такой шаг для каждой роли проверяют тесты.",
            "Пока ждём ответа жителя, часы стоят; передача другой организации начала не меняет.",
        ]
    return "\n".join(lines) + "\n"


def _by_name() -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = defaultdict(list)
    for step in STEPS:
        found[step.name].append(step)
    return found


def _sources(steps: list[Step]) -> list[str]:
    """Return where the step begins; the frame when every open status but its target knows it."""
    sources = {step.source for step in steps}
    if sources | ({steps[0].target} & OPEN) == OPEN:
        return [_FRAME]
    return [status for status in Status if status in sources]


def _ways() -> list[str]:
    said: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for steps in _by_name().values():
        for source in _sources(steps):
            said[source, steps[0].target].append(steps[0])
    if said.keys() != _WAYS.keys():
        raise NotPlaced(sorted(map(str, said.keys() ^ _WAYS.keys())))
    parts = []
    for way, steps in said.items():
        points, (x, y, anchor) = _WAYS[way]
        parts.append(f'<polyline class="way" points="{points}"/>')
        for place, step in enumerate(steps):
            who = ", ".join(_WHO[role][0] for role in Role if role in step.by)
            parts.append(
                f'<text class="said" x="{x}" y="{y + 20 * place}" text-anchor="{anchor}">'
                f'{escape(str(step.label))} <tspan class="who">{who}</tspan></text>'
            )
    return parts


def _box(status: Status, at: tuple[int, int]) -> str:
    (x, y), (width, height) = at, _BOX
    kind = "box" if status in OPEN else "box end"
    middle = x + width // 2
    name = _wrapped(str(status.label))
    lines = "".join(
        f'<text class="name" x="{middle}" y="{y + 28 + 18 * place - (6 * (len(name) - 1))}" '
        f'text-anchor="middle">{escape(line)}</text>'
        for place, line in enumerate(name)
    )
    return (
        f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/>{lines}'
        f'<text class="code" x="{middle}" y="{y + 55}" text-anchor="middle">{status.value}</text>'
    )


def _wrapped(words: str, limit: int = 17) -> list[str]:
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + len(word) >= limit:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _legend() -> str:
    who = " · ".join(f"{letter} — {name}" for letter, name in _WHO.values())
    return f'<text class="who" x="20" y="{HEIGHT - 20}">{who}</text>'


def _row(steps: list[Step]) -> str:
    step = steps[0]
    sources = _sources(steps)
    if sources == [_FRAME]:
        came = "любое открытое"
    else:
        came = ", ".join(str(Status(source).label) for source in sources)
    cells = [
        f"{step.label} (`{step.name}`)",
        came,
        str(step.target.label),
        ", ".join(_WHO[role][1] for role in Role if role in step.by),
        ", ".join(_NEEDS[need] for need in Need if need in step.needs) or "—",
        ", ".join(_WHO[role][1] for role in Role if role in step.tells) or "—",
        ", ".join(str(end.label) for end in Outcome if end in step.outcomes) or "—",
    ]
    return f"| {' | '.join(cells)} |"
