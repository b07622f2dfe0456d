"""The guides of the repository: each loads, says enough, cites a clause; edits here are kept."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from outreach.guides import markdown
from outreach.models import Guide, Topic
from outreach.reference import loading, reading
from requests_app.models import Category

FILES = {guide.slug: guide for guide in reading.read()}
_OWN_LINK = re.compile(r"\]\(/guides/([a-z0-9-]+)/\)")
_ANY_LINK = re.compile(r"\]\(([^)]+)\)")
KNOWN_PAGES = {"/buildings/", "/companies/", "/requests/new/", "https://fgis.gost.ru/"}


def load() -> str:
    said = StringIO()
    call_command("load_guides", stdout=said)
    return said.getvalue()


def test_there_are_enough_guides_on_every_shelf():
    assert len(FILES) >= 25
    assert {guide.topic for guide in FILES.values()} == set(Topic.values)


@pytest.mark.parametrize("slug", FILES)
def test_each_guide_says_what_to_do_and_what_it_rests_on(slug):
    guide = FILES[slug]
    assert guide.clauses
    assert guide.sources
    assert guide.title
    assert guide.question.endswith("?")
    assert 40 <= len(guide.summary) <= 250
    html = markdown.to_html(guide.body)
    assert "<h2>" in html
    assert "<li>" in html
    assert 600 <= len(guide.body) <= 4000
    assert "Ульяновск" not in guide.body, "the city is data"


@pytest.mark.parametrize("slug", FILES)
def test_links_of_a_guide_lead_somewhere(slug):
    body = FILES[slug].body
    assert set(_OWN_LINK.findall(body)) <= FILES.keys()
    others = {link for link in _ANY_LINK.findall(body) if not link.startswith("/guides/")}
    assert others <= KNOWN_PAGES


@pytest.mark.django_db
def test_every_branch_of_the_tree_has_a_guide(guides):
    for leaf in Category.objects.exclude(parent=None):
        assert Guide.objects.for_matter(leaf).exists(), leaf.slug


@pytest.mark.django_db
def test_loading_again_changes_nothing(guides):
    before = list(Guide.objects.order_by("pk").values())
    assert f"{len(FILES)} guides unchanged" in load()
    assert list(Guide.objects.order_by("pk").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["summary", "categories"])
def test_what_an_editor_changed_is_left_alone(guides, what):
    guide = guides["cold-flat"]
    if what == "summary":
        guide.summary = "Звоните нам."
        guide.save()
    else:
        guide.categories.add(Category.objects.get(slug="yd_snow"))
    Guide.objects.filter(pk=guide.pk).update(is_published=False)
    before = Guide.objects.filter(pk=guide.pk).values().get()
    loaded = loading.load([file_of(FILES["cold-flat"], title="Другое имя")])
    assert loaded.kept
    assert Guide.objects.filter(pk=guide.pk).values().get() == before


@pytest.mark.django_db
def test_a_changed_file_changes_its_guide_and_keeps_what_the_editor_published(guides):
    Guide.objects.filter(slug="lift").update(is_published=False)
    loading.load([file_of(FILES["lift"], title="Лифт стоит")])
    lift = Guide.objects.get(slug="lift")
    assert (lift.title, lift.is_published) == ("Лифт стоит", False)


@pytest.mark.django_db
def test_a_guide_for_no_matter_loads_nothing(categories):
    with pytest.raises(reading.Unreadable, match="no_such"):
        loading.load([FILES["lift"], file_of(FILES["rubbish"], categories=("no_such",))])
    assert not Guide.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("+++\n", "", "begin with"),
        ('clauses = ["', 'clauses = ["Закон о зайцах, ', "neither list"),
        ('topic = "', 'topic = "no', "nohouse"),
        ("confidence = ", "belief = ", "belief"),
        ("reviewed = 2026-11-25", 'reviewed = "soon"', "date"),
    ],
)
def test_a_broken_file_is_named_with_its_mistake(tmp_path, old, new, said):
    text = (reading.FOLDER / "lift.md").read_text(encoding="utf-8")
    (tmp_path / "broken.md").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CommandError, match=rf"(?s)broken\.md.*{said}"):
        call_command("load_guides", folder=tmp_path)


def test_a_request_from_a_guide_begins_with_its_matter_or_their_branch(categories):
    def of(*slugs):
        return loading.filing_category([categories[slug] for slug in slugs])

    assert of("lf_stop") == categories["lf_stop"].pk
    assert of("ht_temp", "ht_riser") == categories["heating"].pk
    assert of("st_flood_act", "bl_error") == categories["st_flood_act"].pk


def file_of(guide: reading.FileGuide, **changed) -> reading.FileGuide:
    return reading.FileGuide(
        **{name: getattr(guide, name) for name in guide.__dataclass_fields__} | changed
    )
