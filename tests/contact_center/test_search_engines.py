"""What search engines read: linked data, one address a page, sitemaps; and 304, for strangers."""

from __future__ import annotations

import json
import re
import tracemalloc
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from contact_center import sitemaps
from disclosure.models import Building, ManagementCompany, Street
from outreach.models import Guide
from tests.disclosure.forms.conftest import FINANCES, finances, publish, speaker, standard
from tests.outreach.conftest import guides

__all__ = ["finances", "guides", "publish", "speaker", "standard"]

pytestmark = pytest.mark.django_db
NASTY = 'УК </script><script>alert(1)</script> & "Ко" <!--'
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_PLACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def told(client, url) -> list[dict]:
    """Return the things that the page tells in JSON-LD."""
    page = client.get(url).content.decode()
    whole = json.loads(_SCRIPT.search(page)[1])
    assert whole["@context"] == "https://schema.org"
    return whole["@graph"]


def kinds(things) -> list:
    return [thing["@type"] for thing in things]


class TestLinkedData:
    def test_a_house_is_a_place_with_its_manager(self, client, building, company, settings):
        Building.objects.filter(pk=building.pk).update(lat=54.3, lon=48.4)
        place, way, manager = told(client, building.get_absolute_url())
        assert place["@type"] == ["Place", "ApartmentComplex"]
        assert place["name"] == building.address
        assert place["geo"] == {"@type": "GeoCoordinates", "latitude": 54.3, "longitude": 48.4}
        assert [step["position"] for step in way["itemListElement"]] == [1, 2, 3]
        assert manager["taxID"] == company.inn
        assert manager["url"] == settings.PUBLIC_URL + company.get_absolute_url()

    def test_a_house_that_nobody_manages_names_nobody(self, client, make_building):
        things = told(client, make_building().get_absolute_url())
        assert kinds(things) == [["Place", "ApartmentComplex"], "BreadcrumbList"]

    def test_a_company_is_an_organisation(self, client, company):
        organisation, way = told(client, company.get_absolute_url())
        assert organisation["@type"] == "Organization"
        assert organisation["contactPoint"]["telephone"] == company.dispatcher_phone
        assert "email" not in organisation
        assert way["itemListElement"][-1]["name"] == str(company)

    def test_lists_and_guides_tell_where_they_stand(self, client, company, guides):
        assert kinds(told(client, "/companies/")) == ["ItemList", "BreadcrumbList"]
        assert kinds(told(client, "/buildings/")) == ["WebSite", "BreadcrumbList"]
        assert kinds(told(client, "/guides/cold-flat/")) == ["FAQPage", "BreadcrumbList"]

    def test_no_name_ends_the_script(self, client, building, company):
        ManagementCompany.objects.filter(pk=company.pk).update(name=NASTY, short_name="")
        for url in (company.get_absolute_url(), building.get_absolute_url(), "/companies/"):
            names = json.dumps(told(client, url), ensure_ascii=False)
            assert json.dumps(NASTY, ensure_ascii=False)[1:-1] in names, url
            page = client.get(url).content.decode()
            assert "<script>alert" not in page
            assert "<!--" not in _SCRIPT.search(page)[1]

    def test_a_site_that_is_no_address_is_not_told(self, client, company):
        ManagementCompany.objects.filter(pk=company.pk).update(site="javascript:alert(1)")
        assert "sameAs" not in told(client, company.get_absolute_url())[0]


@pytest.mark.parametrize(
    "url",
    ["/companies/", "/companies/map/", "/companies/compare/", "/buildings/", "/guides/"],
)
def test_search_filters_and_cursors_are_the_same_page(client, company, guides, settings, url):
    for asked in ({}, {"q": "причал"}, {"kind": "tsj", "sort": "houses"}):
        page = client.get(url, asked, headers={"host": "127.0.0.1"}).content.decode()
        assert page.count('rel="canonical"') == 1
        assert f'<link rel="canonical" href="{settings.PUBLIC_URL}{url}">' in page


class TestAskingAgain:
    @pytest.fixture
    def pages(self, building, company, guides):
        return [
            "/companies/", "/companies/map/", "/buildings/", "/guides/", "/guides/cold-flat/",
            building.get_absolute_url(), company.get_absolute_url(),
            f"/companies/{company.inn}/disclosure/",
        ]  # fmt: skip

    def test_nothing_changed_is_answered_by_a_line(self, client, pages):
        for url in pages:
            first = client.get(url)
            again = client.get(url, headers={"if-none-match": first["ETag"]})
            assert (again.status_code, again.content) == (304, b""), url
            assert first["Cache-Control"] == "private, no-cache"
            assert {"Cookie", "Authorization"} <= set(first["Vary"].split(", ")), url
            assert again["ETag"] == first["ETag"]
            assert client.head(url, headers={"if-none-match": first["ETag"]}).status_code == 304

    def test_a_publication_makes_the_page_new(self, client, company, finances, publish):
        urls = [company.get_absolute_url(), "/companies/", "/companies/?disclosed=published"]
        tags = [client.get(url)["ETag"] for url in urls]
        publish(finances, FINANCES)
        for url, before in zip(urls, tags, strict=True):
            assert client.get(url, headers={"if-none-match": before}).status_code == 200, url

    def test_news_of_any_room_make_the_page_new(self, client, building, make_request):
        url = building.get_absolute_url()
        before = client.get(url)["ETag"]
        make_request(building=building.pk, public=True)
        Building.objects.filter(pk=building.pk).update(flats=80)
        answer = client.get(url, headers={"if-none-match": before})
        assert answer.status_code == 200
        assert answer["ETag"] != before

    @pytest.mark.parametrize("who", ["resident", "company_user", "operator"])
    def test_whoever_signed_in_gets_a_whole_page_that_nobody_keeps(
        self, request, client, pages, who
    ):
        tags = {url: client.get(url)["ETag"] for url in pages}
        client.force_login(request.getfixturevalue(who))
        for url, tag in tags.items():
            for asked in (tag, "*"):
                answer = client.get(url, headers={"if-none-match": asked})
                assert answer.status_code == 200, url
                assert "ETag" not in answer
                assert "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize("headers", [{"authorization": "Token x"}, {}])
    def test_a_token_or_a_code_counts_as_somebody(self, client, company, headers):
        url = company.get_absolute_url() + ("" if headers else "?code=abc")
        answer = client.get(url, headers=headers | {"if-none-match": "*"})
        assert (answer.status_code, "ETag" in answer) == (200, False)

    def test_an_answer_to_a_guide_is_told_to_its_giver_alone(self, client, guides):
        url = "/guides/cold-flat/"
        before = client.get(url)["ETag"]
        client.post("/guides/cold-flat/helped/", {"helped": "yes"})
        client.get(url)  # The thanks are told once.
        assert client.get(url, headers={"if-none-match": before}).status_code == 200

    def test_a_version_says_when_it_last_changed(self, client, finances, publish):
        first = publish(finances, FINANCES, at=now())
        url = first.get_absolute_url()
        answer = client.get(url)
        since = {"if-modified-since": answer["Last-Modified"]}
        assert client.get(url, headers=since).status_code == 304
        earlier = {"if-modified-since": "Mon, 02 Mar 2020 00:00:00 GMT"}
        assert client.get(url, headers=earlier).status_code == 200

    def test_what_is_not_there_has_no_tag(self, client, db):
        answer = client.get("/companies/0/", headers={"if-none-match": "*"})
        assert (answer.status_code, "ETag" in answer) == (404, False)


def entries(client, url) -> dict[str, str]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    root = ET.fromstring(body)
    return {
        each.find("s:loc", _PLACE).text: each.findtext("s:lastmod", "", _PLACE) for each in root
    }


def put_houses(count: int, *, start: int = 0) -> None:
    street, _made = Street.objects.get_or_create(
        settlement="Речной", name="ул. Долгая", defaults={"search_name": "долгая речной"}
    )
    Building.objects.bulk_create(
        Building(street=street, house=str(n), search_house=f"k{n}", address=f"Долгая, {n}")
        for n in range(start, start + count)
    )


class TestSitemaps:
    def test_every_public_page_is_named_once(
        self, client, building, company, guides, finances, publish, settings
    ):
        publish(finances, FINANCES)
        named: dict[str, str] = {}
        for part in entries(client, "/sitemap.xml"):
            assert part.startswith(settings.PUBLIC_URL)
            found = entries(client, part.removeprefix(settings.PUBLIC_URL))
            assert not found.keys() & named.keys()
            named |= found
        for path in ("/", "/companies/", "/guides/cold-flat/", building.get_absolute_url()):
            assert settings.PUBLIC_URL + path in named, path
        assert named[settings.PUBLIC_URL + company.get_absolute_url()].startswith("2026-03-02T12")
        for url in named:
            assert client.get(url.removeprefix(settings.PUBLIC_URL)).status_code == 200, url

    def test_drafts_of_guides_are_not_told(self, client, guides):
        before = entries(client, "/sitemap-guides-1.xml")
        slug = Guide.objects.first().slug
        Guide.objects.filter(slug=slug).update(is_published=False)
        after = entries(client, "/sitemap-guides-1.xml")
        assert [url for url in before if url not in after and url.endswith(f"/{slug}/")]

    def test_a_section_is_split_and_holds_each_house_once(self, client, monkeypatch, settings):
        monkeypatch.setattr(sitemaps.Houses, "limit", 4)
        put_houses(10)
        parts = [url for url in entries(client, "/sitemap.xml") if "houses" in url]
        assert [url[-5:] for url in parts] == ["1.xml", "2.xml", "3.xml"]
        found = [
            url for part in parts for url in entries(client, part.removeprefix(settings.PUBLIC_URL))
        ]
        assert len(found) == len(set(found)) == 10

    @pytest.mark.parametrize("path", ["houses-0", "houses-2", "houses-99999", "zzz-1", "guides-1"])
    def test_a_part_that_is_not_there_is_not_found(self, client, building, path):
        assert client.get(f"/sitemap-{path}.xml").status_code == 404

    def test_ratings_are_named_by_month_and_company(self, client, monkeypatch):
        months = [{"period": date_of(month), "changed": now()} for month in (1, 2)]
        results = [(date_of(2), f"ref{n}", now()) for n in range(5)]
        monkeypatch.setattr(sitemaps.Ratings, "_months", staticmethod(lambda: months))
        monkeypatch.setattr(sitemaps.Ratings, "_results", staticmethod(lambda: results))
        ratings = sitemaps.Ratings()
        ratings.limit = 3
        paths = [path for part in (1, 2, 3) for path, _at in ratings.lines(part)]
        assert paths == [
            "/ratings/2026-01/", "/ratings/2026-02/",
            *(f"/ratings/2026-02/ref{n}/" for n in range(5)),
        ]  # fmt: skip

    def test_fifty_thousand_houses_are_streamed_in_two_queries(self, client):
        put_houses(10)
        few = queries(client, "/sitemap-houses-1.xml")
        put_houses(49_990, start=10)
        index = queries(client, "/sitemap.xml")
        tracemalloc.start()
        with CaptureQueriesContext(connection) as seen:
            answer = client.get("/sitemap-houses-1.xml")
            sizes = [len(piece) for piece in answer.streaming_content]
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert few == len(seen) == 2
        assert index <= 10
        assert len(sizes) > 50
        assert sum(sizes) > 2_000_000
        assert peak < max(20_000_000, 5 * max(sizes))


def date_of(month: int):
    return now().date().replace(year=2026, month=month, day=1)


def queries(client, url) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(url)
        if answer.streaming:
            list(answer.streaming_content)
    return len(seen)


def test_robots_are_shown_the_sitemap_and_kept_from_doors(client, settings):
    page = client.get("/robots.txt")
    assert page["Content-Type"].startswith("text/plain")
    lines = page.content.decode().splitlines()
    assert f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in lines
    assert "Disallow: /cabinet/" in lines
