"""
Typed values: what a person or a table cell writes, to one canonical text.

Canonical: «12», «1234.50», «2025-12-31», «+78422123456», «yes»; what is stored, compared and
exported. Pure functions, no queries.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError as BadNumber
from stdnum.ru import inn as inn_number
from stdnum.ru import ogrn as ogrn_number

from accounts import phones
from disclosure.forms_standard.definition import NUMBERS, Field, Type

LONGEST_NUMBER = 30
EARLIEST = date(1700, 1, 1)
LATEST = date(2100, 1, 1)
YES, NO = "yes", "no"
_YES_WORDS = frozenset({"yes", "да", "1", "true", "истина", "есть", "+"})
_NO_WORDS = frozenset({"no", "нет", "0", "false", "ложь", "-"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INNER_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_KOPECKS = Decimal("0.01")
# What people write to get past a required field; it counts as empty.
_STUBS = frozenset(
    {
        *("-", "--", "---", "—", "–", ".", "..", "...", "…", "x", "х", "xxx", "ххх"),
        *("none", "null", "n/a", "н/д", "нд", "нет данных", "не указано", "не заполнено"),
        *("данные отсутствуют", "информация отсутствует"),
    }
)
# So many equal digits in a row are no number of anything.
_REPEATED = 4
_STUB_DATES = frozenset({"1970-01-01", "1900-01-01", "1899-12-30"})


class Invalid(Exception):
    """The text is no value of the field; the message is for people."""


def clean_text(text: str) -> str:
    """Return the text without control characters, line ends unified, outer blanks dropped."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def is_stub(canonical: str, field: Field) -> bool:
    """Whether the value only pretends to be one: «-», «нет данных», ####, 01.01.1970, 1111…."""
    text = canonical.strip().lower()
    if not text or text in _STUBS:
        return True
    if field.type is Type.DATE:
        return text in _STUB_DATES
    if field.type in {Type.TEXT, Type.LONG}:
        # «####», «0», «1111»; but «1» is the number of an entrance and «ААА» may be a name.
        is_one_sign = len(set(text)) == 1 and not text.isalpha()
        return is_one_sign and (not text.isdecimal() or text == "0" or len(text) >= _REPEATED)
    return False


def parse(text: str, field: Field) -> str:
    """Return the canonical text of what was written, "" for nothing; raise Invalid."""
    text = clean_text(text)
    if not text:
        return ""
    return _PARSERS[field.type](text, field)


def number_of(canonical: str, field: Field) -> Decimal | None:
    """Return the number of a canonical text, None for other types."""
    return Decimal(canonical) if canonical and field.type in NUMBERS else None


def day_of(canonical: str, field: Field) -> date | None:
    """Return the day of a canonical text, None for other types."""
    return date.fromisoformat(canonical) if canonical and field.type is Type.DATE else None


def _text(text: str, field: Field) -> str:
    text = _INNER_SPACES.sub(" ", text) if field.type is Type.TEXT else text
    if len(text) > field.longest:
        raise Invalid(_("Too long: at most %(count)d characters.") % {"count": field.longest})
    return text


def _decimal(text: str) -> Decimal:
    # «1 234 567,50 ₽» as people and spreadsheets write it.
    plain = re.sub(r"(руб\.?|р\.|₽|%)$", "", _INNER_SPACES.sub("", text.lower())).replace(",", ".")
    plain = plain.replace("−", "-")
    if len(plain) > LONGEST_NUMBER or not re.fullmatch(r"-?\d+(\.\d+)?", plain, re.ASCII):
        raise Invalid(_("Write a number, such as 1234 or 1234,50."))
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise Invalid(_("Write a number, such as 1234 or 1234,50.")) from None


def _bounded(number: Decimal, field: Field) -> Decimal:
    if field.least is not None and number < field.least:
        raise Invalid(_("Not less than %(least)s.") % {"least": field.low})
    if field.most is not None and number > field.most:
        raise Invalid(_("Not more than %(most)s.") % {"most": field.high})
    if abs(number) >= Decimal(10) ** 15:
        raise Invalid(_("The number is too large."))
    return number


def _integer(text: str, field: Field) -> str:
    number = _decimal(text)
    if number != number.to_integral_value():
        raise Invalid(_("Write a whole number."))
    return str(int(_bounded(number, field)))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(text: str, field: Field) -> str:
    number = _bounded(_decimal(text), field)
    if -number.as_tuple().exponent > 4:  # type: ignore[operator]
        raise Invalid(_("At most four digits after the comma."))
    return _plain(number) or "0"


def _money(text: str, field: Field) -> str:
    number = _bounded(_decimal(text), field)
    rounded = number.quantize(_KOPECKS, ROUND_HALF_UP)
    if rounded != number:
        raise Invalid(_("Rubles with kopecks: at most two digits after the comma."))
    return f"{rounded:f}"


def _percent(text: str, field: Field) -> str:
    number = _decimal(text)
    if not 0 <= number <= 100:
        raise Invalid(_("A percentage is from 0 to 100."))
    return _number(text, field)


def _year(text: str, field: Field) -> str:
    if not re.fullmatch(r"\d{4}", text, re.ASCII) or not EARLIEST.year <= int(text) < LATEST.year:
        raise Invalid(_("Write a year of four digits."))
    return str(int(_bounded(Decimal(text), field)))


def _date(text: str, field: Field) -> str:
    # A spreadsheet's date comes with a time of midnight.
    text = re.sub(r"[T ]00:00(:00)?$", "", text)
    for pattern in ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if EARLIEST <= day < LATEST:
            return day.isoformat()
        break
    raise Invalid(_("Write a date as 31.12.2025."))


def _inn(text: str, field: Field) -> str:
    try:
        return str(inn_number.validate(_INNER_SPACES.sub("", text)))
    except BadNumber:
        raise Invalid(_("This is not an ИНН: its check digits are wrong.")) from None


def _ogrn(text: str, field: Field) -> str:
    try:
        return str(ogrn_number.validate(_INNER_SPACES.sub("", text)))
    except BadNumber:
        raise Invalid(_("This is not an ОГРН: its check digit is wrong.")) from None


def _phone(text: str, field: Field) -> str:
    try:
        return phones.normalise(text)
    except ValueError:
        raise Invalid(_("This is not a phone number.")) from None


def _email(text: str, field: Field) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise Invalid(_("This is not an e-mail address.")) from None
    return text.lower()


def _url(text: str, field: Field) -> str:
    address = text if re.match(r"(?i)https?://", text) else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise Invalid(_("This is not an address of a site.")) from None
    return address


def _choice(text: str, field: Field) -> str:
    said = _INNER_SPACES.sub(" ", text).lower().replace("ё", "е")
    for code, name in field.choices:
        if said in {code.lower(), name.lower().replace("ё", "е")}:
            return code
    raise Invalid(_("Choose one of the list."))


def _yes_no(text: str, field: Field) -> str:
    said = text.lower()
    if said in _YES_WORDS:
        return YES
    if said in _NO_WORDS:
        return NO
    raise Invalid(_("Write yes or no."))


def _file(text: str, field: Field) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Invalid(_("Attach the document on the form's page.")) from None


_PARSERS: dict[Type, Callable[[str, Field], str]] = {
    Type.TEXT: _text,
    Type.LONG: _text,
    Type.INTEGER: _integer,
    Type.DECIMAL: _number,
    Type.MONEY: _money,
    Type.PERCENT: _percent,
    Type.YEAR: _year,
    Type.DATE: _date,
    Type.INN: _inn,
    Type.OGRN: _ogrn,
    Type.PHONE: _phone,
    Type.EMAIL: _email,
    Type.URL: _url,
    Type.CHOICE: _choice,
    Type.YES_NO: _yes_no,
    Type.FILE: _file,
}
