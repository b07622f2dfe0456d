"""
Russian postal addresses as people and registers write them: pure functions, no queries.

`normalise` brings every spelling of one house to one text: «ул. Гончарова, д.5 к.2»,
«гончарова 5 корп 2» and «Гончарова ул 5к2» become «гончарова 5к2».
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# A key of the Latin layout and the letter of the Russian one on it.
_LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_RUSSIAN = str.maketrans(
    _LATIN_KEYS + _LATIN_KEYS.upper() + '~{}:"<>', _RUSSIAN_KEYS * 2 + "ёхъжэбю"
)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)
# Latin letters that look like Russian ones, as registers mix them: «5a», «3B».
_LOOK_ALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")

STREET_TYPES = {
    "ул": ("ул", "улица", "ул-ца"),
    "пр-кт": ("пр-кт", "проспект", "просп", "пр-т", "пркт", "прт", "пр"),
    "проезд": ("проезд", "пр-д", "прзд"),
    "пер": ("пер", "переулок"),
    "б-р": ("б-р", "бульвар", "бул", "бр", "б-вар"),
    "ш": ("ш", "шоссе"),
    "наб": ("наб", "набережная"),
    "пл": ("пл", "площадь"),
    "туп": ("туп", "тупик"),
    "мкр": ("мкр", "мкрн", "микрорайон", "м-н", "мкр-н"),
    "кв-л": ("кв-л", "квартал"),
    "тракт": ("тракт",),
    "аллея": ("аллея", "ал"),
    "линия": ("линия",),
    "спуск": ("спуск",),
    "съезд": ("съезд",),
    "въезд": ("въезд",),
    "городок": ("городок", "гор-к"),
    "тер": ("тер", "территория"),
    "снт": ("снт",),
    "с-к": ("с-к",),
}
PLACE_TYPES = {
    "г": ("г", "город"),
    "п": ("п", "пос", "поселок"),
    "пгт": ("пгт",),
    "рп": ("рп",),
    "с": ("с", "село"),
    "дер": ("деревня", "дер"),
    "ст": ("ст", "станция"),
    "ст-ца": ("ст-ца", "станица"),
    "х": ("х", "хутор"),
    "жилрайон": ("жилрайон",),
}
REGION_TYPES = ("обл", "область", "край", "респ", "республика", "ао", "округ")
DISTRICT_TYPES = ("р-н", "район")

_STREET_WORDS = {form: kind for kind, forms in STREET_TYPES.items() for form in forms}
_PLACE_WORDS = {form: kind for kind, forms in PLACE_TYPES.items() for form in forms}
_ANY_TYPE = {*_STREET_WORDS, *_PLACE_WORDS, *REGION_TYPES, *DISTRICT_TYPES}

# Words that name a part of a house number, and the mark they become in its key.
_HOUSE = r"(?:дом|д|влад(?:ение)?|вл|домовлад(?:ение)?|двлд)"
_BLOCK = r"(?:корпус|корп|кор|к)"
_WING = r"(?:строение|строен|стр|с)"
_LETTER = r"(?:литера|литер|лит)"
_FLAT = re.compile(
    r"(?<![\w-])(?:кв|квартира|пом|помещение|ком|комната|оф|офис|подъезд|под|эт|этаж)"
    r"\.?\s*№?\s*\d+\w*(?![\w-])"
)
_POSTCODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_GLUED = re.compile(rf"(?<![\w-])({_HOUSE}|{_BLOCK}|{_LETTER}|стр)\.?\s*№?\s*(?=\d)")
# «Малышева15»: nobody's name ends so; «дом15» and «корп2» are taken apart by themselves.
_STUCK = re.compile(r"(?<![а-я])[а-я-]{3,}(?=\d)")
_HOUSE_WORDS = {"дом", "корп", "корпус", "кор", "стр", "строение", "лит", "литера", "литер"}
_NUMBER = re.compile(r"\d")
_ORDINAL = re.compile(r"^(\d+)-?(?:я|й|ая|ый|ой|ий|го|ого|е|ое|х|летия|лет)$")
_YEARS = frozenset(
    [
        "лет",
        "летия",
        "летие",
        "года",
        "год",
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
        "линия",
    ]
)
_HOUSE_KEY = re.compile(r"^\d[\w/]*$")
_REGION_KINDS = "|".join(re.escape(kind) for kind in (*REGION_TYPES, *DISTRICT_TYPES))
_TYPE_AFTER = re.compile(rf"(?i)[\w-]+(?:ая|ий|ый|ой)\s+(?:{_REGION_KINDS})(?![\w-])\.?")
_TYPE_BEFORE = re.compile(rf"(?i)(?<![\w-])(?:{_REGION_KINDS})\.?\s+[\w-]+(?=\s*,)")
_LATIN = re.compile("[a-z]")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Address:
    """
    The parts of an address, each written as in the source.

    `street` carries its type («ул. Гончарова»), `house` its block and letter («5 к. 2 лит. А»).
    """

    region: str = ""
    district: str = ""
    city: str = ""
    street: str = ""
    house: str = ""


def to_russian_layout(text: str) -> str:
    """Return what the same keys give on the Russian layout: «Ujyxfhjdf» is «гончарова»."""
    # The key of the full stop; between digits people mean the slash they see.
    text = re.sub(r"(?<!\d)/|/(?!\d)", "\x00", text).translate(_TO_RUSSIAN)
    return text.translate({0: ".", ord("?"): ",", ord("|"): "/"})


def to_latin_layout(text: str) -> str:
    """Return what the same keys give on the Latin layout, in lower case."""
    return text.lower().translate(_TO_LATIN)


def has_latin(text: str) -> bool:
    """Whether some letter of `text` is Latin."""
    return _LATIN.search(text.lower()) is not None


def plain(text: str) -> str:
    """Return lower-case words of letters and digits, ё as е, single spaces; look-alikes kept."""
    lowered = text.replace("\x00", " ").lower().replace("ё", "е")
    return _SPACES.sub(" ", "".join(s if s.isalnum() else " " for s in lowered)).strip()


def _russian_letters(word: str) -> str:
    """Return the word with Latin look-alikes replaced, if it has a digit or a Russian letter."""
    if has_latin(word) and any(s.isdigit() or "а" <= s <= "я" for s in word):
        return word.translate(_LOOK_ALIKES)
    return word


def _lowered(text: str) -> str:
    text = text.replace("\x00", " ").lower().replace("ё", "е").replace("й", "й")
    text = re.sub(r"[‐-―−]", "-", text)
    text = re.sub(r"[«»\"'`()\[\]]", " ", text)
    return " ".join(_russian_letters(word) for word in text.split())


# A line of a register is asked for its key as itself, as a twin of others and as a row.
@lru_cache(maxsize=4096)
def house_key(text: str) -> str:
    """
    Return the house number as search compares it: digits first, then marks.

    «д. 5 корп. 2» → «5к2», «5 А» and «5-а» and «5 лит. А» → «5а», «12 / 34» → «12/34»,
    «5 стр 1» → «5с1», «5 к. А» → «5а». A house without a number keeps its words.
    """
    text = _lowered(text)
    text = re.sub(rf"^[\s,.№-]*{_HOUSE}(?![\w-])[\s.№]*|^[\s,.№-]*{_HOUSE}\.?\s*(?=\d)", "", text)
    text = re.sub(rf"(?<![а-яa-z]){_LETTER}(?![а-яa-z])[\s.,№]*", "", text)
    # Registers put the letter of «5А» into the column of blocks, or of buildings: «5 к. А».
    text = re.sub(rf"(?<=[\d\s])(?:{_BLOCK}|{_WING})[\s.,№]+(?=[а-я](?![а-я\d]))", "", text)
    text = re.sub(rf"(?<![а-яa-z]){_BLOCK}[\s.,№]*(?=\d)", "к", text)
    text = re.sub(rf"(?<![а-яa-z]){_WING}[\s.,№]*(?=\d)", "с", text)
    text = re.sub(r"\s*[/\\]\s*", "/", text)
    text = re.sub(r"(?<=\d)\s*-\s*(?=[а-яa-z])", "", text)
    text = re.sub(r"[^\w/-]+", "", text)
    return re.sub(r"-(?=\D|$)|^[-/]+|/+$", "", text).strip("-_")


def without_region(text: str) -> str:
    """Return the address without its region and district: search looks inside a city."""
    return _TYPE_BEFORE.sub(" ", _TYPE_AFTER.sub(" ", text))


def street_key(text: str) -> str:
    """
    Return the words of a street's name without its type, ordinals without their ending.

    «ул. 1-я Волгоградская» → «1 волгоградская», «40 лет Победы ул.» → «40 лет победы».
    """
    words = _street_words(text)
    named = [word for word in words if word not in _STREET_WORDS and word not in _PLACE_WORDS]
    # «Набережная улица», «Линия» alone: the type is the name.
    return " ".join(named or words)


def street_type(text: str) -> str:
    """Return the street's type as registers shorten it («ул», «пр-кт»), or ""."""
    for word in _typed_words(text):
        if word in _STREET_WORDS:
            return _STREET_WORDS[word]
    return ""


def street_text(*, city: str, name: str) -> str:
    """Return what search compares a query's words with: the street's name, then its settlement."""
    key, place = street_key(name), street_key(city)
    return key if key == place or not place else f"{key} {place}"


def _typed_words(text: str) -> list[str]:
    text = re.sub(r"[.,;:№_]", " ", _lowered(text))
    return text.split()


def _street_words(text: str) -> list[str]:
    words = []
    for word in _typed_words(text):
        if word in _ANY_TYPE:
            words.append(word)
            continue
        if ordinal := _ORDINAL.match(word):
            words.append(ordinal[1])
            if word.endswith(("летия", "лет")):
                words.append("лет")
            continue
        parts = [part for part in re.split(r"[^\w]+", word) if part]
        words.extend("лет" if part == "летия" else part for part in parts)
    return words


def split_house(text: str) -> tuple[str, str]:
    """
    Return the words before the house number, and the number's key ("" where there is none).

    The text is what a person types into one field: «гончарова 5 к 2», «40 лет Победы, 12/34».
    """
    text = _POSTCODE.sub(" ", _FLAT.sub(" ", _lowered(text)))
    text = re.sub(r"[,;]", " ", text)
    # A part of the number that stands apart joins it: «5 к.2», «5 - а», «12 / 34», «5 а».
    text = re.sub(r"(?<=\w)\s*([/\\])\s*(?=\d)", "/", text)
    text = re.sub(r"(?<=\d)\s+(?=[а-и](?![\w.-]))", "", text)
    text = re.sub(rf"(?<=\d)(\w?)\s*[\s.]\s*{_BLOCK}[\s.№]*(?=\d)", r"\1к", text)
    text = re.sub(rf"(?<=\d)(\w?){_BLOCK}[\s.№]*(?=\d)", r"\1к", text)
    text = re.sub(rf"(?<=\d)(\w?)\s*[\s.]\s*{_WING}[\s.№]*(?=\d)", r"\1с", text)
    text = re.sub(r"(?<=\d)(\w?)(?:строение|стр)[\s.№]*(?=\d)", r"\1с", text)
    text = re.sub(rf"(?<=\d)\s*{_LETTER}[\s.№]*(?=[а-яa-z](?!\w))", "", text)
    text = re.sub(rf"(?<=\d)\s+(?:{_BLOCK}|{_WING})[\s.№]+(?=[а-я](?!\w))", "", text)
    text = re.sub(r"(?<=\d)\s*-\s*(?=[а-яa-z](?![\w]))(?![йяех](?!\w))", "", text)
    text = re.sub(r"(?<=\d-[яйе])(?=\d)|(?<=\.[а-я])(?=\d)", " ", text)
    text = _STUCK.sub(lambda found: found[0] if found[0] in _HOUSE_WORDS else f"{found[0]} ", text)
    text = _GLUED.sub(lambda found: f" д {' '}" if re.match(_HOUSE, found[1]) else found[0], text)
    words = [word.strip(".-№") for word in text.split()]
    words = [word for word in words if word]
    marked = [i for i, word in enumerate(words) if word in {"д", "дом"}]
    for place in reversed(marked):
        if place + 1 < len(words) and words[place + 1][0].isdigit():
            house = house_key(words[place + 1])
            return " ".join(words[:place] + words[place + 2 :]), house
    for place in range(len(words) - 1, 0, -1):
        if _is_house(words, place):
            return " ".join(words[:place] + words[place + 1 :]), house_key(words[place])
    return " ".join(words), ""


def _is_house(words: list[str], place: int) -> bool:
    word = words[place]
    following = words[place + 1] if place + 1 < len(words) else ""
    # «41е» at the end is a letter's house; «8е марта» is an ordinal.
    is_lettered = not following and word[:-1].isdigit() and word.endswith("е")
    if not word[0].isdigit() or (_ORDINAL.match(word) and not is_lettered):
        return False
    return following not in _YEARS and not _ORDINAL.match(f"{word}-{following}")


def normalise(text: str) -> str:
    """
    Return one spelling for all spellings of an address; what is normal already stays as it is.

    Order of words stays, the house number goes last. Types of streets and settlements are left
    out: people forget and mistake them.
    """
    before, house = split_house(text)
    key = street_key(before)
    return f"{key} {house}".strip()


def display(*, city: str, street: str, house: str) -> str:
    """Return the address as pages show it: «Светлоречье, ул. Мира, д. 5 к. 2»."""
    number = f"д. {house}" if house[:1].isdigit() else house
    return ", ".join(part for part in (city, street, number) if part)
