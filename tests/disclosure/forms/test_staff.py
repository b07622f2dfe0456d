"""Staff return a version with a remark and publish on a company's behalf, if they may."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from disclosure.models import Publication, PublicationReturn
from tests.city_fixtures import COMPANY_INN
from tests.disclosure.forms.conftest import FINANCES, later

FORM = [COMPANY_INN, "company", "1.4-2025"]


@pytest.fixture(autouse=True)
def _day(monkeypatch, noon):
    for module in ("doors", "filling", "files"):
        monkeypatch.setattr(f"disclosure.cabinet.{module}.now", lambda: noon)


def page_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_chief_returns_a_version_and_the_company_reads_why(
    finances, publish, chief, company_user
):
    publication = publish(finances, FINANCES)
    address = reverse("admin:disclosure_publication_return", args=[publication.pk])
    desk = page_of(chief)
    assert desk.get(reverse("admin:disclosure_publication_changelist")).status_code == 200
    assert desk.get(reverse("admin:disclosure_publication_change", args=[publication.pk]))
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"remark": ""}).status_code == 200
    assert not PublicationReturn.objects.exists()
    assert desk.post(address, {"remark": "Доходы не сходятся"}).status_code == 302
    cabinet = page_of(company_user)
    assert "Доходы не сходятся" in cabinet.get(f"/cabinet/{COMPANY_INN}/").content.decode()
    assert "Доходы не сходятся" in cabinet.get(reverse("cabinet:edit", args=FORM)).content.decode()
    shown = Client().get(publication.get_absolute_url())
    assert shown.status_code == 200
    assert "Доходы не сходятся" not in shown.content.decode()
    assert "Возвращено компании" in shown.content.decode()


def test_an_operator_without_the_right_returns_nothing(finances, publish, operator):
    publication = publish(finances, FINANCES)
    address = reverse("admin:disclosure_publication_return", args=[publication.pk])
    assert page_of(operator).post(address, {"remark": "Нет"}).status_code == 403
    assert not PublicationReturn.objects.exists()


def test_nobody_edits_or_deletes_a_publication_in_admin(finances, publish, admin_user):
    publication = publish(finances, FINANCES)
    desk = page_of(admin_user)
    change = reverse("admin:disclosure_publication_change", args=[publication.pk])
    assert desk.post(change, {"version": "9"}).status_code == 403
    delete = reverse("admin:disclosure_publication_delete", args=[publication.pk])
    assert desk.post(delete, {"post": "yes"}).status_code == 403
    assert Publication.objects.get().version == 1


def test_staff_with_the_right_publish_on_behalf_and_all_see_it(finances, chief):
    desk = page_of(chief)
    assert desk.get("/cabinet/", {"inn": COMPANY_INN})["Location"] == f"/cabinet/{COMPANY_INN}/"
    assert desk.get("/cabinet/", {"inn": "1"}).status_code == 200
    edit = reverse("cabinet:edit", args=FORM)
    desk.post(edit, {**FINANCES, "revision": "0", "tab": "a"})
    desk.post(reverse("cabinet:publish", args=FORM), {"revision": "1"})
    publication = Publication.objects.get()
    assert publication.on_behalf
    page = Client().get(publication.get_absolute_url()).content.decode()
    assert "контакт-центром за компанию" in page
    assert chief.name not in page


def test_staff_without_the_right_find_no_cabinet(finances, operator):
    desk = page_of(operator)
    assert desk.get(f"/cabinet/{COMPANY_INN}/").status_code == 404
    assert desk.get(reverse("cabinet:edit", args=FORM)).status_code == 404


def test_the_forms_are_shown_in_admin(finances, chief):
    desk = page_of(chief)
    assert desk.get(reverse("admin:disclosure_disclosureform_changelist")).status_code == 200
    address = reverse("admin:disclosure_disclosureform_change", args=[finances.edition.pk])
    assert "Доходы от управления" in desk.get(address).content.decode()


def test_public_pages_of_versions_keep_unknown_addresses_out(finances, publish):
    publication = publish(finances, FINANCES)
    good = publication.get_absolute_url()
    for bad in (
        good.replace("/1/", "/2/"),
        good.replace("company", "77"),
        good.replace("1.4-2025", "1.4-2024"),
        good.replace("1.4-2025", "1.4-x"),
        good.replace(COMPANY_INN, "1"),
    ):
        assert Client().get(bad).status_code == 404


def test_a_documents_reader_gets_only_documents_of_the_version(
    finances, publish, make_upload, company_user, speaker
):
    from disclosure.forms_standard.checking import Content
    from disclosure.publications import drafts, publishing
    from tests.city_fixtures import NOON

    mine, strange = make_upload(by=company_user), make_upload(by=company_user)
    content = Content({**FINANCES, "annual_financial_statement": str(mine.pk)})
    saved = drafts.save(
        finances, content, revision=0, tab="t", by=speaker, at=NOON, attached=[mine.pk]
    )
    publication = publishing.publish(finances, revision=saved.draft.revision, by=speaker, at=NOON)
    address = f"{publication.get_absolute_url()}files/"
    page = Client().get(publication.get_absolute_url()).content.decode()
    assert f"{address}{mine.pk}/" in page
    assert Client().get(f"{address}{strange.pk}/").status_code == 404


def test_the_history_page_shows_how_completeness_changed(finances, publish, company):
    publish(finances, {"income_of_mng": "5"})
    publish(finances, FINANCES, at=later(3))
    page = Client().get(f"/companies/{company.inn}/disclosure/")
    assert [score.day.day for score in page.context["scores"]] == [5, 2]
    text = page.content.decode()
    assert "5 марта 2026" in text
    assert "Как менялась полнота" in text
