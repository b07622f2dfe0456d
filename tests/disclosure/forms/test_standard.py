"""The standard as data: read, loaded again and again, never over what was published."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from disclosure.forms_standard import reference
from disclosure.forms_standard.definition import from_json, to_json
from disclosure.models import DisclosureForm
from tests.city_fixtures import NOON
from tests.disclosure.forms.conftest import OVERHAUL


def load(path=None) -> str:
    out = StringIO()
    call_command("load_forms", *(["--file", str(path)] if path else []), stdout=out)
    return out.getvalue()


def test_every_form_of_the_order_is_there():
    codes = [edition.form.code for edition in reference.read()]
    assert codes == ["1.1", "1.2", "1.3", "1.4", "1.5", *(f"2.{n}" for n in range(1, 9))]
    for edition in reference.read():
        assert edition.form.clause, edition.form.code
        assert from_json(to_json(edition.form)) == edition.form


def test_loading_twice_changes_nothing(standard):
    before = list(DisclosureForm.objects.values())
    assert load() == "0 added, 0 changed, 13 the same\n"
    assert list(DisclosureForm.objects.values()) == before


def changed(tmp_path, old: str, new: str):
    text = reference.FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "forms.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_an_unused_edition_is_rewritten(standard, tmp_path):
    load(changed(tmp_path, '"Взнос за м² в месяц"', '"Взнос"'))
    form = DisclosureForm.objects.get(code="2.6").form
    assert form.field("payment_amount_for_1sm").name == "Взнос"


def test_what_was_published_under_stays_as_it_was(standard, tmp_path, overhaul, publish):
    publish(overhaul, OVERHAUL)
    before = list(DisclosureForm.objects.order_by("id").values())
    with pytest.raises(CommandError, match=r"2\.6"):
        load(changed(tmp_path, '"Взнос за м² в месяц"', '"Взнос"'))
    assert list(DisclosureForm.objects.order_by("id").values()) == before
    with pytest.raises(IntegrityError), transaction.atomic():
        DisclosureForm.objects.filter(code="2.6").update(definition={})


def test_a_new_edition_takes_over_on_its_day(standard, tmp_path, overhaul, publish):
    old = publish(overhaul, OVERHAUL)
    text = reference.FILE.read_text(encoding="utf-8")
    start = text.index('[[form]]\ncode = "2.6"')
    block = text[start : text.index("# --- 2.7")].replace("2015-01-01", "2026-06-01")
    path = tmp_path / "forms.toml"
    path.write_text(text + block.replace("Взнос за м² в месяц", "Взнос"), encoding="utf-8")
    load(path)
    names = {
        day: DisclosureForm.objects.in_force(day).get(code="2.6").form.fields[5].name
        for day in (date(2026, 5, 31), date(2026, 6, 1))
    }
    assert list(names.values()) == ["Взнос за м² в месяц", "Взнос"]
    old.refresh_from_db()
    assert old.form.form.fields[5].name == "Взнос за м² в месяц"
    assert DisclosureForm.objects.in_force(NOON.date()).count() == 13


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('type = "inn"', 'type = "innn"', "innn"),
        ('parts = ["living_quarters_count"', 'parts = ["nothing"', "nothing"),
        ('field = "is_alarm"', 'field = "is_alarmed"', "alarm_document"),
        ("due = { month = 3, day = 31 }", "due = { working_days = 7 }", "1.3"),
        ('code = "1.2"', 'code = "1.1"', "1.1"),
        ("[choices]", "[choices", "line"),
    ],
)
def test_a_mistake_in_the_file_is_named_and_loads_nothing(db, tmp_path, old, new, named):
    with pytest.raises(CommandError, match=named):
        load(changed(tmp_path, old, new))
    assert not DisclosureForm.objects.exists()
