"""The photo of the bill beside a claim: who sees it, where it is named, when it goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actors import Resident
from accounts.models import Upload
from claims import lifecycle, retention
from claims.models import Claim, ClaimPaper
from claims.paper import printing
from requests_app.files import holder_of
from requests_app.models import RequestContact
from tests.city_fixtures import NOON
from tests.claims.test_claims import QUERY, at, body, text_of
from tests.requests_app.filing_steps import picture

pytestmark = pytest.mark.django_db
AT = NOON + timedelta(days=2)


@pytest.fixture
def item(make_request):
    return make_request(status="in_progress")


@pytest.fixture
def owner(resident):
    return Resident(id=resident.pk)


@pytest.fixture
def filed(client, item, resident) -> Claim:
    client.force_login(resident)
    address = at(item, "new/?") + "&".join(f"{k}={v}" for k, v in QUERY.items())
    bill = picture()
    assert client.post(address, {"account": "1", "bills": bill}).status_code == 302
    return Claim.objects.get()


def test_the_bill_stands_beside_the_figures_and_in_the_application(client, filed, item):
    paper = ClaimPaper.objects.get()
    page = client.get(at(item, "1/")).content.decode()
    assert f"{at(item, '1/')}bill/{paper.upload_id}/small/" in page
    assert "Фото квитанции" in text_of(printing.pdf(filed)).replace("\N{NO-BREAK SPACE}", " ")


def test_its_resident_staff_and_executor_see_it_and_nobody_else(
    filed, item, resident, neighbour, operator, company_user, rival
):
    upload = ClaimPaper.objects.get().upload_id
    seen = {}
    for user in (resident, operator, company_user, neighbour, rival, None):
        visitor = Client()
        if user:
            visitor.force_login(user)
        seen[str(user)] = [
            visitor.get(f"{at(item, '1/')}bill/{upload}/{tail}").status_code
            for tail in ("", "small/")
        ]
    assert seen[str(resident)] == seen[str(operator)] == seen[str(company_user)] == [200, 200]
    assert seen[str(neighbour)] == seen[str(rival)] == seen["None"] == [404, 404]


def test_in_the_cabinet_the_executor_opens_it(filed, item, company_user, rival):
    upload = ClaimPaper.objects.get().upload_id
    for user, status in ((company_user, 200), (rival, 404)):
        visitor = Client()
        visitor.force_login(user)
        for tail in ("", "small/"):
            address = f"/cabinet/claims/{item.number}/1/bill/{upload}/{tail}"
            assert visitor.get(address).status_code == status


def test_the_bill_of_another_claim_is_not_there(client, filed, item, make_upload, resident):
    foreign = make_upload(by=resident)
    assert client.get(f"{at(item, '1/')}bill/{foreign.pk}/").status_code == 404


@pytest.mark.parametrize("way", ["foreign", "used", "twice", "many", "unknown"])
def test_files_that_are_not_theirs_to_send_are_refused(
    item, owner, make_upload, neighbour, resident, way
):
    mine = make_upload(by=resident, holder=holder_of(item))
    bills = {
        "foreign": [make_upload(by=neighbour).pk],
        "used": [make_upload(by=resident, claimed_at=NOON).pk],
        "twice": [mine.pk, mine.pk],
        "many": [make_upload(by=resident).pk for _ in range(4)],
        "unknown": ["00000000-0000-0000-0000-000000000000"],
    }[way]
    with pytest.raises(lifecycle.Refused) as refused:
        lifecycle.file(item, body(), by=owner, at=AT, bills=bills)
    assert refused.value.field == "bills"
    assert not Claim.objects.exists()
    assert not ClaimPaper.objects.exists()


def test_what_is_no_picture_is_told_beside_the_field(client, item, resident):
    client.force_login(resident)
    address = at(item, "new/?") + "&".join(f"{k}={v}" for k, v in QUERY.items())
    bad = SimpleUploadedFile("bill.exe", b"MZ" + b"0" * 100, "image/jpeg")
    answer = client.post(address, {"account": "1", "bills": bad})
    assert answer.status_code == 422
    assert "bill.exe" in answer.content.decode()
    assert not Claim.objects.exists()


def test_it_goes_when_the_personal_data_goes(filed, item, django_capture_on_commit_callbacks):
    upload = ClaimPaper.objects.get().upload_id
    RequestContact.objects.filter(request=item).delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.forget_destroyed() == 1
    assert not ClaimPaper.objects.exists()
    assert not Upload.objects.filter(pk=upload).exists()
    assert Claim.objects.get().amount_rub
