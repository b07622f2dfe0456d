"""Completeness is of points, explained field by field."""

from __future__ import annotations

from decimal import Decimal

from disclosure.completeness import points_of, total
from disclosure.forms_standard import reference
from disclosure.forms_standard.checking import Content
from tests.disclosure.forms.conftest import FINANCES, OVERHAUL

FORMS = {edition.form.code: edition.form for edition in reference.read()}


def points(code: str, content: Content | None, kind: str = "company"):
    return points_of(FORMS[code], content, kind=kind, missing="нет")


def test_a_whole_form_is_whole_and_an_absent_one_is_nothing():
    assert points("2.6", Content(OVERHAUL)).percent == 100
    nothing = points("2.6", None)
    assert nothing.percent == 0
    assert nothing.asked == sum(gap.points for gap in nothing.gaps)


def test_each_gap_is_named_with_its_weight():
    found = points("2.6", Content({"fund": "3"}))
    assert [(gap.name, gap.points) for gap in found.gaps] == [("Взнос за м² в месяц", 2)]
    assert found.percent == 50


def test_a_condition_asks_more():
    assert (
        points("2.6", Content({**OVERHAUL, "fund": "1"})).asked
        > points("2.6", Content(OVERHAUL)).asked
    )


def test_stubs_and_wrong_values_count_as_empty():
    stub = points("1.4", Content({**FINANCES, "income_of_mng": "много"}))
    assert "Доходы от управления домами" in [gap.name for gap in stub.gaps]


def test_a_table_counts_by_its_filled_cells():
    row = {"name": "1", "periodicity": "monthly", "plan_cost_per_unit": "1"}
    half = {"name": "1", "periodicity": "monthly"}
    assert points("2.3", Content({}, {"services": [row]})).percent == 100
    assert points("2.3", Content({}, {"services": [row, half]})).filled == Decimal("2.50")


def test_forms_ask_by_the_kind_of_company():
    assert "Устав товарищества или кооператива" not in [g.name for g in points("1.1", None).gaps]
    names = [gap.name for gap in points("1.1", None, kind="tsj").gaps]
    assert "Устав товарищества или кооператива" in names


def test_the_total_weighs_houses_by_area():
    houses = [(Decimal(3000), Decimal(100)), (Decimal(1000), Decimal(0))]
    assert total(Decimal(50), houses) == Decimal("67.50")
    assert total(Decimal(50), []) == 50
    assert total(Decimal(100), [(None, Decimal(100)), (Decimal(5), Decimal(100))]) == 100
