"""POST /api/v1/uploads/."""

from __future__ import annotations

import uuid
from io import BytesIO

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import ThrottleCounter, Upload, User
from accounts.uploads import receiving
from tests.accounts.test_pdfs import _javascript_at_open, document

pytestmark = pytest.mark.django_db
URL = "/api/v1/uploads/"


@pytest.fixture
def client() -> APIClient:
    return APIClient()


def send(client: APIClient, data: bytes, name: str = "photo.jpg", **extra: object):
    file = BytesIO(data)
    file.name = name
    return client.post(URL, {"file": file}, format="multipart", **extra)


def test_photo_is_taken(client: APIClient, picture) -> None:
    response = send(client, picture("JPEG"))
    assert response.status_code == 201
    upload = Upload.objects.get()
    assert response.json() == {
        "id": str(upload.pk),
        "media_type": "image/jpeg",
        "size": upload.size,
    }
    assert upload.uploaded_by is None


def test_photo_of_staff_is_theirs_and_not_counted(client: APIClient, picture, clerk: User) -> None:
    client.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(clerk, name='desk')}")
    assert send(client, picture("PNG")).status_code == 201
    assert Upload.objects.get().uploaded_by == clerk
    assert not ThrottleCounter.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "a.jpg",
            "unsupported_file_type",
        ),
        (document(_javascript_at_open), "act.pdf", "active_content"),
        (b"\x89PNG\r\n\x1a\nrubbish", "a.png", "damaged_file"),
        (b"\xff\xd8\xff", "a\x00\r\nX: y.jpg", "damaged_file"),
    ],
)
def test_hostile_file_gets_a_problem_that_names_the_field(
    client: APIClient, data: bytes, name: str, code: str
) -> None:
    response = send(client, data, name)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["code"] == code
    assert body["errors"] == [{"field": "file", "message": body["detail"]}]
    assert not Upload.objects.exists()


@pytest.mark.parametrize("body", [{}, {"file": "text"}, {"other": "x"}])
def test_form_without_a_file_is_told_so(client: APIClient, body: dict[str, str]) -> None:
    response = client.post(URL, body, format="multipart")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "file"


def test_json_is_not_a_form(client: APIClient) -> None:
    assert client.post(URL, {"file": str(uuid.uuid4())}, format="json").status_code == 415


def test_too_large_file_is_refused_by_its_header(client: APIClient) -> None:
    response = client.post(
        URL,
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(50 * 1024 * 1024),
    )
    assert response.status_code == 413
    assert response.json()["code"] == "file_too_large"


def test_limit_of_an_address_holds_whatever_it_forges(
    client: APIClient, picture, monkeypatch
) -> None:
    monkeypatch.setattr(receiving, "AN_HOUR", 2)
    answers = [
        send(client, picture("JPEG"), HTTP_X_FORWARDED_FOR=f"203.0.113.{place}").status_code
        for place in range(3)
    ]
    assert answers == [201, 201, 429]
    refused = send(client, picture("JPEG"))
    assert refused["Content-Type"] == "application/problem+json"
    assert int(refused["Retry-After"]) > 0
    assert Upload.objects.count() == 2


def test_reading_the_address_gives_nothing(client: APIClient) -> None:
    assert client.get(URL).status_code == 405
