"""Presenting the act from the cabinet: printed from a form or a scan; once, never dated ahead."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts import uploads
from accounts.actors import actor_of
from accounts.models import Upload
from notifications.models import Message
from requests_app.acts import presenting, written
from requests_app.acts.forms import WrittenForm
from requests_app.models import Act, Attachment, Request, RequestEvent
from requests_app.statuses import Status
from tests.city_fixtures import rows_of

pytestmark = pytest.mark.django_db

CABINET = "/cabinet/requests/"
HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Europe/Ulyanovsk")


@pytest.fixture
def firm(company_user) -> Client:
    client = Client()
    client.force_login(company_user)
    return client


@pytest.fixture
def item(make_request) -> Request:
    return make_request(status="in_progress", at=timezone.now() - 20 * HOUR)


def local(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def photo(colour=(90, 120, 150), name="IMG.jpg") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (800, 600), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def filled(**fields) -> dict:
    now = timezone.now()
    return {
        "key": "act-1",
        "works": "Заменён вентиль,\nстояк промыт",
        "materials": "вентиль 15 мм, 1 шт.",
        "began_at": local(now - 2 * HOUR),
        "ended_at": local(now - HOUR),
        "signed_on": timezone.localdate().isoformat(),
        "signer": "слесарь Фёдоров П. И.",
        "accepted_by": "Петрова А. С., кв. 12",
        **fields,
    }


def text_of(upload: Upload) -> str:
    with uploads.open_upload(upload) as file:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


def test_a_filled_in_act_becomes_a_paper_and_the_resident_has_it(firm, item):
    page = firm.get(f"{CABINET}{item.number}/")
    assert f"{CABINET}{item.number}/act/" in page.text
    assert firm.get(f"{CABINET}{item.number}/act/").status_code == 200
    answer = firm.post(
        f"{CABINET}{item.number}/act/",
        filled(photos_before=[photo()], photos_after=[photo((9, 200, 9)), photo((9, 9, 200))]),
    )
    assert answer["Location"] == f"{CABINET}{item.number}/"
    item.refresh_from_db()
    assert item.status == Status.DONE
    act = Act.objects.get(request=item)
    assert (act.signed_on, act.signer) == (timezone.localdate(), "слесарь Фёдоров П. И.")
    words = text_of(act.upload)
    for said in (item.number, "вентиль 15 мм", "стояк промыт", "слесарь Фёдоров", "кв. 12"):
        assert said in words, said
    assert "Анна Петрова" not in words
    shown = Attachment.objects.filter(event=act.event).order_by("id")
    assert [one.shows for one in shown] == ["", "before", "after", "after"]
    assert act.event.text.startswith("Сделано: Заменён вентиль,\nстояк промыт\nМатериалы: вентиль")
    letter = Message.objects.get(event="request.present_act")
    assert "стояк промыт" in letter.context["text"]
    resident = Client()
    resident.force_login(item.resident)
    page = resident.get(f"/requests/{item.number}/").text
    assert "До работы, фото 1" in page
    assert "После работы, фото 2" in page
    paper = resident.get(f"/requests/{item.number}/files/{act.upload_id}/")
    assert paper["Content-Type"] == "application/pdf"


def test_sent_twice_it_is_one_act(firm, item):
    data = filled()
    # Twice the same press, and another browser window with a key of its own.
    for key in ("act-1", "act-1", "act-2"):
        files = {"photos_after": [photo()]}
        answer = firm.post(f"{CABINET}{item.number}/act/", {**data, **files, "key": key})
        assert answer["Location"] == f"{CABINET}{item.number}/"
    assert Act.objects.filter(request=item).count() == 1
    assert Message.objects.filter(event="request.present_act").count() == 1
    assert firm.get(f"{CABINET}{item.number}/act/").status_code == 302


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"signed_on": "2099-01-01"}, "в будущем"),
        ({"signed_on": "2020-01-01"}, "раньше, чем закончилась работа"),
        ({"ended_at": "2099-01-01T10:00"}, "закончиться в будущем"),
        ({"began_at": "2020-01-01T10:00"}, "раньше, чем зарегистрирована"),
        ({"ended_at": "2021-01-01T10:00"}, "раньше, чем начинается"),
        ({"works": " "}, "Обязательное поле"),
        ({"signer": ""}, "Обязательное поле"),
    ],
)
def test_an_act_that_cannot_be_is_refused_and_keeps_the_photos(firm, item, fields, said):
    before = rows_of(item)
    address = f"{CABINET}{item.number}/act/"
    answer = firm.post(address, filled(**fields, photos_after=[photo()]))
    assert answer.status_code == 422
    assert said in answer.text
    assert rows_of(item) == before
    # Sent again without choosing the photo again, once it was taken in.
    form = answer.context["form"]
    again = filled(key=form["key"].value(), kept_after=form["kept_after"].value() or "")
    assert firm.post(address, again).status_code == 302
    photos = Attachment.objects.filter(request=item, shows="after").count()
    assert photos == (1 if form["kept_after"].value() else 0)


def test_a_scan_of_a_paper_act_is_presented_as_it_is(firm, item, a_scan):
    address = f"{CABINET}{item.number}/act/scan/"
    assert firm.get(address).status_code == 200
    data = filled(text="Акт подписан старшей по дому")
    assert firm.post(address, data).status_code == 422
    scan = SimpleUploadedFile("act.png", a_scan, "image/png")
    wrong = SimpleUploadedFile("act.pdf", b"%PDF-1.4 not one", "application/pdf")
    before = rows_of(item)
    assert firm.post(address, {**data, "scan": wrong}).status_code == 422
    assert rows_of(item) == before
    assert firm.post(address, {**data, "key": "s2", "scan": scan}).status_code == 302
    act = Act.objects.get(request=item)
    assert act.upload.media_type == "image/png"
    assert RequestEvent.objects.get(act=act).text == "Акт подписан старшей по дому"


def test_of_two_presses_at_once_the_second_is_told_the_same(firm, item, company_user):
    """Both were read before either was written: the key of the form makes them one."""
    seen = Request.objects.select_related("category", "building").get(pk=item.pk)
    firm.post(f"{CABINET}{item.number}/act/", filled())
    form = WrittenForm(filled(), {}, item=seen, at=timezone.now())
    assert presenting.submit(form, by=actor_of(company_user), address="", at=timezone.now())
    assert Act.objects.filter(request=item).count() == 1


def test_nobody_prints_the_photo_of_another_request(firm, item, make_request, company_user):
    other = make_request(status="in_progress", at=timezone.now() - 20 * HOUR)
    foreign = uploads.accept(
        photo(),
        by=actor_of(company_user),
        address="",
        at=timezone.now(),
        holder=f"request:{other.pk}",
    )
    before = rows_of(item)
    answer = firm.post(f"{CABINET}{item.number}/act/", filled(kept_after=str(foreign.pk)))
    assert answer.status_code == 422
    assert rows_of(item) == before


def test_the_act_of_another_organisation_or_of_work_not_begun_is_refused(
    firm, rival, make_request, item
):
    other = Client()
    other.force_login(rival)
    before = rows_of(item)
    for page in ("act/", "act/scan/"):
        assert other.get(f"{CABINET}{item.number}/{page}").status_code == 404
        assert other.post(f"{CABINET}{item.number}/{page}", filled()).status_code == 404
    assert rows_of(item) == before
    accepted = make_request(status="accepted", at=timezone.now() - 20 * HOUR)
    before = rows_of(accepted)
    assert firm.get(f"{CABINET}{accepted.number}/act/").status_code == 302
    assert firm.post(f"{CABINET}{accepted.number}/act/", filled()).status_code == 422
    assert rows_of(accepted) == before
    assert not Upload.objects.exists()


NIGHT = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)


def an_act(**fields) -> written.WrittenAct:
    return written.WrittenAct(
        **{
            "works": "Заменён вентиль",
            "began_at": NIGHT - 2 * HOUR,
            "ended_at": NIGHT - HOUR,
            "signed_on": date(2026, 3, 3),
            "signer": "Фёдоров",
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("fields", "fields_at_fault"),
    [
        ({}, set()),
        # In the city the work ended after midnight, so the act of the day before is too early.
        ({"signed_on": date(2026, 3, 2)}, {"signed_on"}),
        ({"ended_at": NIGHT + HOUR}, {"ended_at"}),
        ({"ended_at": NIGHT + timedelta(seconds=30)}, set()),
        ({"began_at": NIGHT}, {"ended_at"}),
        ({"began_at": NIGHT - 30 * HOUR}, {"began_at"}),
    ],
)
def test_times_of_an_act_are_judged_in_the_citys_zone(fields, fields_at_fault):
    found = written.faults(an_act(**fields), registered_at=NIGHT - 20 * HOUR, at=NIGHT, zone=ZONE)
    assert {field for field, _words in found} == fields_at_fault


def test_the_span_names_both_days_only_when_they_differ():
    assert written.span(an_act(), zone=ZONE) == "3 марта 2026, 00:30–01:30"
    over = an_act(began_at=NIGHT - 5 * HOUR)
    assert written.span(over, zone=ZONE) == "2 марта 2026, 21:30 – 3 марта 2026, 01:30"
