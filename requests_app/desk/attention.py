"""
What in a text asks for attention: children, a smell of gas, fire…

A rule over words and nothing more: it is shown with the words that raised it, and decides nothing.
It would rather show too much: a denial silences a word only where the grammar leaves no doubt
(«детей нет», «не пахнет газом»), and «нет отопления ребёнок мёрзнет» still speaks of a child.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = 20_000


class Attention(StrEnum):
    """What a text may speak of; the most urgent first."""

    FIRE = "fire"
    GAS = "gas"
    ELECTRICITY = "electricity"
    COLLAPSE = "collapse"
    STUCK = "stuck"
    INJURY = "injury"
    CHILDREN = "children"
    DISABLED = "disabled"
    ILLNESS = "illness"
    ELDERLY = "elderly"


LABELS: dict[Attention, Promise] = {
    Attention.FIRE: _("fire or smoke"),
    Attention.GAS: _("smell of gas"),
    Attention.ELECTRICITY: _("danger of electric shock"),
    Attention.COLLAPSE: _("something falls or collapses"),
    Attention.STUCK: _("people are stuck"),
    Attention.INJURY: _("somebody is hurt"),
    Attention.CHILDREN: _("children"),
    Attention.DISABLED: _("disabled person"),
    Attention.ILLNESS: _("ill or pregnant person"),
    Attention.ELDERLY: _("elderly person"),
}
# Those for whom minutes count; the others change how one speaks and what comes first.
DANGERS = frozenset(
    {
        Attention.FIRE,
        Attention.GAS,
        Attention.ELECTRICITY,
        Attention.COLLAPSE,
        Attention.STUCK,
        Attention.INJURY,
    }
)


@dataclass(frozen=True)
class Raised:
    """A flag and the words of the text that raised it, as they were written."""

    flag: Attention
    words: tuple[str, ...]

    @property
    def label(self) -> Promise:
        """What the flag means."""
        return LABELS[self.flag]

    @property
    def is_danger(self) -> bool:
        """Whether minutes count."""
        return self.flag in DANGERS


_GAP = r"(?:\s+[\w-]+){0,3}?\s+"
_NO_LIGHT = r"(?!\s+(?:\w+\s+)?(?:свет|ламп|фонар|индикатор|кнопк|подсветк|экран|табло))"
_FALLING = r"(?:падают?|упал\w*|летят|сыпл?ются|сыпется|отвал\w+)"
_PATTERNS: dict[Attention, tuple[str, ...]] = {
    Attention.FIRE: (
        r"пожар(?:а|у|ом|е|ы|ов)?",
        r"возгорани\w+",
        r"(?:за|воз)?гор(?:ит|ят|ел[аои]?|елся|елась|елось|елись|ается|аются)" + _NO_LIGHT,
        r"плам(?:я|ени|енем)",
        r"дым(?:а|у|ом|е|ит|ят|ится|ится|ило|но)?",
        r"задым\w+",
        r"тле(?:ет|ют|ла|ло|л)",
        r"(?:запах\w*|пахнет|воняет|несет|тянет)"
        + _GAP
        + r"(?:гари|гарью|дымом|дыма|горелым|палено)",
        r"гарью\s+(?:пахнет|воняет|несет|тянет)",
    ),
    Attention.GAS: (
        r"(?:пах\w+|воня\w+|вонь|несет|тянет|запах\w*|утечк\w+)" + _GAP + r"газ(?:а|ом|у)?",
        r"газ(?:а|ом)(?:\s+\w+){0,2}?\s+(?:пах\w+|воня\w+|несет|тянет|запах\w*|утечк\w+)",
        r"угарн\w+\s+газ\w*",
        r"газ\s+(?:травит|идет\s+без\s+огня|шипит)",
    ),
    Attention.ELECTRICITY: (
        r"(?:за)?искр(?:ит|ят|ил[аои]?|ы|илась|илось|ами)",
        r"(?:бьет|бьют|ударил[аои]?|дергает|шарахнул[аои]?)\s+(?:\w+\s+)?током",
        r"током\s+(?:бьет|бьют|ударил[аои]?|дергает)",
        r"оголенн\w+" + _GAP + r"пров\w+",
        r"провод\w*\s+(?:\w+\s+)?(?:оборван\w*|оголен\w*|висят?|лежат?|упал\w*)",
        r"(?:оборван\w*|упал\w*|висят?)\s+(?:\w+\s+)?провод\w*",
        r"(?:течет|льет|льется|капает|заливает|вода)"
        + _GAP
        + r"(?:щит(?:ок|ка|ке|а)?|электрощит\w*|розетк\w+|проводк\w+)",
        r"(?:розетк\w+|щит(?:ок)?|проводк\w+)\s+(?:\w+\s+)?(?:плавит\w*|оплавил\w*|дымит\w*)",
    ),
    Attention.COLLAPSE: (
        r"обруш\w+",
        r"(?:рухнул|обвалил|обвали)\w*",
        r"обвал(?:а|ом)?",
        r"(?:падают?|упал[аои]?|летят|сыпл?ются|сыпется|отваливает\w*|отвалил\w*)"
        + _GAP
        + r"(?:кирпич\w*|плит\w+|сосульк\w+|глыб\w+|карниз\w*|балкон\w*|штукатурк\w+)",
        r"(?:кирпич\w*|плит\w+|сосульк\w+|карниз\w*|штукатурк\w+)\s+(?:\w+\s+)?" + _FALLING,
    ),
    Attention.STUCK: (
        r"застря(?:л|ла|ли)" + _GAP + r"лифт\w*",
        r"лифт\w*" + _GAP + r"застря(?:л|ла|ли)",
        r"застря(?:л|ла|ли)\s+(?:человек|люди|ребенок|дети|мы|я)",
        r"(?:люди|человек|ребенок|дети|мама|женщина|мужчина)" + _GAP + r"в\s+лифте",
        r"(?:заперт[аыо]?|заблокирован\w*)" + _GAP + r"(?:лифте|квартире|подъезде|подвале)",
    ),
    Attention.INJURY: (
        r"травм(?:а|ы|у|ой|е|ировал\w*|ирован\w*)",
        r"пострада(?:л\w*|вш\w+)",
        r"кров(?:ь|и|ью|отечени\w+)",
        r"(?:обжег|обожг|ожог|ошпарил)\w*",
        r"без\s+сознания",
        r"сломал[аи]?\s+(?:ногу|руку|шейку)",
    ),
    Attention.CHILDREN: (
        r"дет(?:и|ей|ям|ьми|ях|ишки|ишек|ки|ками|кам)",
        r"ребен(?:ок|ка|ку|ком|ке|очек|очка)",
        r"ребятиш\w+",
        r"малыш(?:а|у|ом|и|ей|ка|ке|ку|кой|ами|ам)?",
        r"младен(?:ец|ца|цу|цем|цы|цев)",
        r"(?:новорожденн|грудничк|грудничок|грудн[ыо][мйх]\s+ребен)\w*",
        r"(?:дошкольник|школьник|двойняш|близняш)\w*",
        r"(?:сын|дочк|дочер|внук|внучк)\w*\s+(?:\w+\s+)?\d{1,2}\s*(?:лет|год|года|мес\w*)",
    ),
    Attention.DISABLED: (
        r"инвалид(?:а|у|ом|е|ы|ов|ам|ами|ность|ности|ностью|к[аиуе]|н\w+\s+коляск\w+)?",
        r"колясочни[кц]\w*",
        r"лежач(?:ий|ая|его|ему|ую|ей|ие|их|им)",
        r"маломобильн\w+",
        r"(?:незряч|слабовидящ|слабослышащ|глухонем|парализован)\w*",
        r"слеп(?:ой|ая|ого|ому|ую)",
        r"не\s+(?:ходит|встает|ходячи[йе]|ходячая)",
    ),
    Attention.ILLNESS: (
        r"(?:тяжело|сильно|очень)\s+бол(?:ен|ьна|ьной|ьная|ьные|еет)",
        r"(?:онко)?больн(?:ой|ая|ого|ую|ые|ых)\s+(?:человек|мама|мать|отец|муж|жена|ребенок|люди|мать)",
        r"онкобольн\w+",
        r"беременн(?:а|ая|ой|ую|ым|ые|ых)",
        r"на\s+кислород\w*",
        r"диализ\w*",
        r"после\s+операции",
        r"сердечни[кц]\w*",
        r"(?:астм|эпилепс|диабет)\w+",
    ),
    Attention.ELDERLY: (
        r"пенсионер\w*",
        r"пожил(?:ой|ая|ого|ому|ую|ые|ых|ым|ыми)",
        r"престарел\w+",
        r"(?:бабушк|дедушк)\w+",
        r"ветеран\w*",
        r"(?:7[5-9]|8\d|9\d)\s*(?:лет|года?)",
    ),
}
# Forms that «нет», «без», «не было» govern, by their first word: only these can be denied by them.
_GENITIVE = re.compile(
    r"(?:пожара|возгорани[яй]|огня|пламени|дыма|задымлени[яй]|запах[ау]|запахов|утечк[иа]|утечек|вони"
    r"|искр|оголенных|провод[ао]в?|обрушени[яй]|обвала|травм[ы]?|пострадавших|крови|ожогов"
    r"|детей|детишек|деток|ребенка|малыш[ае]й?|младенца|младенцев|новорожденн\w+|школьник\w+"
    r"|инвалид(?:а|ов|ности)|колясочников|лежачих|маломобильных|больных|беременных"
    r"|пенсионер(?:а|ов)|пожилых|престарелых|ветеранов|газа|угарного)$"
)
_DENIED_BEFORE = re.compile(
    r"(?:(?:^|\s)(?:нет|без|не\s+(?:было|видно|слышно|чувству\w+|ощуща\w+|замет\w+|имею|имеется)"
    r"|никак(?:ого|их|ой)|ни)(?:\s+(?:никак\w+|уже|больше|маленьких|малолетних|несовершеннолетних))*)"
    r"\s+$"
)
_NOT_BEFORE = re.compile(r"(?:^|\s)(?:не|ни)(?:\s+(?:сильно|особо|совсем|уже|больше))?\s+$")
# «нет» that ends its clause, or goes on to a place: «детей нет дома», not «детей, нет отопления».
_DENIED_AFTER = re.compile(
    r"^\s+(?:у\s+(?:нас|меня)\s+)?(?:(?:вообще|уже|больше|точно|пока)\s+)?"
    r"(?:нет|нету|не\s+(?:было|видно|чувству\w+|ощуща\w+|имею|имеется)|отсутству\w+)"
    r"(?=\s*(?:$|[.,;:!?\n)(—–-]|(?:и|а|но|у|в|дома|там|тут|здесь|совсем|больше|вообще)\s))"
)
_COUNTED = re.compile(
    r"(?:\d+|дво\w+|тро\w+|четве\w+|пят\w+|много|несколько|мало\w*)\s+(?:\w+\s+)?$"
)
_CLAUSE_END = re.compile(r"[.,;:!?\n()—–]|\s(?:но|а|зато)\s")

_COMPILED = {
    flag: re.compile("|".join(rf"(?:\b(?:{pattern})\b)" for pattern in patterns))
    for flag, patterns in _PATTERNS.items()
}


def raised(text: str) -> list[Raised]:
    """Return the flags that the text raises, the most urgent first, each with its words."""
    text = text[:LONGEST]
    # Letter for letter, so that places in one are places in the other.
    plain = text.lower().replace("ё", "е") if len(text.lower()) == len(text) else text
    found = []
    for flag, pattern in _COMPILED.items():
        words = [
            " ".join(text[match.start() : match.end()].split())
            for match in pattern.finditer(plain)
            if not _is_denied(plain, match.start(), match.end(), flag)
        ]
        if words:
            found.append(Raised(flag, tuple(dict.fromkeys(words))))
    return found


def _is_denied(plain: str, start: int, end: int, flag: Attention) -> bool:
    said = plain[start:end]
    before = _CLAUSE_END.split(plain[max(0, start - 60) : start])[-1]
    after = plain[end : end + 60]
    first = said.split()[0]
    if flag is not Attention.DISABLED and re.search(r"(?:^|\s)не\s", said):
        return True
    if _NOT_BEFORE.search(before) and not said.startswith("не "):
        return True
    if not _GENITIVE.match(first):
        return False
    if _DENIED_BEFORE.search(before):
        return True
    return bool(_DENIED_AFTER.match(after)) and not _COUNTED.search(before)
