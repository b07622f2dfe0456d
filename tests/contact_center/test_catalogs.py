"""Every text has its Russian, and the check for it can fail."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from contact_center import catalogs
from contact_center.management.commands.catalog import missing


def test_every_text_has_its_russian():
    found = {
        str(path.relative_to(settings.BASE_DIR)): [said.text for said in texts]
        for path, texts in missing().items()
    }
    assert found == {}


def test_no_translation_is_uncertain_or_asks_for_what_code_does_not_give():
    assert [f for po in catalogs.sources(settings.LOCALE_PATHS) for f in catalogs.faults(po)] == []


def test_texts_of_code_and_templates_are_found(tmp_path: Path):
    (tmp_path / "room").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "room" / "views.py").write_text(
        '_("Plain"); ngettext("%(n)s day", "%(n)s days", n); pgettext_lazy("month", "May")\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}<p>it's\n   {% translate 'Quote' %}</p>\n"
        "{% blocktranslate count n=n trimmed %}{{ n }} house\n"
        "{% plural %}{{ n }} houses{% endblocktranslate %}"
    )
    found = {(said.key, said.plural) for said in catalogs.said_in(tmp_path, ["room"])}
    assert found == {
        ("Plain", ""),
        ("%(n)s day", "%(n)s days"),
        ("month\x04May", ""),
        ("Quote", ""),
        ("%(n)s house", "%(n)s houses"),
    }


def write_catalogue(folder: Path, entries: str) -> Path:
    po = folder / "ru" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(
        'msgid ""\nmsgstr ""\n"Language: ru\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 '
        '&& (n%100<10 || n%100>=20) ? 1 : 2);\\n"\n\n' + entries,
        encoding="utf-8",
    )
    return po


def test_faults_are_named(tmp_path: Path):
    po = write_catalogue(
        tmp_path,
        '#, fuzzy\nmsgid "A"\nmsgstr "А"\n\n'
        'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s день"\nmsgstr[1] ""\n\n'
        'msgid "Due %(at)s"\nmsgstr "До %(when)s"\n\n'
        'msgid "Fine %(at)s"\nmsgstr "Хорошо %(at)s"\n',
    )
    said = "\n".join(catalogs.faults(po))
    assert "fuzzy: 'A'" in said
    assert "not all plural forms: '%(n)s day'" in said
    assert "placeholders differ: 'Due %(at)s'" in said
    assert "Fine" not in said


def test_only_what_changed_is_compiled(tmp_path: Path):
    po = write_catalogue(tmp_path, 'msgid "A"\nmsgstr "А"\n')
    assert catalogs.compile_changed([tmp_path]) == 1
    assert catalogs.compile_changed([tmp_path]) == 0
    po.with_suffix(".mo").unlink()
    assert catalogs.compile_changed([tmp_path]) == 1
