"""
The outside portals and how each writes a letter: headings of its table, names of its JSON.

`docs/exchange.md` shows these tables to whoever sends; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from requests_app.models import OutsideSource
from requests_app.statuses import Channel

# The portal's own names of what a letter says; any source may use them in JSON.
NUMBER, RECEIVED, ADDRESS, FIAS = "number", "received_at", "address", "fias"
FLAT, ENTRANCE, MATTER, TEXT = "flat", "entrance", "matter", "text"
NAME, EMAIL, PHONE, KIND = "name", "email", "phone", "kind"
FIELDS = (
    *(NUMBER, RECEIVED, ADDRESS, FIAS, FLAT, ENTRANCE),
    *(MATTER, TEXT, NAME, EMAIL, PHONE, KIND),
)
NEEDED = (NUMBER, RECEIVED, ADDRESS, TEXT)


@dataclass(frozen=True)
class Source:
    """
    A portal's format: for each field its heading in a table and its path in JSON.

    `basis` is the law by which the contact comes without a consent of ours.
    """

    code: OutsideSource
    channel: Channel
    basis: str
    list_name: str
    headings: Mapping[str, str]
    paths: Mapping[str, str]


SOURCES: dict[str, Source] = {
    OutsideSource.POS: Source(
        code=OutsideSource.POS,
        channel=Channel.POS,
        basis="59-FZ",
        list_name="messages",
        headings={
            NUMBER: "Номер сообщения",
            RECEIVED: "Дата и время поступления",
            ADDRESS: "Адрес",
            FIAS: "Код ФИАС",
            FLAT: "Квартира",
            ENTRANCE: "Подъезд",
            MATTER: "Подкатегория",
            TEXT: "Текст сообщения",
            NAME: "ФИО заявителя",
            EMAIL: "Электронная почта",
            PHONE: "Телефон",
            KIND: "Тип",
        },
        paths={
            NUMBER: "id",
            RECEIVED: "createdAt",
            ADDRESS: "address.text",
            FIAS: "address.fiasId",
            FLAT: "address.flat",
            ENTRANCE: "address.entrance",
            MATTER: "subcategory.name",
            TEXT: "text",
            NAME: "applicant.fullName",
            EMAIL: "applicant.email",
            PHONE: "applicant.phone",
            KIND: "type",
        },
    ),
    OutsideSource.GIS_ZHKH: Source(
        code=OutsideSource.GIS_ZHKH,
        channel=Channel.GIS_ZHKH,
        basis="209-FZ",
        list_name="appeals",
        headings={
            NUMBER: "Номер обращения",
            RECEIVED: "Дата обращения",
            ADDRESS: "Адрес дома",
            FIAS: "Глобальный уникальный идентификатор дома по ФИАС",
            FLAT: "Номер помещения",
            ENTRANCE: "Номер подъезда",
            MATTER: "Тема обращения",
            TEXT: "Текст обращения",
            NAME: "Заявитель",
            EMAIL: "Адрес электронной почты",
            PHONE: "Телефон заявителя",
            KIND: "Вид обращения",
        },
        paths={
            NUMBER: "appealNumber",
            RECEIVED: "appealCreateDate",
            ADDRESS: "houseAddress",
            FIAS: "FIASHouseGuid",
            FLAT: "apartmentNumber",
            ENTRANCE: "entranceNumber",
            MATTER: "appealTopic",
            TEXT: "appealText",
            NAME: "applicant.name",
            EMAIL: "applicant.email",
            PHONE: "applicant.phone",
            KIND: "appealKind",
        },
    ),
}


def flat(source: Source, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of one JSON letter: by the portal's own names, else by the source's."""
    found = {}
    for name in FIELDS:
        value = _at(record, source.paths[name])
        found[name] = record.get(name) if value is None else value
        if isinstance(found[name], Mapping):
            # `address` is our text and the source's object.
            found[name] = None
    return found


def _at(record: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(record, Mapping):
            return None
        record = record.get(part)
    return record
