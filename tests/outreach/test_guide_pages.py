"""Pages, API and desk of the guides: who sees them, how they are judged, how many queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.models import Guide, Opinion, UnansweredSearch
from tests.city_fixtures import NOON

pytestmark = pytest.mark.django_db
ACTORS = ["nobody", "resident", "operator", "company_user", "rival"]


@pytest.fixture
def hidden(guides) -> Guide:
    Guide.objects.filter(slug="lift").update(is_published=False)
    return Guide.objects.get(slug="lift")


def queries(client, url) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize(
    "url", ["/guides/", "/guides/?q=лифт", "/guides/?q=крокодил", "/guides/rubbish/"]
)
def test_everybody_reads_the_guides(client, guides, request, who, url):
    if who != "nobody":
        client.force_login(request.getfixturevalue(who))
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("who", ["nobody", "resident", "company_user", "rival"])
def test_an_unpublished_guide_looks_like_an_unknown_one(client, hidden, request, who):
    if who != "nobody":
        client.force_login(request.getfixturevalue(who))
    assert client.get("/guides/lift/").status_code == 404
    assert client.get("/guides/no-such/").status_code == 404
    assert client.post("/guides/lift/helped/", {"helped": "yes"}).status_code == 404
    assert client.get("/api/v1/guides/lift/").status_code == 404
    assert "/guides/lift/" not in client.get("/guides/").content.decode()
    assert not Opinion.objects.exists()


def test_the_page_says_everything_a_reader_needs(client, guides):
    page = client.get("/guides/cold-flat/").content.decode()
    for part in (
        "Холодно в квартире",
        "ПП РФ № 354, прил. 1, п. 15",
        "не юридическая консультация",
        "25 ноября 2026",
        "/requests/new/?category=heating",
        "data-print",
        "data-share",
        'action="/guides/cold-flat/helped/"',
        "application/ld+json",
    ):
        assert part in page


def test_a_guide_past_its_review_and_one_that_waits_for_a_lawyer_say_so(client, guides):
    assert "пора перечитать" not in client.get("/guides/rubbish/").content.decode()
    Guide.objects.filter(slug="rubbish").update(review_due_on=date(2020, 1, 1))
    assert "пора перечитать" in client.get("/guides/rubbish/").content.decode()
    assert "ждёт юриста" in client.get("/guides/change-company/").content.decode()


def test_pages_ask_the_same_number_of_queries_with_more_guides(client, guides):
    urls = [
        "/guides/",
        "/guides/?q=лифт",
        "/guides/lift/",
        "/api/v1/guides/",
        "/api/v1/guides/?q=лифт",
    ]
    Guide.objects.exclude(slug__in=["lift", "rubbish"]).update(is_published=False)
    few = [queries(client, url) for url in urls]
    Guide.objects.update(is_published=True)
    assert [queries(client, url) for url in urls] == few
    assert max(few) <= 4


def test_a_reader_answers_once_and_may_change_the_answer(client, guides):
    assert client.post("/guides/lift/helped/", {"helped": "yes"}).status_code == 302
    assert client.post("/guides/lift/helped/", {"helped": "no"}).status_code == 302
    assert list(Opinion.objects.values_list("guide__slug", "helped")) == [("lift", False)]
    assert "не помогло" in client.get("/guides/lift/").content.decode()
    client.cookies.clear()
    client.post("/guides/lift/helped/", {"helped": "yes"})
    assert Opinion.objects.count() == 2


def test_reading_and_nonsense_write_no_opinion(client, guides):
    assert client.get("/guides/lift/helped/?helped=yes").status_code == 405
    client.post("/guides/lift/helped/", {"helped": "<script>"})
    client.get("/guides/lift/")
    assert not Opinion.objects.exists()


def test_an_opinion_names_no_reader(client, guides):
    client.post("/guides/lift/helped/", {"helped": "yes"})
    cookie = client.cookies["guide_reader"]
    assert cookie.value not in Opinion.objects.get().reader_hash
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_flood_of_opinions_is_stopped(client, guides, monkeypatch):
    monkeypatch.setattr("outreach.guides.views._OPINIONS", 1)
    client.post("/guides/lift/helped/", {"helped": "yes"})
    client.cookies.clear()
    assert client.post("/guides/lift/helped/", {"helped": "yes"}).status_code == 429
    assert Opinion.objects.count() == 1


def test_scripts_in_a_guide_do_not_reach_the_page(client, guides):
    guide = guides["lift"]
    guide.title = guide.summary = guide.clauses = "<script>alert(1)</script>"
    guide.body = "<script>alert(1)</script>\n\n[x](javascript:alert(1))"
    guide.save()
    for url in ("/guides/lift/", "/guides/"):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert 'href="javascript' not in page


def test_the_api_lists_finds_and_reads(client, guides):
    everything = client.get("/api/v1/guides/").json()["results"]
    assert len(everything) == len(guides)
    best = client.get("/api/v1/guides/", {"q": "застрял в лифте"}).json()["results"][0]
    assert best["slug"] == "lift"
    assert best["url"].endswith("/guides/lift/")
    text = client.get("/api/v1/guides/lift/").json()
    assert text["clauses"]
    assert "<h2>" in text["html"]
    assert client.get("/api/v1/guides/", {"q": "\x00крокодил"}).json() == {
        "results": [], "next": "", "previous": "",
    }  # fmt: skip


def test_editors_write_preview_and_see_searches_in_vain(client, editor, hidden):
    client.force_login(editor)
    UnansweredSearch.objects.count_one("аквариум", at=NOON)
    assert "аквариум" in client.get("/admin/outreach/unansweredsearch/").content.decode()
    assert client.get("/admin/outreach/guide/?review=due").status_code == 200
    assert client.get(f"/admin/outreach/guide/{hidden.pk}/change/").status_code == 200
    page = client.get(f"/admin/outreach/guide/{hidden.pk}/preview/").content.decode()
    assert hidden.title in page
    assert "видят только сотрудники" in page
    assert client.get("/admin/outreach/guide/999999/preview/").status_code == 404


def test_the_list_of_editors_asks_the_same_number_of_queries(client, editor, guides):
    client.force_login(editor)
    url = "/admin/outreach/guide/"
    client.get(url)
    many = queries(client, url)
    Guide.objects.exclude(slug="lift").delete()
    assert queries(client, url) == many


def test_operators_have_no_desk_of_guides(client, operator, guides):
    client.force_login(operator)
    assert client.get("/admin/outreach/guide/").status_code == 403
    pk = guides["lift"].pk
    assert client.get(f"/admin/outreach/guide/{pk}/preview/").status_code == 403


def test_the_day_of_review_follows_the_review_unless_chosen(categories):
    guide = Guide.objects.create(
        slug="x", title="x", question="x?", topic="house", summary="x", body="x", clauses="x",
        sources="x", reviewed_on=date(2026, 1, 1),
    )  # fmt: skip
    assert guide.review_due_on == date(2026, 1, 1) + timedelta(days=180)
