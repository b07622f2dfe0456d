"""A resident's way through the form, as a browser without scripts goes it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from requests_app.models import Request
from tests.city_fixtures import ORDINARY

NEW = "/requests/new/"
WORDS = "Батарея в комнате холодная"


def picture(name: str = "photo.jpg", colour: tuple[int, int, int] = (200, 30, 30)) -> Any:
    """Return a small honest JPEG as a browser sends it."""
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def to_matter(client: Client, building: int, **fields: Any) -> Any:
    """Answer the first question."""
    return client.post(NEW, {"building": building, "flat": "12", **fields})


def to_words(client: Client, building: int, *, category: str = ORDINARY) -> Any:
    """Answer the first two questions."""
    to_matter(client, building)
    return client.post(f"{NEW}matter/", {"category": category})


def to_contact(client: Client, building: int, *, description: str = WORDS, **more: Any) -> Any:
    """Answer the first three questions."""
    to_words(client, building, **more)
    return client.post(f"{NEW}words/", {"description": description})


def to_check(client: Client, building: int, *, contact: dict[str, str] | None = None) -> Any:
    """Answer every question."""
    to_contact(client, building)
    said = contact or {"email": "anna@example.org", "consent": "on"}
    return client.post(f"{NEW}contact/", said)


def key_on(client: Client) -> str:
    """Return the key that the last page carries."""
    page = client.get(f"{NEW}check/").content.decode()
    found = re.search(r'name="key" value="([0-9a-f-]+)"', page)
    assert found, page
    return found[1]


def send(client: Client, key: str = "") -> Any:
    """Press the last button."""
    return client.post(f"{NEW}check/", {"key": key or key_on(client)})


def number_in(answer: Any) -> str:
    """Return the number that the redirect names."""
    return str(answer["Location"]).rstrip("/").rsplit("/", 1)[1]


def filed(client: Client, building: int, **contact: Any) -> Request:
    """Go the whole way and return the request."""
    to_check(client, building, **contact)
    return Request.objects.get(number=number_in(send(client)))


def said_on(answer: Any) -> str:
    """Return the page's text."""
    return answer.content.decode()


def url(name: str, *args: Any) -> str:
    """Return an address of this room."""
    return reverse(f"requests_app:{name}", args=args)
