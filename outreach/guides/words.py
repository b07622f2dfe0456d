"""Words of a question: which count, what else they are called, and which may be kept."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from disclosure import addresses

SYNONYMS = Path(__file__).parents[1] / "reference" / "synonyms.toml"
LONGEST = 200
MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")
# In every question, so they tell nothing.
_EMPTY = frozenset(
    _WORD.findall(
        "а без бы быть в во вот все всё где да для до его ее если есть еще за и из или им их "
        "к как какая какие какой ко когда кто куда ли меня мне мой моя моё можно мои мы на "
        "над надо нам нас наш наша наше не него нет ни но нужно о об обо он она они от ото "
        "очень по под почему при про с сколько со так там то тоже только тут ты у уж уже чем "
        "что чтобы эта эти это этот я делать сделать пожалуйста подскажите вы вас вам ваш "
        "себя свой своей своего между пока хочу хотим хотят хочет начать чего теперь будет "
        "было были была идет идут пришли пришел пришла положено положена положен положены "
        "кому кого чей чья нужен нужна надоел надоела избавиться стал стала стоит никто "
        "ничего потом сейчас опять снова через после перед утра утром вечера вечером сегодня "
        "вчера завтра раз два три десять пять минут минуты дней дня недели месяца взять "
        "найти третий второй день неделю месяц год должен должны должна обязан обязаны могут "
        "может"
    )
)
_NAMES_A_PERSON = re.compile(
    r"(?:ович|евич|овна|евна|ична|ичной|овной|евной|овича|евича)$", re.IGNORECASE
)
_CONTACT = re.compile(r"\S+@\S+|https?://\S+|\S*\d\S*")


@dataclass(frozen=True)
class Asked:
    """One word to look for; words of one `number` mean the same, `trust` lowers synonyms."""

    number: int
    word: str
    trust: float


def asked(text: str) -> list[Asked]:
    """Return what a question asks for, with synonyms; empty when it has no telling word."""
    found = _telling(text)
    answer: list[Asked] = []
    for number, word in enumerate(found):
        answer.append(Asked(number, word, 1.0))
        answer += [Asked(number, other, 0.7) for other in _also(word)]
    return answer


def _telling(text: str) -> list[str]:
    # JSON may carry half of a surrogate pair, which no database takes.
    text = text[:LONGEST].encode(errors="replace").decode().lower().replace("ё", "е")
    if addresses.has_latin(text) and not re.search("[а-я]", text):
        # «jnjgktybt»: the keyboard was left on the other layout.
        text = addresses.to_russian_layout(text).lower().replace("ё", "е")
    words = list(dict.fromkeys(_WORD.findall(text)))
    return [word[:40] for word in words if word not in _EMPTY and len(word) > 1][:MOST_WORDS]


def _also(word: str) -> list[str]:
    """Return the synonyms of a word in whatever form it stands."""
    same: dict[str, None] = {}
    for group in _groups():
        if any(is_form(word, known) for known in group):
            same |= dict.fromkeys(other for other in group if not is_form(word, other))
    return list(same)[:8]


@cache
def _groups() -> tuple[tuple[str, ...], ...]:
    content = tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))
    return tuple(tuple(word.replace("ё", "е") for word in group) for group in content["groups"])


def is_form(word: str, known: str) -> bool:
    """Return whether two words differ in their endings only."""
    if word == known:
        return True
    shorter, longer = sorted((word, known), key=len)
    if len(shorter) < 4 or len(longer) - len(shorter) > 3:
        return False
    return shorter[: max(4, len(shorter) - 2)] == longer[: max(4, len(shorter) - 2)]


def without_people(text: str) -> str:
    """
    Return the words of a question that may be kept; "" when none is left.

    Left out: whatever holds a digit or an address of mail, patronymics with the capitalised words
    around them, and any word with a capital letter but the first, since names and streets bear it.
    """
    kept: list[str] = []
    typed = _CONTACT.sub(" ", text[:LONGEST]).split()
    named = any(_NAMES_A_PERSON.search(word.strip(".,!?;:«»\"'()")) for word in typed)
    for place, word in enumerate(typed):
        bare = word.strip(".,!?;:«»\"'()")
        if _NAMES_A_PERSON.search(bare):
            continue
        is_capital = bare[:1].isupper() and not (bare.isupper() and 2 <= len(bare) <= 4)
        follows_capital = place == 0 and len(typed) > 1 and typed[1][:1].isupper()
        if is_capital and (place > 0 or named or follows_capital):
            continue
        kept += _WORD.findall(bare.lower().replace("ё", "е"))
    return " ".join(kept[:MOST_WORDS])[:80].strip()
