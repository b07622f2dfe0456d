"""
The papers of a meeting as plain blocks: notice, ballot, register, protocol.

What the law asks of each: notice ЖК РФ, ст. 45 ч. 5; ballot ст. 47 ч. 3; protocol приказ Минстроя
№ 44/пр. Names of people are left as lines to fill in by hand: the portal keeps none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils import formats
from django.utils.text import capfirst

from outreach.meetings.dates import MeetingForm
from outreach.meetings.kit import Kit, Purpose, Question
from outreach.meetings.numbers import in_words

BLANK = "____________________"
# A page of a register; more are copied.
_REGISTER_ROWS = 18


class PaperKind(StrEnum):
    """The papers, by the name of their file."""

    NOTICE = "notice"
    BALLOT = "ballot"
    REGISTER = "register"
    PROTOCOL = "protocol"


@dataclass(frozen=True)
class Block:
    """
    A part of a paper: `kind` is title, heading, text, centre, list, table, line or sign.

    A list has `rows` of one cell; a table `head`, `rows` and `widths` in parts of the page.
    """

    kind: str
    text: str = ""
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Paper:
    """A paper: `name` of its file, blocks in order; `is_wide` lies on its side."""

    kind: PaperKind
    title: str
    blocks: list[Block]
    is_wide: bool = False


_FORMS = {
    MeetingForm.IN_PERSON: "очная (совместное присутствие)",
    MeetingForm.ABSENTEE: "заочная (заочное голосование)",
    MeetingForm.MIXED: "очно-заочная",
}
_VOTE_HEAD = ["Голосовали", "Площадь", "Доля участвующих"]


def kinds_of(purpose: Purpose) -> list[PaperKind]:
    """Return the papers of a meeting; residents founding a ТОС raise hands and need no ballot."""
    if purpose == Purpose.TOS:
        return [PaperKind.NOTICE, PaperKind.REGISTER, PaperKind.PROTOCOL]
    return list(PaperKind)


def paper(kind: PaperKind, kit: Kit) -> Paper:
    """Return a paper of the kit."""
    is_tos = kit.purpose == Purpose.TOS
    match kind:
        case PaperKind.NOTICE:
            return _tos_notice(kit) if is_tos else _notice(kit)
        case PaperKind.BALLOT:
            return _ballot(kit)
        case PaperKind.REGISTER:
            return _tos_register(kit) if is_tos else _register(kit)
    return _tos_protocol(kit) if is_tos else _protocol(kit)


def _day(value: date) -> str:
    return formats.date_format(value, "j E Y") + " г."


def _hour(kit: Kit) -> str:
    return f", {kit.starts_at:%H:%M}" if kit.starts_at else ""


def _kind(kit: Kit) -> str:
    return "внеочередное"


def _when(kit: Kit) -> list[str]:
    lines = []
    if kit.plan.form != MeetingForm.ABSENTEE:
        lines.append(
            f"Очное обсуждение: {_day(kit.plan.starts_on)}{_hour(kit)}, место: {kit.place}."
        )
    if kit.plan.form != MeetingForm.IN_PERSON:
        lines.append(
            f"Приём решений собственников: с {_day(kit.plan.starts_on)} по"
            f" {_day(kit.plan.ends_on)} включительно, место: {kit.hand_in}."
        )
    return lines


def _agenda(questions: list[Question], *, with_clauses: bool) -> Block:
    rows = []
    for one in questions:
        tail = f" ({one.majority}; {one.clause})" if with_clauses and one.clause else ""
        rows.append([f"{one.wording}{tail}"])
    return Block("list", rows=rows)


def _notice(kit: Kit) -> Paper:
    company = f" Управляет домом: {kit.company}." if kit.company else ""
    return Paper(
        PaperKind.NOTICE,
        "Сообщение о проведении общего собрания",
        [
            Block("title", "Сообщение о проведении общего собрания собственников помещений"),
            Block("centre", f"в многоквартирном доме по адресу: {kit.house.address}"),
            Block("text", f"Дата сообщения: {_day(kit.plan.notice_on)}{company}"),
            Block(
                "text",
                f"Инициатор собрания (фамилия, имя, отчество, помещение): {BLANK}{BLANK}",
            ),
            Block("text", f"Собрание: {_kind(kit)}. Форма проведения: {_FORMS[kit.plan.form]}."),
            *(Block("text", line) for line in _when(kit)),
            Block("heading", "Повестка дня"),
            _agenda(kit.questions, with_clauses=False),
            Block(
                "text",
                "С информацией и материалами к собранию можно ознакомиться: "
                f"{kit.materials or BLANK + BLANK}.",
            ),
            Block(
                "text",
                "Голос собственника равен его доле: площадь помещения к площади всех помещений "
                "дома. Голосовать можно лично или через представителя по доверенности (ЖК РФ, "
                "ст. 48).",
            ),
            Block("sign", "Инициатор"),
        ],
    )


def _ballot(kit: Kit) -> Paper:
    rows = [[str(one.number), one.wording, "", "", ""] for one in kit.questions]
    return Paper(
        PaperKind.BALLOT,
        "Решение собственника",
        [
            Block("title", "Решение собственника помещения"),
            Block(
                "centre",
                "по вопросам повестки дня общего собрания собственников помещений "
                f"в многоквартирном доме по адресу: {kit.house.address}",
            ),
            Block("text", f"Собственник (фамилия, имя, отчество или организация): {BLANK}{BLANK}"),
            Block("text", f"Помещение № ________  Площадь ____________ м²  Доля {BLANK}"),
            Block("text", f"Документ о праве собственности (вид, номер, дата): {BLANK}{BLANK}"),
            Block("text", f"Представитель (если голосует он), доверенность: {BLANK}{BLANK}"),
            *(Block("text", line) for line in _when(kit)),
            Block(
                "table",
                head=["№", "Вопрос", "За", "Против", "Воздер-жался"],
                rows=rows,
                widths=[4, 52, 14, 14, 16],
            ),
            Block(
                "text",
                "По каждому вопросу поставьте один знак. Вопрос с двумя знаками или без знака не "
                "считается (ЖК РФ, ст. 48 ч. 6).",
            ),
            Block("sign", "Собственник (представитель)"),
        ],
    )


def _register(kit: Kit) -> Paper:
    head = ["№", "Помещение", "Площадь, м²", "Доля", "Собственник", "Документ о праве", "Подпись"]
    return Paper(
        PaperKind.REGISTER,
        "Реестр участников собрания",
        [
            Block("title", "Реестр собственников, принявших участие в общем собрании"),
            Block("centre", f"{kit.house.address}, {_span(kit)}"),
            Block(
                "table",
                head=head,
                rows=[[str(row), *[""] * 6] for row in range(1, _REGISTER_ROWS + 1)],
                widths=[4, 9, 10, 8, 30, 24, 15],
            ),
            Block(
                "text",
                "Приложение к протоколу общего собрания. Список содержит личные данные: хранить "
                "и передавать только вместе с протоколом.",
            ),
            Block("sign", "Секретарь собрания"),
        ],
        is_wide=True,
    )


def _span(kit: Kit) -> str:
    if kit.plan.ends_on == kit.plan.starts_on:
        return _day(kit.plan.starts_on)
    return f"{_day(kit.plan.starts_on)} – {_day(kit.plan.ends_on)}"


def _protocol(kit: Kit) -> Paper:
    found = kit.result
    area = f"{in_words_of(kit)}" if kit.house.area_m2 and not found else BLANK
    total = found.total if found else area
    present = f"{found.present} ({found.percent})" if found else f"{BLANK} м² (______ %)"
    quorum = "имеется" if found and found.has_quorum else "не имеется" if found else BLANK
    blocks = [
        Block("title", f"Протокол № ______ {_kind_of(kit)}"),
        Block("centre", f"собственников помещений в многоквартирном доме: {kit.house.address}"),
        Block("text", f"Дата протокола: «____» ______________ {kit.plan.ends_on.year} г."),
        Block("text", f"Место составления: {BLANK}"),
        Block("text", f"Форма проведения: {_FORMS[kit.plan.form]}. Проведено: {_span(kit)}."),
        *(Block("text", line) for line in _when(kit)),
        Block("text", f"Инициатор (фамилия, имя, отчество, помещение): {BLANK}{BLANK}"),
        Block("text", f"Председатель собрания: {BLANK}  Секретарь: {BLANK}"),
        Block("text", f"Счётная комиссия: {BLANK}{BLANK}"),
        Block("text", f"Присутствовали и приглашены: списки в приложениях, {BLANK} человек."),
        Block("text", f"Общая площадь помещений собственников: {total}."),
        Block("text", f"Приняли участие собственники: {present}. Кворум: {quorum}."),
        Block("heading", "Повестка дня"),
        _agenda(kit.questions, with_clauses=True),
    ]
    for one in kit.questions:
        blocks += _decided(kit, one)
    blocks += [
        Block("heading", "Приложения"),
        Block(
            "list",
            rows=[
                ["Реестр собственников помещений с площадью и долями"],
                ["Сообщение о проведении собрания и подтверждение, что собственники извещены"],
                ["Реестр присутствовавших, доверенности представителей"],
                ["Решения собственников"],
                ["Материалы, по которым принимались решения"],
            ],
        ),
        Block("text", f"Место хранения копий протокола и решений: {BLANK}{BLANK}."),
        Block(
            "text",
            "Подлинники передаются управляющей организации до "
            f"{_day(kit.plan.protocol_by)} (10 дней), итоги сообщаются собственникам в тот же "
            "срок (ЖК РФ, ст. 46 ч. 1, 3).",
        ),
        Block("sign", "Председатель собрания"),
        Block("sign", "Секретарь собрания"),
        Block("sign", "Счётная комиссия"),
    ]
    return Paper(PaperKind.PROTOCOL, "Протокол общего собрания", blocks)


def _kind_of(kit: Kit) -> str:
    return f"{_kind(kit).replace('ое', 'ого')} общего собрания"


def in_words_of(kit: Kit) -> str:
    """Return the house's area as the register has it."""
    from fractions import Fraction

    return in_words(Fraction(kit.house.area_m2 or 0))


def _decided(kit: Kit, one: Question) -> list[Block]:
    found = kit.result.questions[one.number - 1] if kit.result else None
    rows = (
        [[word, area, share] for word, area, share in found.votes]
        if found
        else [[word, f"{BLANK} м²", "______ %"] for word in ("За", "Против", "Воздержались")]
    )
    outcome = ("решение принято" if found.passed else "решение не принято") if found else BLANK
    need = f" Нужно: {found.needed}." if found else f" Нужно: {one.majority} ({one.clause})."
    return [
        Block("heading", f"Вопрос {one.number}. {one.title or ''}".strip()),
        Block("text", f"Слушали: {BLANK}. Краткое содержание выступления: {BLANK}{BLANK}"),
        Block("text", f"Предложено: {one.wording}"),
        Block("table", head=_VOTE_HEAD, rows=rows, widths=[30, 40, 30]),
        Block("text", f"Решили: {one.wording} Итог: {outcome}.{need}"),
    ]


def _tos_notice(kit: Kit) -> Paper:
    return Paper(
        PaperKind.NOTICE,
        "Объявление о собрании жителей",
        [
            Block("title", "Объявление о собрании жителей"),
            Block("centre", "по созданию территориального общественного самоуправления"),
            Block("text", f"Дата: {_day(kit.plan.notice_on)}. Территория: {kit.house.address} …"),
            Block("text", f"Инициативная группа: {BLANK}{BLANK}"),
            Block("text", f"Собрание: {_day(kit.plan.starts_on)}{_hour(kit)}, {kit.place}."),
            Block("heading", "Повестка дня"),
            _agenda(kit.questions, with_clauses=False),
            Block(
                "text",
                "Участвуют жители территории, которым исполнилось 16 лет. Собрание правомочно, "
                "если на нём не меньше трети таких жителей (131-ФЗ, ст. 27).",
            ),
            Block("text", f"Проект устава можно прочитать: {kit.materials or BLANK + BLANK}."),
        ],
    )


def _tos_register(kit: Kit) -> Paper:
    return Paper(
        PaperKind.REGISTER,
        "Список участников собрания",
        [
            Block("title", "Список участников собрания жителей"),
            Block("centre", f"{kit.house.address} …, {_day(kit.plan.starts_on)}"),
            Block(
                "table",
                head=["№", "Фамилия, имя, отчество", "Год рождения", "Адрес", "Подпись"],
                rows=[[str(row), "", "", "", ""] for row in range(1, _REGISTER_ROWS + 1)],
                widths=[5, 38, 13, 28, 16],
            ),
            Block("sign", "Секретарь собрания"),
        ],
        is_wide=True,
    )


def _tos_protocol(kit: Kit) -> Paper:
    blocks = [
        Block("title", "Протокол № ______ собрания жителей"),
        Block("centre", "по созданию территориального общественного самоуправления"),
        Block("text", f"Дата: {_day(kit.plan.starts_on)}{_hour(kit)}. Место: {kit.place}."),
        Block("text", f"Территория: {kit.house.address} …"),
        Block("text", "Всего жителей, которым исполнилось 16 лет: ______. Участвуют: ______."),
        Block("text", f"Правомочно (не меньше трети; 131-ФЗ, ст. 27): {BLANK}."),
        Block("text", f"Председатель собрания: {BLANK}  Секретарь: {BLANK}"),
        Block("heading", "Повестка дня"),
        _agenda(kit.questions, with_clauses=False),
    ]
    for one in kit.questions:
        blocks += [
            Block("heading", f"Вопрос {one.number}"),
            Block("text", f"Слушали: {BLANK}. Предложено: {one.wording}"),
            Block("text", "За — ______, против — ______, воздержались — ______."),
            Block("text", f"Решили: {BLANK}{BLANK}"),
        ]
    blocks += [
        Block("text", "Приложения: список участников, проект устава, описание границ территории."),
        Block("sign", "Председатель собрания"),
        Block("sign", "Секретарь собрания"),
    ]
    return Paper(PaperKind.PROTOCOL, "Протокол собрания жителей", blocks)


def file_title(item: Paper) -> str:
    """Return the title with a capital."""
    return str(capfirst(item.title))
