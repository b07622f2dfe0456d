"""How alike two descriptions are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from requests_app.desk.likeness import ALIKE, likeness


def test_the_same_fault_in_other_words_is_alike():
    assert likeness("Холодные батареи в комнате", "батарея холодная, в комнате +14") >= ALIKE
    assert likeness("Лифт застрял на пятом этаже", "застрял лифт, этаж пять") >= ALIKE


def test_other_faults_are_not_alike():
    assert likeness("Холодные батареи в комнате", "Не вывозят мусор вторую неделю") == 0
    assert likeness("Течёт крыша над балконом", "Течёт труба в подвале") < ALIKE


def test_words_that_say_nothing_count_for_nothing():
    assert likeness("Здравствуйте, примите меры", "Добрый день, примите меры срочно") == 0


def test_one_common_word_of_a_long_text_proves_little():
    assert likeness("лифт", "Грязь в кабине: лифт, перила, стены, потолок") < ALIKE


@given(st.text(max_size=200), st.text(max_size=200))
def test_it_is_a_share_and_the_same_both_ways(one, other):
    share = likeness(one, other)
    assert 0 <= share <= 1
    assert share == likeness(other, one)
