"""A page that fails says so in plain words, runs no query, and writes no person into the log."""

from __future__ import annotations

import logging

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import path

from contact_center import urls

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500


def broken(request):
    raise ZeroDivisionError


def without_database(request):
    raise OperationalError("could not connect to server 10.0.0.1")


def signed_in_only(request, number):
    from django.http import HttpResponse

    return HttpResponse(str(request.user))


urlpatterns = [
    path("broken/", broken),
    path("api/v1/broken/", broken),
    path("without-database/", without_database),
    path("api/v1/without-database/", without_database),
    path("who/<str:number>/", signed_in_only),
    *urls.urlpatterns,
]


@pytest.fixture
def visitor(settings) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/no-such-page/", 404, "Такой страницы нет"),
        ("/broken/", 500, "В портале произошёл сбой"),
        ("/without-database/", 503, "Портал ненадолго недоступен"),
    ],
)
def test_page_speaks_plainly_and_asks_no_database(visitor, address, status, words):
    # Without the mark for a database, a query would end the test.
    response = visitor.get(address)
    assert response.status_code == status
    body = response.content.decode()
    assert words in body
    assert "10.0.0.1" not in body
    assert 'href="tel:' in body


@pytest.mark.parametrize(
    ("address", "status"),
    [("/api/v1/nothing/", 404), ("/api/v1/broken/", 500), ("/api/v1/without-database/", 503)],
)
def test_program_gets_a_problem(visitor, address, status):
    response = visitor.get(address)
    assert response.status_code == response.json()["status"] == status
    assert response["Content-Type"] == "application/problem+json"


def test_database_gone_says_when_to_come_again(visitor):
    assert visitor.get("/without-database/")["Retry-After"] == "10"
    assert visitor.get("/api/v1/without-database/")["Retry-After"] == "10"


def test_middleware_that_meets_no_database_answers_503_too(visitor, monkeypatch):
    from django.contrib.sessions.middleware import SessionMiddleware

    def refuse(self, request, response):
        raise OperationalError

    monkeypatch.setattr(SessionMiddleware, "process_response", refuse)
    assert visitor.get("/no-such-page/").status_code == 503


def test_stale_form_gets_our_page_and_not_djangos(visitor):
    careful = Client(enforce_csrf_checks=True)
    response = careful.post("/who/1/", {"a": "b"})
    assert response.status_code == 403
    assert "Эта страница вам закрыта" in response.content.decode()


def test_log_line_has_the_route_and_never_number_code_or_address(visitor, caplog):
    caplog.set_level(logging.INFO)
    visitor.get("/who/26-000123/?code=SECRETCODE", REMOTE_ADDR="203.0.113.7")
    lines = "\n".join(map(str, (record.msg for record in caplog.records)))
    assert "who/<str:number>/" in lines
    for private in ("26-000123", "SECRETCODE", "203.0.113.7"):
        assert private not in lines
