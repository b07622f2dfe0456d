"""«This is wrong»: a word is stored, decided by a person, answered, and changes nothing."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actors import Nobody, Operator, Resident
from accounts.models import ThrottleCounter
from disclosure.corrections import sending
from disclosure.corrections.models import CorrectionRequest, Verdict
from disclosure.models import Building, ManagementCompany
from notifications import rendering
from notifications.models import Message
from tests.city_fixtures import NOON

pytestmark = pytest.mark.django_db

WORDS = {"matter": "passport", "text": "Этажей девять, а не пять", "email": "who@reader.example"}


@pytest.fixture
def wrong(building) -> str:
    return reverse("corrections:of_house", args=[building.pk])


@pytest.fixture
def asked(building):
    return CorrectionRequest.objects.create(
        building=building,
        matter="passport",
        text="Этажей девять",
        email="who@reader.example",
        sent_at=NOON,
    )


@pytest.fixture
def staff(operator) -> Operator:
    return Operator(id=operator.pk, sees_contacts=False, is_admin=False)


def test_a_word_is_stored_and_the_house_stays_as_it_is(client, building, wrong):
    before = Building.objects.filter(pk=building.pk).values().get()
    assert client.get(wrong).status_code == 200
    answer = client.post(wrong, WORDS | {"key": str(uuid.uuid4())})
    assert answer["Location"] == building.get_absolute_url()
    kept = CorrectionRequest.objects.get()
    assert (kept.building, kept.text, kept.verdict) == (building, WORDS["text"], "")
    assert Building.objects.filter(pk=building.pk).values().get() == before
    assert Message.objects.count() == 0


def test_the_same_page_sent_twice_is_one_word(client, wrong):
    words = WORDS | {"key": str(uuid.uuid4())}
    for _press in range(2):
        assert client.post(wrong, words).status_code == 302
    assert CorrectionRequest.objects.count() == 1


@pytest.mark.parametrize("bad", [{"text": ""}, {"matter": "zzz"}, {"email": "not an address"}])
def test_bad_words_are_said_beside_the_field_and_nothing_is_stored(client, wrong, bad):
    answer = client.post(wrong, WORDS | bad)
    assert answer.status_code == 200
    assert 'class="field__error"' in answer.content.decode()
    assert not CorrectionRequest.objects.exists()


def test_a_flood_from_one_address_is_stopped_and_its_words_are_kept(client, wrong):
    for _word in range(sending.LIMIT):
        assert client.post(wrong, WORDS).status_code == 302
    answer = client.post(wrong, WORDS)
    assert answer.status_code == 429
    assert WORDS["text"] in answer.content.decode()
    assert CorrectionRequest.objects.count() == sending.LIMIT
    assert ThrottleCounter.objects.count() == 1


def test_a_company_is_spoken_of_at_its_own_address(client, company):
    address = reverse("corrections:of_company", args=[company.reference])
    assert client.post(address, WORDS | {"matter": "contacts"}).status_code == 302
    assert CorrectionRequest.objects.get().company == company
    assert client.get("/companies/r-99999/wrong/").status_code == 404
    assert client.get("/buildings/999999999/wrong/").status_code == 404


@pytest.mark.parametrize("verdict", Verdict)
def test_a_decision_answers_by_letter_and_forgets_the_address(asked, building, staff, verdict):
    sending.decide(asked, verdict=verdict, answer="Сверили с паспортом.", by=staff, at=NOON)
    asked.refresh_from_db()
    assert (asked.verdict, asked.email, asked.decided_by_id) == (verdict, "", staff.id)
    letter = rendering.render(Message.objects.get())
    assert letter.text.count("Сверили с паспортом.") == 1
    assert building.get_absolute_url() in letter.text
    assert ("Вы правы" in letter.text) == (verdict == Verdict.ACCEPTED)


def test_a_company_is_linked_in_its_letter(company, staff):
    asked = CorrectionRequest.objects.create(
        company=company, matter="other", text="Не та почта", email="a@b.example", sent_at=NOON
    )
    sending.decide(asked, verdict=Verdict.DECLINED, answer="Та.", by=staff, at=NOON)
    assert company.get_absolute_url() in rendering.render(Message.objects.get()).html


def test_without_an_address_there_is_no_letter(asked, staff):
    CorrectionRequest.objects.update(email="")
    sending.decide(asked, verdict=Verdict.ACCEPTED, answer="Исправлено.", by=staff, at=NOON)
    assert Message.objects.count() == 0


def test_what_is_decided_stays_decided(asked, staff):
    sending.decide(asked, verdict=Verdict.ACCEPTED, answer="Да.", by=staff, at=NOON)
    with pytest.raises(sending.Refused):
        sending.decide(asked, verdict=Verdict.DECLINED, answer="Нет.", by=staff, at=NOON)
    asked.refresh_from_db()
    assert (asked.verdict, asked.answer, Message.objects.count()) == ("accepted", "Да.", 1)


def test_a_decision_needs_an_answer(asked, staff):
    with pytest.raises(sending.Refused):
        sending.decide(asked, verdict=Verdict.ACCEPTED, answer="  ", by=staff, at=NOON)
    asked.refresh_from_db()
    assert asked.verdict == ""


def test_addresses_are_forgotten_with_time(asked):
    assert sending.forget_addresses(at=NOON + timedelta(days=179)) == 0
    assert sending.forget_addresses(at=NOON + timedelta(days=181)) == 1
    asked.refresh_from_db()
    assert asked.email == ""


def test_only_staff_read_what_others_wrote(asked, staff, resident):
    rows = CorrectionRequest.objects
    assert list(rows.visible_to(staff)) == [asked]
    for stranger in (Nobody(), Resident(id=resident.pk)):
        assert not rows.visible_to(stranger).exists()


def test_staff_decide_in_the_admin_and_never_see_the_address(asked, admin_user, admin_page):
    listed = admin_page("/admin/disclosure/correctionrequest/")
    shown = admin_page(f"/admin/disclosure/correctionrequest/{asked.pk}/change/")
    for page in (listed, shown):
        assert "who@reader.example" not in page.content.decode()
    address = f"/admin/disclosure/correctionrequest/{asked.pk}/decide/"
    assert admin_page(address).status_code == 200
    answer = admin_page(address, {"verdict": "accepted", "answer": "Исправлено."})
    assert answer.status_code == 302
    asked.refresh_from_db()
    assert (asked.verdict, asked.decided_by_id) == ("accepted", admin_user.pk)


@pytest.fixture
def admin_page(client, admin_user):
    client.force_login(admin_user)

    def ask(address: str, data: dict[str, str] | None = None):
        return client.get(address) if data is None else client.post(address, data)

    return ask


def test_the_poster_opens_filing_for_its_house_and_names_who_to_call(
    client, building, company: ManagementCompany
):
    from disclosure import poster

    said = poster.content(building, company, on=NOON.date())
    assert said["address"].endswith(f"/requests/new/?building={building.pk}")
    assert said["phones"][0]["number"].startswith("8")
    assert said["code"].startswith("<svg")
    answer = client.get(f"/buildings/{building.pk}/poster.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert client.get("/buildings/999999999/poster.pdf").status_code == 404


def test_a_house_about_which_nothing_is_taken_has_no_poster(client, building):
    Building.objects.filter(pk=building.pk).update(is_open=False)
    assert client.get(f"/buildings/{building.pk}/poster.pdf").status_code == 404
    assert "poster.pdf" not in client.get(building.get_absolute_url()).content.decode()
