"""The running portal tells the truth about itself, and survives a database that goes away."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from tests.live import wait_for
from tests.service.city import database_away

pytestmark = pytest.mark.service


def get(url: str) -> tuple[int, str, dict[str, str]]:
    try:
        with urllib.request.urlopen(url, timeout=15) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode(), dict(answer.headers)


def test_running_portal_is_ready_and_serves_its_static_files(live_portal):
    status, body, _ = get(live_portal.url + "/readyz")
    assert (status, json.loads(body)["database"]) == (200, "ok")
    status, page, headers = get(live_portal.url + "/")
    assert status == 200
    assert "unsafe-inline" not in headers["content-security-policy"]
    style = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    status, _, headers = get(live_portal.url + style)
    assert status == 200
    assert "immutable" in headers["cache-control"]


def test_database_gone_is_a_clear_page_and_the_portal_comes_back(live_portal):
    assert get(live_portal.url + "/buildings/?q=1")[0] == 200
    with database_away():
        status, body, headers = get(live_portal.url + "/buildings/?q=1")
        assert status == 503
        assert "Портал ненадолго недоступен" in body
        assert headers["retry-after"] == "10"
        status, body, headers = get(live_portal.url + "/api/v1/buildings/?q=1")
        assert (status, json.loads(body)["code"]) == (503, "unavailable")
        assert get(live_portal.url + "/readyz")[0] == 503
        assert get(live_portal.url + "/healthz")[0] == 200
    wait_for(lambda: get(live_portal.url + "/readyz")[0] == 200, what="return of the database")
    assert get(live_portal.url + "/buildings/?q=1")[0] == 200


def test_metrics_count_requests(live_portal):
    get(live_portal.url + "/healthz")
    status, body, _ = get(live_portal.url + "/metrics")
    assert status == 200
    assert 'view="healthz"' in body


def test_every_process_comes_back_after_kill_9(live_portal):
    for name in live_portal.children:
        live_portal.kill(name)
        assert not live_portal.children[name].is_running
    live_portal.make_whole()
    assert all(child.is_running for child in live_portal.children.values())
    assert get(live_portal.url + "/readyz")[0] == 200
