"""How alike two descriptions are: a rule over words, for finding the same fault told twice."""

from __future__ import annotations

import re

# From here on two texts are shown as perhaps the same, whatever matter was chosen.
ALIKE = 0.5

_WORD = re.compile(r"[а-яa-z0-9]+")
# Words that every description holds say nothing about its fault.
_EMPTY = frozenset(
    [
        "нет",
        "есть",
        "был",
        "была",
        "было",
        "были",
        "будет",
        "очень",
        "уже",
        "ещё",
        "еще",
        "снова",
        "опять",
        "опя",
        "нас",
        "вас",
        "мне",
        "меня",
        "нам",
        "наш",
        "наша",
        "наше",
        "нашем",
        "нашей",
        "это",
        "этот",
        "эта",
        "эти",
        "всё",
        "все",
        "весь",
        "вся",
        "всю",
        "при",
        "для",
        "что",
        "чтобы",
        "как",
        "так",
        "или",
        "если",
        "когда",
        "где",
        "кто",
        "там",
        "тут",
        "здесь",
        "просьба",
        "прошу",
        "просим",
        "помогите",
        "примите",
        "меры",
        "срочно",
        "сегодня",
        "вчера",
        "утра",
        "вечера",
        "дня",
        "день",
        "дней",
        "час",
        "часа",
        "часов",
        "доме",
        "дома",
        "дом",
        "квартире",
        "квартира",
        "квартиры",
        "подъезде",
        "подъезд",
        "улице",
        "улица",
        "здравствуйте",
        "добрый",
        "пожалуйста",
    ]
)
_STEM = 5


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words that say something: endings change, they do not."""
    words = _WORD.findall(text.lower().replace("ё", "е"))
    return frozenset(
        word[:_STEM] for word in words if len(word) > 2 and word not in _EMPTY and word.isalpha()
    )


def likeness(one: str, other: str) -> float:
    """
    Return 0…1: the share of the shorter text's words that the longer one holds, too.

    Texts of one word are compared whole: a single common word proves little.
    """
    left, right = stems(one), stems(other)
    if not left or not right:
        return 0.0
    shorter = min(len(left), len(right))
    whole = len(left & right)
    return whole / shorter if shorter > 1 else whole / len(left | right)
