"""The reference file holds the law's whole table, and loading it respects what people edited."""

from __future__ import annotations

from datetime import date, time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.backends.postgresql.psycopg_any import DateRange

from requests_app.deadlines import Limit, Unit
from requests_app.models import Category, Norm
from requests_app.models.categories import Answers, Confidence, StopKind
from requests_app.reference import loading, reading

# domain.md, section 8, read by hand; «!» marks an emergency. «fire» is the portal's own.
EXPECTED = {
    "cold_water": """
        cw_none! cw_leak! cw_tap cw_pressure cw_quality cw_street_leak! cw_planned
        cw_meter
    """,
    "hot_water": """
        hw_none! hw_temp hw_scald! hw_circulation hw_pressure hw_quality hw_over14
        hw_towel
    """,
    "heating": "ht_temp ht_none! ht_riser ht_leak! ht_over ht_entrance ht_season ht_prepare",
    "sewerage": "sw_clog! sw_basement! sw_manhole! sw_smell sw_leak! sw_storm sw_hatch!",
    "electricity": """
        el_none! el_flat! el_danger! el_voltage el_common_light el_panel! el_stove
        el_meter
    """,
    "gas_vent": "gas_smell! gas_none! gas_pressure! gas_service vent_draft! vent_check",
    "structures": """
        st_roof st_gutter st_icicles! st_seams st_fall! st_cracks st_basement
        st_flood_act! st_porch
    """,
    "entrance": """
        en_clean en_glass en_door en_intercom en_plaster en_repair en_pests en_fire
        en_ramp
    """,
    "lift_chute": "lf_stop lf_trapped! lf_faulty lf_cabin lf_replace ch_clog! ch_fault",
    "yard_waste": """
        ws_not_taken ws_bulky ws_site yd_snow yd_clean yd_tree! yd_playground yd_parking
        yd_light
    """,
    "billing": """
        bl_recalc_quality bl_recalc_absence bl_recalc_maint bl_error bl_odn bl_readings
        bl_double bl_debt bl_benefit bl_overhaul
    """,
    "management": """
        mg_no_answer mg_disclosure mg_report mg_change mg_double mg_oss mg_council
        mg_contract mg_documents
    """,
    "city": """
        ct_pothole ct_sidewalk! ct_light ct_transport ct_dogs ct_dump
        ct_overhaul_quality other
    """,
}


def expected() -> dict[str, tuple[str, bool]]:
    return {
        slug.rstrip("!"): (top, slug.endswith("!"))
        for top, slugs in EXPECTED.items()
        for slug in slugs.split()
    }


@pytest.fixture(scope="module")
def matters() -> dict[str, reading.FileCategory]:
    return {matter.slug: matter for matter in reading.read()}


# ------------------------------------------------------------------ the file


def test_every_matter_of_the_table_is_there_and_nothing_else(matters):
    leaves = {slug: (m.parent, m.emergency) for slug, m in matters.items() if m.parent}
    assert leaves.pop("fire") == ("structures", True)
    assert leaves == expected()
    assert len(leaves) == 106
    assert {slug for slug, m in matters.items() if not m.parent} == set(EXPECTED)


def test_every_value_is_one_the_portal_knows(matters):
    for matter in matters.values():
        assert matter.stop_kind in StopKind.values
        if matter.norm:
            assert matter.norm.answers in Answers.values
            assert matter.norm.second in {"", *Answers.values}
            assert matter.norm.confidence in Confidence.values
            assert matter.norm.answers != matter.norm.second


def test_every_matter_speaks_to_people(matters):
    icons = Path("static/img/icons.svg").read_text(encoding="utf-8")
    for slug, matter in matters.items():
        assert matter.keywords, slug
        assert matter.name[0].isupper(), slug
        if matter.norm is None:
            assert f'id="{matter.icon}"' in icons, slug
            continue
        assert matter.norm.text.endswith("."), slug
        assert len(matter.norm.source) <= 300, slug
        assert bool(matter.stop_kind) == bool(matter.stop_message), slug


def test_who_must_call_first_is_told_what_to_do_now(matters):
    stops = {slug for slug, m in matters.items() if m.stop_kind == StopKind.CALL_FIRST}
    assert {"gas_smell", "fire", "lf_trapped", "el_danger", "vent_draft"} <= stops
    assert all(matters[slug].emergency for slug in stops)
    assert "104" in matters["gas_smell"].stop_message
    assert "112" in matters["fire"].stop_message


def test_who_asks_what_is_not_ours_is_told_who_answers(matters):
    others = {slug for slug, m in matters.items() if m.stop_kind == StopKind.NOT_OURS}
    assert others == {"bl_benefit", "bl_overhaul", "lf_replace", "ct_dogs", "ct_transport"}


MIN, H, D, WD, CD = Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.WORKING_DAYS, Unit.CALENDAR_DAYS
# By hand from domain.md, sections 2 and 8: react, inspect, fix, answer.
CHECKED = {
    "cw_none": (None, (2, H), (4, H), None),
    "cw_leak": ((30, MIN), None, (3, D), None),
    "cw_tap": (None, None, (1, D), None),
    "cw_quality": (None, (2, H), None, (3, WD)),
    "cw_meter": (None, None, (3, WD), None),
    "hw_none": (None, (2, H), (4, H), None),
    "hw_circulation": (None, (2, H), None, (10, WD)),
    "ht_none": (None, (2, H), (16, H), None),
    "ht_riser": (None, None, (1, D), None),
    "ht_leak": ((30, MIN), None, (3, D), None),
    "ht_entrance": (None, None, (3, D), None),
    "sw_clog": (None, None, (2, H), None),
    "sw_basement": ((30, MIN), None, (3, D), None),
    "sw_storm": (None, None, (10, D), None),
    "sw_hatch": (None, None, (3, H), None),
    "el_none": (None, (2, H), (24, H), None),
    "el_flat": (None, None, (3, H), None),
    "el_common_light": (None, None, (7, D), None),
    "gas_none": (None, (2, H), (4, H), None),
    "vent_draft": (None, None, (1, D), None),
    "st_gutter": (None, None, (5, D), None),
    "st_flood_act": (None, None, (12, H), None),
    "en_glass": (None, None, (3, D), None),
    "en_pests": (None, None, (10, WD), None),
    "lf_trapped": (None, None, (30, MIN), None),
    "ch_clog": (None, None, (2, H), None),
    "ws_not_taken": (None, None, (48, H), None),
    "bl_recalc_quality": (None, None, None, (3, WD)),
    "bl_error": (None, None, None, (30, CD)),
    "mg_no_answer": (None, None, None, (10, WD)),
    "mg_contract": (None, (5, CD), None, (30, CD)),
    "other": (None, None, None, (30, CD)),
}


@pytest.mark.parametrize("slug", CHECKED)
def test_limits_are_those_of_the_law(slug, matters):
    limits = matters[slug].norm.limits
    found = [limits.react, limits.inspect, limits.fix, limits.answer]
    assert found == [Limit(*one) if one else None for one in CHECKED[slug]]


def test_only_the_chute_rests_at_night(matters):
    windows = {m.slug: m.norm.limits.window for m in matters.values() if m.norm}
    assert {slug: window for slug, window in windows.items() if window} == {
        "ch_clog": (time(8), time(23))
    }


@pytest.mark.parametrize("text", ["", "soon", "2", "hours 2", "0 hours", "-1 day", "2 weeks"])
def test_a_limit_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="no time limit"):
        reading.limit(text)


# ------------------------------------------------------------------ loading

SMALL = """
since = 2020-01-01
[acts]
"ПП РФ № 1" = "Первое постановление"
[[tops]]
slug = "water"
name = "Вода"
icon = "water"
keywords = "вода"
[[tops.matters]]
slug = "leak"
name = "{name}"
keywords = "течёт"
answers = "dispatch"
fix = "{fix}"
{more}
clause = "ПП РФ № 1, п. 2"
confidence = "sure"
text = "{text}"
"""


@pytest.fixture
def load(db, tmp_path):
    def load(
        *, name: str = "Течёт", fix: str = "3 days", text: str = "За трое суток.", more: str = ""
    ) -> str:
        file = tmp_path / "categories.toml"
        file.write_text(SMALL.format(name=name, fix=fix, text=text, more=more), encoding="utf-8")
        out = StringIO()
        call_command("load_categories", file=file, stdout=out)
        return out.getvalue()

    return load


def periods() -> list[tuple[date | None, date | None, int]]:
    rows = Norm.objects.order_by("in_force").values_list("in_force", "fix_amount")
    return [(period.lower, period.upper, amount) for period, amount in rows]


def test_loading_twice_changes_nothing(load):
    assert "2 categories added" in load()
    before = [list(model.objects.order_by("pk").values()) for model in (Category, Norm)]
    assert "1 norms unchanged" in load()
    assert before == [list(model.objects.order_by("pk").values()) for model in (Category, Norm)]


def test_a_changed_norm_closes_the_old_one_on_the_day_the_file_names(load):
    load()
    said = load(fix="1 day", text="За сутки.", more="since = 2026-09-01")
    assert "1 norms replaced" in said
    turn = date(2026, 9, 1)
    assert periods() == [(date(2020, 1, 1), turn, 3), (turn, None, 1)]
    assert "1 norms unchanged" in load(fix="1 day", text="За сутки.", more="since = 2026-09-01")


def test_a_changed_norm_without_a_new_day_is_refused_whole(load):
    load()
    with pytest.raises(CommandError, match="leak: the norm changed; set `since`"):
        load(name="Льёт", fix="1 day")
    assert periods() == [(date(2020, 1, 1), None, 3)]
    assert Category.objects.get(slug="leak").name == "Течёт"


def test_better_words_replace_the_old_ones_in_place(load):
    load()
    assert "1 norms reworded" in load(text="Починят за трое суток.")
    assert Norm.objects.get().text == "Починят за трое суток."
    assert "1 norms unchanged" in load(text="Починят за трое суток.")
    assert "1 norms replaced" in load(fix="1 day", more="since = 2026-09-01")


def test_what_staff_edited_is_kept_and_said(load):
    load()
    Category.objects.filter(slug="leak").update(name="Протечка")
    Norm.objects.update(fix_amount=2)
    assert "unchanged" in load()
    said = load(name="Льёт", fix="1 day", more="since = 2026-09-01")
    assert "leak: the category was edited here" in said
    assert "leak: the norm was edited here" in said
    assert Category.objects.get(slug="leak").name == "Протечка"
    assert periods() == [(date(2020, 1, 1), None, 2)]


def test_a_norm_that_staff_opened_stays_the_last_word(load):
    load()
    old = Norm.objects.get()
    old.in_force = DateRange(date(2020, 1, 1), date(2026, 1, 1))
    old.save()
    Norm.objects.create(
        category=old.category,
        in_force=DateRange(date(2026, 1, 1), None),
        answers=old.answers,
        fix_amount=5,
        fix_unit="days",
        clause="Решение суда",
        text="За 5 суток.",
    )
    load(fix="1 day", more="since = 2026-09-01")
    assert [amount for *_, amount in periods()] == [3, 5]


def test_a_matter_gone_from_the_file_is_named_and_left_to_people(load):
    load()
    Category.objects.create(slug="old", name="Старая", loaded_hash="x")
    assert "old: no longer in the file" in load()
    assert Category.objects.get(slug="old").is_open


def test_every_mistake_of_the_file_is_named(load):
    with pytest.raises(CommandError, match="leak: “soon” is no time limit"):
        load(fix="soon")
    with pytest.raises(CommandError, match="leak: unknown keys: fixx"):
        load(more='fixx = "1 day"')
    assert not Category.objects.exists()


def test_the_fingerprint_of_a_fresh_row_is_its_own(load):
    load()
    assert not any(loading.is_edited(row) for row in [*Category.objects.all(), Norm.objects.get()])
