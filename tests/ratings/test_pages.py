"""The public pages: drafts stay inside, names are escaped, queries do not grow with companies."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disclosure.models import ManagementCompany
from ratings import publishing, snapshots
from ratings.models import RatingResult, RatingSnapshot
from requests_app.models import Request
from tests.city_fixtures import COMPANY_INN
from tests.ratings.conftest import AFTER, MONTH

pytestmark = pytest.mark.django_db
FILES = (
    "rows.csv", "inputs.csv", "results.csv", "results.json", "methodology.json", "manifest.json",
    "signature.json", "verify.py",
)  # fmt: skip
PAGES = ("/ratings/2026-03/", f"/ratings/2026-03/{COMPANY_INN}/")
OF_DRAFT = (*PAGES, *(f"/ratings/2026-03/{name}" for name in FILES if name != "signature.json"))
ALL = (*OF_DRAFT, "/ratings/2026-03/signature.json")


def page(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, url
    return b"".join(answer).decode()


def queries(client, url):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def make_companies(draft, count):
    """Put `count` rated companies more into a draft."""
    model = draft.results.first()
    made = ManagementCompany.objects.bulk_create(
        ManagementCompany(name=f"УК {n}") for n in range(count)
    )
    last = draft.results.count()
    for number, company in enumerate(made, start=last + 1):
        RatingResult.objects.create(
            snapshot=draft, company=company, position=number, reference=company.reference,
            name=company.name, group=model.group, is_rated=True, score="50", low="40", high="60",
            band="yellow", certainty="0.9", best=1, worst=count, rivals=count,
            indicators=model.indicators,
        )  # fmt: skip


def test_before_the_first_rating_the_page_says_so(client, db):
    assert "Рейтинг ещё не опубликован" in page(client, "/ratings/")
    assert client.get("/ratings/2026-03/").status_code == 404


@pytest.mark.parametrize("who", ["nobody", "resident", "company_user", "rival"])
@pytest.mark.parametrize("url", OF_DRAFT)
def test_a_draft_is_seen_by_staff_only(request, client, draft, who, url, operator):
    if who != "nobody":
        client.force_login(request.getfixturevalue(who))
    assert client.get(url).status_code == 404
    client.force_login(operator)
    assert client.get(url).status_code == 200
    assert "Рейтинг ещё не опубликован" in page(client, "/ratings/")
    assert client.get("/ratings/2026-03/signature.json").status_code == 404


@pytest.mark.parametrize("url", ["/ratings/", "/ratings/methodology/", *ALL])
def test_a_published_rating_is_open_to_everybody_and_changed_by_nobody(client, published, url):
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 405


@pytest.mark.parametrize(
    "url",
    [
        "/ratings/2026-02/", "/ratings/2026-13/", "/ratings/2026-03/1234567890/",
        "/ratings/2026-03/?edition=2", "/ratings/2026-03/?edition=x",
        "/ratings/2026-03/secrets.csv/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_404(client, published, url):
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("tail", ["?group=%00&q=%00", "?cursor=AAAA", "?q=" + "я" * 500])
def test_any_query_is_answered(client, published, tail):
    assert client.get("/ratings/" + tail).status_code in {200, 302}


def test_files_are_what_the_manifest_says(client, published):
    manifest = json.loads(page(client, "/ratings/2026-03/manifest.json"))
    for name, file in manifest["files"].items():
        given = b"".join(client.get(f"/ratings/2026-03/{name}"))
        assert hashlib.sha256(given).hexdigest() == file["sha256"]


def test_files_hold_nothing_of_a_person(client, published):
    everything = "".join(page(client, url) for url in ALL)
    number = Request.objects.first().number
    for secret in (number, "Садовая", "Анна", "resident@example.org", "+7900", "Батарея в комнате"):
        assert secret not in everything


def test_a_name_with_html_and_a_formula_is_only_a_name(client, year, company):
    company.short_name = '=cmd("<b>УК</b>")'
    company.save()
    publishing.publish(
        snapshots.draft(MONTH, at=AFTER).pk, by=None, at=AFTER, waiver="Для проверки"
    )
    for url in ("/ratings/", f"/ratings/2026-03/{COMPANY_INN}/"):
        assert "<b>УК" not in page(client, url)
    assert "\"'=cmd" in page(client, "/ratings/2026-03/results.csv")
    assert snapshots.faults(RatingSnapshot.objects.get()) == []


def test_the_page_of_a_company_shows_its_rating(client, published, company):
    url = f"/companies/{COMPANY_INN}/"
    assert f"/ratings/2026-03/{COMPANY_INN}/" in page(client, url)


def test_a_company_without_rating_shows_no_panel(client, draft, company):
    assert "/ratings/2026-03/" not in page(client, f"/companies/{COMPANY_INN}/")


def test_queries_do_not_grow_with_companies(client, draft):
    make_companies(draft, 2)
    publishing.publish(draft.pk, by=None, at=AFTER, waiver="Для проверки")
    few = [queries(client, url) for url in ("/ratings/", *PAGES)]
    better = snapshots.draft(MONTH, at=AFTER, erratum="Ещё организации")
    make_companies(better, 60)
    publishing.publish(better.pk, by=None, at=AFTER, waiver="Для проверки")
    assert [queries(client, url) for url in ("/ratings/", *PAGES)] == few
    assert max(few) <= 9


def test_all_companies_are_reached_page_by_page(client, draft):
    make_companies(draft, 60)
    publishing.publish(draft.pk, by=None, at=AFTER, waiver="Для проверки")
    first = client.get("/ratings/")
    second = client.get(first.context["after"])
    names = [
        row.result.name
        for answer in (first, second)
        for row in (
            *(row for row, _change in answer.context["rated"]),
            *answer.context["unrated"],
        )
    ]
    assert len(set(names)) == len(names) == 62


def test_staff_with_the_right_publishes_from_the_desk(client, draft, chief, operator):
    url = "/admin/ratings/ratingsnapshot/"
    form = {"action": "publish_chosen", "_selected_action": [draft.pk]}
    client.force_login(operator)
    assert client.post(url, form).status_code == 403
    client.force_login(chief)
    assert client.get(url).status_code == 200
    assert client.get(f"{url}{draft.pk}/change/").status_code == 200
    assert client.get(f"{url}add/").status_code == 403
    refused = client.post(url, form, follow=True).content.decode()
    assert "сначала откройте" in refused
    assert not RatingSnapshot.objects.get().is_published
    client.post(url, {**form, "action": "open_for_comments"})
    kept = RatingSnapshot.objects.get()
    assert kept.comments_until - kept.comments_from > timedelta(days=10)
    past = datetime(2026, 5, 1, tzinfo=UTC)
    RatingSnapshot.objects.update(comments_from=AFTER, comments_until=past)
    client.post(url, form)
    kept = RatingSnapshot.objects.get()
    assert kept.is_published
    assert (kept.published_by, kept.waiver) == (chief, "")


LOADED = """
import sys, django
django.setup()
import contact_center.urls, ratings.admin
arithmetic = ("scipy", "ratings.shrinkage", "ratings.standing", "ratings.computing")
print([name for name in arithmetic if name in sys.modules])
"""


def test_the_addresses_of_the_portal_load_no_arithmetic():
    seen = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "contact_center.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.strip() == "[]"
