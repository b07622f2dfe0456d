"""A form's content is judged whole: types, what is required here, sums."""

from __future__ import annotations

import pytest

from disclosure.forms_standard import reference
from disclosure.forms_standard.checking import MOST_ROWS, Content, check
from tests.disclosure.forms.conftest import FINANCES, OVERHAUL

FORMS = {edition.form.code: edition.form for edition in reference.read()}


def faults(code: str, fields=None, tables=None, kind: str = "company") -> dict[str, str]:
    checked = check(FORMS[code], Content(fields or {}, tables or {}), kind=kind)
    return {fault.place.name: fault.message for fault in checked.faults if not fault.is_missing}


def missing(code: str, fields=None, tables=None, kind: str = "company") -> set[str]:
    checked = check(FORMS[code], Content(fields or {}, tables or {}), kind=kind)
    return {fault.place.name for fault in checked.missing}


def test_a_sum_that_holds_is_silent():
    assert faults("1.4", FINANCES) == {}


@pytest.mark.parametrize("wrong", ["299.98", "301"])
def test_a_sum_that_does_not_hold_is_told_at_the_total(wrong):
    found = faults("1.4", {**FINANCES, "debt_for_ku": wrong})
    assert list(found) == ["debt_for_ku"]
    assert "300" in found["debt_for_ku"]


def test_a_sum_with_a_part_missing_is_not_judged():
    assert faults("1.4", {**FINANCES, "debt_for_ku": "1", "debt_for_gas": ""}) == {}


def test_a_warning_stops_nothing():
    content = Content(
        {
            "area_total": "100",
            "area_residential": "10",
            "area_non_residential": "10",
            "area_common_property": "10",
        }
    )
    checked = check(FORMS["2.1"], content, kind="company")
    assert [fault.place.code for fault in checked.warnings] == ["area_total"]
    assert checked.errors == []


def test_a_condition_asks_and_drops():
    assert "provider_inn" not in missing("2.6", OVERHAUL)
    assert "provider_inn" in missing("2.6", {**OVERHAUL, "fund": "1"})
    hidden = {**OVERHAUL, "provider_name": "ООО «Былое»"}
    assert (
        "provider_name" not in check(FORMS["2.6"], Content(hidden), kind="company").content.fields
    )


def test_forms_differ_by_the_kind_of_company():
    assert "licenses-0-" in missing("1.1", kind="company")
    assert not any(name.startswith("licenses") for name in missing("1.1", kind="tsj"))
    assert "chart_file" in missing("1.1", kind="tsj")
    assert "chart_file" not in missing("1.1", kind="company")


def test_cells_of_a_table_are_named_by_row_and_column():
    rows = [
        {"license_number": "1", "license_receipt_date": "вчера"},
        {},
        {"license_number": "2", "license_receipt_date": "01.02.2020"},
    ]
    assert list(faults("1.1", tables={"licenses": rows})) == ["licenses-0-license_receipt_date"]
    kept = check(FORMS["1.1"], Content({}, {"licenses": rows}), kind="company").content
    assert [row["license_number"] for row in kept.tables["licenses"]] == ["1", "2"]


def test_a_table_has_a_limit():
    rows = [{"address": "ул. Садовая, 1"}] * (MOST_ROWS + 1)
    assert "houses-0-" in faults("1.2", tables={"houses": rows})
