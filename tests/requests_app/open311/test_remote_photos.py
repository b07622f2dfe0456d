"""Photos by address: nobody is called but hosts that were allowed, and never from a request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import outbound
from requests_app.models import Attachment, RemotePhoto
from requests_app.open311 import remote_photos
from tests.notifications.receivers import receiver
from tests.requests_app.filing_steps import picture
from tests.requests_app.open311.asking import post

pytestmark = pytest.mark.django_db
PHOTO = picture().read()


@pytest.fixture
def calls(monkeypatch):
    """Count the calls that leave the portal."""
    made = []
    real = outbound.call

    def call(url, **values):
        made.append(url)
        return real(url, **values)

    monkeypatch.setattr(outbound, "call", call)
    return made


def fetch(*, later: timedelta = timedelta(0)) -> int:
    return remote_photos.fetch_due(at=timezone.now() + later)


def test_an_allowed_host_is_called_by_the_worker_alone(form, settings, calls):
    with receiver(lambda call: (200, PHOTO)) as place:
        settings.OPEN311_MEDIA_HOSTS = ["127.0.0.1"]
        settings.OUTBOUND_ALLOWED = [place.place]
        answer = post("requests", form(media_url=[f"{place.url}/1.jpg"]))
        assert answer.status_code == 200
        assert calls == []
        assert RemotePhoto.objects.count() == 1
        assert fetch() == 1
        assert [call.method for call in place.calls] == ["GET"]
    photo = Attachment.objects.get()
    assert photo.request.number == answer.json()[0]["service_request_id"]
    assert photo.upload.media_type == "image/jpeg"
    assert not RemotePhoto.objects.exists()
    assert fetch(later=timedelta(days=1)) == 0


def test_without_a_list_nothing_is_ever_called(form, calls):
    post("requests", form(media_url="https://photos.example/1.jpg"))
    assert not RemotePhoto.objects.exists()
    assert fetch() == 0
    assert calls == []


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/1.jpg",
        "http://169.254.169.254/latest/meta-data/",
        "https://[::1]/x",
        "https://localhost/x",
        "https://0x7f000001/x",
        "https://2130706433/x",
        "http://127.0.0.1:5432/",
        "https://trusted.example@127.0.0.1/x",
        "https://127.0.0.1:22/x",
    ],
)
def test_an_inner_address_is_not_called_even_if_its_host_is_listed(
    url, form, settings, monkeypatch
):
    settings.OUTBOUND_ALLOWED = []
    settings.OPEN311_MEDIA_HOSTS = [
        "127.0.0.1", "169.254.169.254", "::1", "localhost", "0x7f000001", "2130706433",
    ]  # fmt: skip

    def connected(*_args, **_values):
        raise AssertionError("an inner address was called")

    monkeypatch.setattr(outbound, "_connect", connected)
    assert post("requests", form(media_url=url)).status_code == 200
    assert RemotePhoto.objects.count() == 1
    assert fetch() == 0
    assert not RemotePhoto.objects.exists(), "asked again although it is refused for good"


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://x/", "ftp://x/y", "https://", "http://x y/", "x", "//x/y",
     "https://x/\r\nHost: y", "https://" + "x" * 2001, "data:image/png;base64,AA", "https://[x"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url, form):
    assert post("requests", form(media_url=url)).status_code == 400


def test_a_host_taken_off_the_list_is_not_called(form, settings, calls):
    settings.OPEN311_MEDIA_HOSTS = ["photos.example"]
    post("requests", form(media_url="https://photos.example/1.jpg"))
    settings.OPEN311_MEDIA_HOSTS = []
    assert fetch() == 0
    assert calls == []
    assert not RemotePhoto.objects.exists()


@pytest.mark.parametrize(
    ("reply", "is_over"),
    [
        ((302, b"", {"Location": "http://169.254.169.254/"}), True),
        ((404, b""), True),
        ((200, b"MZ not a photo"), True),
        ((503, b""), False),
    ],
)
def test_a_bad_answer_hangs_nothing_on_the_request(reply, is_over, form, settings):
    with receiver(lambda call: reply) as place:
        settings.OPEN311_MEDIA_HOSTS = ["127.0.0.1"]
        settings.OUTBOUND_ALLOWED = [place.place]
        post("requests", form(media_url=f"{place.url}/1.jpg"))
        assert fetch() == 0
        assert RemotePhoto.objects.exists() is not is_over
        # Not again before its time, and not for ever.
        assert fetch() == 0
        assert len(place.calls) == 1
        for days in range(1, 10):
            fetch(later=timedelta(days=days))
        assert len(place.calls) <= 6
    assert not RemotePhoto.objects.exists()
    assert not Attachment.objects.exists()


def test_a_gigabyte_is_cut_off(form, settings, monkeypatch):
    monkeypatch.setattr(remote_photos, "_LIMITS", outbound.Limits(answer=1000))
    with receiver(lambda call: (200, b"x" * 2000)) as place:
        settings.OPEN311_MEDIA_HOSTS = ["127.0.0.1"]
        settings.OUTBOUND_ALLOWED = [place.place]
        post("requests", form(media_url=f"{place.url}/1.jpg"))
        assert fetch() == 0
    assert not RemotePhoto.objects.exists()
