"""What a text asks attention for: forms of Russian words, and what is denied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.desk import attention
from requests_app.desk.attention import Attention

A = Attention


def flags(text: str) -> set[str]:
    return {str(one.flag) for one in attention.raised(text)}


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("В подъезде сильно пахнет газом", A.GAS),
        ("Запах газа на лестнице", A.GAS),
        ("газом воняет второй день", A.GAS),
        ("Утечка бытового газа на кухне", A.GAS),
        ("боюсь угарного газа", A.GAS),
        ("Пожар в подвале!", A.FIRE),
        ("загорелась проводка", A.FIRE),
        ("из мусоропровода идёт дым", A.FIRE),
        ("пахнет чем-то вроде гари", A.FIRE),
        ("щиток искрит", A.ELECTRICITY),
        ("Бьёт током от перил", A.ELECTRICITY),
        ("вода течёт прямо в щиток", A.ELECTRICITY),
        ("на земле лежит, провод оборван", A.ELECTRICITY),
        ("обрушился козырёк", A.COLLAPSE),
        ("с крыши падают огромные сосульки", A.COLLAPSE),
        ("человек застрял в лифте", A.STUCK),
        ("в лифте ребёнок, лифт стоит: застряли дети", A.STUCK),
        ("соседка получила ожоги", A.INJURY),
        ("дома маленькие дети", A.CHILDREN),
        ("Ребёнку два месяца", A.CHILDREN),
        ("с детьми мёрзнем", A.CHILDREN),
        ("Новорождённый в квартире", A.CHILDREN),
        ("я инвалид второй группы", A.DISABLED),
        ("мать лежачая, мёрзнет", A.DISABLED),
        ("муж не ходит", A.DISABLED),
        ("жена беременна", A.ILLNESS),
        ("отец на кислороде", A.ILLNESS),
        ("живу один, мне 83 года", A.ELDERLY),
        ("бабушке холодно", A.ELDERLY),
    ],
)
def test_forms_of_words_raise_their_flag(text, flag):
    assert flag in flags(text)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("газом не пахнет", A.GAS),
        ("Не пахнет газом, просто нет давления", A.GAS),
        ("запаха газа нет", A.GAS),
        ("утечки газа не было", A.GAS),
        ("Нет газа", A.GAS),
        ("газовая плита не работает", A.GAS),
        ("пожара нет, только лужа", A.FIRE),
        ("дыма не видно", A.FIRE),
        ("пожарный кран сломан", A.FIRE),
        ("не горит свет в подъезде", A.FIRE),
        ("днём горит свет", A.FIRE),
        ("чистка дымохода", A.FIRE),
        ("детей нет", A.CHILDREN),
        ("живу без детей", A.CHILDREN),
        ("нет маленьких детей, терпим", A.CHILDREN),
        ("сломана детская площадка", A.CHILDREN),
        ("инвалидов нет.", A.DISABLED),
        ("пострадавших нет", A.INJURY),
        ("трубу травмпункта прорвало", A.INJURY),
        ("не искрит", A.ELECTRICITY),
    ],
)
def test_what_is_denied_or_only_sounds_alike_raises_nothing(text, flag):
    assert flag not in flags(text)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("нет отопления ребёнок мёрзнет", A.CHILDREN),
        ("двое детей нет отопления", A.CHILDREN),
        ("у меня трое детей, нет воды", A.CHILDREN),
        ("пахнет газом нет света", A.GAS),
        ("Воды нет, детей трое", A.CHILDREN),
        ("не знаю что делать пожар", A.FIRE),
        ("пожара не было, но теперь дым", A.FIRE),
        ("нет тепла а дома инвалид", A.DISABLED),
    ],
)
def test_a_denial_of_something_else_silences_nothing(text, flag):
    assert flag in flags(text)


def test_the_words_that_raised_it_are_shown_as_written():
    (gas, children) = attention.raised("Пахнет Газом!! Дома ДЕТИ и ребёнок соседей, дети")
    assert gas.words == ("Пахнет Газом",)
    assert gas.is_danger
    assert children.words == ("ДЕТИ", "ребёнок", "дети")
    assert not children.is_danger


def test_every_flag_has_words_of_its_own():
    assert set(attention.LABELS) == set(Attention) == set(attention._PATTERNS)


@given(st.text(max_size=400))
def test_no_text_breaks_it(text):
    for one in attention.raised(text):
        assert all(words for words in one.words)


@given(st.text(alphabet="не тдыга з,", max_size=3000))
def test_a_long_text_of_the_same_letters_is_read_at_once(text):
    attention.raised(text * 5)
