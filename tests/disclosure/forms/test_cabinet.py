"""The cabinet in a browser without JavaScript, and who may come in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import CompanyRepresentative, Upload, User
from disclosure.models import Draft, Publication, StaleSave
from tests.city_fixtures import COMPANY_INN
from tests.disclosure.forms.conftest import FINANCES, OVERHAUL

YEAR = 2025


@pytest.fixture(autouse=True)
def _day(monkeypatch, noon):
    """Stand on the day the other fixtures speak of."""
    for module in ("doors", "filling", "files"):
        monkeypatch.setattr(f"disclosure.cabinet.{module}.now", lambda: noon)


@pytest.fixture
def desk(client: Client, standard, company, company_user: User) -> Client:
    client.force_login(company_user)
    return client


def url(name: str, *more: object, place: object = "company", key: str = "1.4-2025") -> str:
    return reverse(f"cabinet:{name}", args=[COMPANY_INN, place, key, *more])


def filled(**fields: str) -> dict[str, str]:
    return {**FINANCES, "revision": "0", "tab": "a", **fields}


def test_the_cabinet_leads_to_the_only_company(desk):
    assert desk.get("/cabinet/")["Location"] == f"/cabinet/{COMPANY_INN}/"


def test_the_list_says_what_is_missing_and_by_when(desk):
    page = desk.get(f"/cabinet/{COMPANY_INN}/").content.decode()
    assert "Финансово-хозяйственная деятельность" in page
    assert "31 марта 2026" in page


def test_a_form_is_filled_checked_and_published_without_javascript(desk):
    answer = desk.post(url("edit"), filled(preview="1"))
    assert answer["Location"] == url("preview")
    page = desk.get(url("preview"))
    assert "900 000,50" in page.content.decode().replace("\xa0", " ")
    answer = desk.post(url("publish"), {"revision": page.context["draft"].revision})
    published = Publication.objects.get()
    assert answer["Location"] == published.get_absolute_url()
    shown = desk.get(answer["Location"]).content.decode().replace("\xa0", " ")
    assert "900 000,50" in shown
    assert not Draft.objects.exists()


def test_an_old_version_stays_at_its_address(desk, finances, publish, client):
    old = publish(finances, FINANCES)
    publish(finances, {**FINANCES, "income_of_mng": "5"})
    page = Client().get(old.get_absolute_url()).content.decode().replace("\xa0", " ")
    assert "1 000 000,00" in page
    assert "/2/" in page


def test_a_wrong_value_is_told_beside_its_field_and_stops_publishing(desk):
    desk.post(url("edit"), filled(income_of_mng="много"))
    page = desk.get(url("edit")).content.decode()
    assert 'value="много"' in page
    assert 'id="id_income_of_mng_error"' in page
    preview = desk.get(url("preview"))
    assert [fault["href"] for fault in preview.context["errors"]] == [
        f"{url('edit')}#id_income_of_mng"
    ]
    answer = desk.post(url("publish"), {"revision": preview.context["draft"].revision})
    assert answer.status_code == 409
    assert not Publication.objects.exists()


def test_rows_are_added_and_removed_by_buttons(desk):
    where = url("edit", key="1.1")
    row = {"rows-licenses": "1", "licenses-0-license_number": "73-1", "revision": "0", "tab": "a"}
    answer = desk.post(where, {**row, "add_row": "licenses"})
    page = desk.get(answer["Location"].partition("#")[0]).content.decode()
    assert 'name="licenses-1-license_number"' in page
    desk.post(where, {**row, "remove_row": "licenses-0"})
    assert "licenses" not in Draft.objects.get().content["tables"]


def test_autosave_keeps_the_draft_and_a_second_person_gets_told(desk, client):
    script = {"HTTP_X_AUTOSAVE": "1"}
    assert desk.post(url("edit"), filled(), **script).json() == {"revision": 1}
    # The same open page saves again though it knows revision 0 only.
    assert desk.post(url("edit"), filled(income_of_mng="2"), **script).status_code == 200
    colleague = User.objects.create_user("second@example.org")
    CompanyRepresentative.objects.create(user=colleague, inn=COMPANY_INN)
    other = Client()
    other.force_login(colleague)
    answer = other.post(url("edit"), filled(income_of_mng="3", tab="b"), **script)
    assert answer.status_code == 409
    stale = StaleSave.objects.get()
    page = other.get(url("conflict", stale.pk))
    assert [d["key"] for d in page.context["differences"]] == ["income_of_mng"]
    other.post(url("conflict", stale.pk), {"income_of_mng": "mine"})
    assert Draft.objects.get().content["fields"]["income_of_mng"] == "3"


def test_a_document_is_attached_kept_and_served(desk, a_scan):
    from io import BytesIO

    file = BytesIO(a_scan)
    file.name = "отчёт.png"
    desk.post(url("edit"), {**filled(), "annual_financial_statement": file})
    upload = Upload.objects.get()
    assert upload.claimed_at is not None
    assert Draft.objects.get().content["fields"]["annual_financial_statement"] == str(upload.pk)
    kept = filled(tab="b", revision="1", **{"annual_financial_statement-kept": str(upload.pk)})
    desk.post(url("edit"), kept)
    assert desk.get(url("file", upload.pk)).status_code == 200
    removed = {**kept, "annual_financial_statement-remove": "1", "revision": "2"}
    desk.post(url("edit"), removed)
    assert "annual_financial_statement" not in Draft.objects.get().content["fields"]


def test_many_rows_with_empty_file_inputs_are_taken(desk, building):
    """A browser sends a part for each file input, chosen or not."""
    rows = 60
    fields = {"revision": "0", "tab": "a", "rows-common_meetings": str(rows)}
    for row in range(rows):
        fields |= {
            f"common_meetings-{row}-protocol_date": "2025-01-01",
            f"common_meetings-{row}-protocol_number": f"{row}/25",
        }
    parts = [f'name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    parts += [
        f'name="common_meetings-{row}-protocol"; filename=""\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
        for row in range(rows)
    ]
    body = "".join(f"--b\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    answer = desk.generic(
        "POST",
        url("edit", place=building.pk, key="2.7"),
        f"{body}--b--\r\n".encode(),
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 302
    assert len(Draft.objects.get().content["tables"]["common_meetings"]) == rows


def test_a_file_of_somebody_else_cannot_be_named_into_a_form(desk, make_upload, resident):
    strange = make_upload(by=resident)
    desk.post(url("edit"), filled(**{"annual_financial_statement-kept": str(strange.pk)}))
    assert "annual_financial_statement" not in Draft.objects.get().content["fields"]
    assert desk.get(url("file", strange.pk)).status_code == 404


def test_another_companys_cabinet_does_not_exist(desk, rival, building):
    desk.post(url("edit"), filled())
    stranger = Client()
    stranger.force_login(rival)
    draft = Draft.objects.get()
    before = (draft.revision, draft.content)
    pages = [
        f"/cabinet/{COMPANY_INN}/",
        f"/cabinet/{COMPANY_INN}/houses/",
        f"/cabinet/{COMPANY_INN}/{building.pk}/",
        url("edit"),
        url("preview"),
        url("upload"),
        url("download", "xlsx"),
    ]
    assert {stranger.get(page).status_code for page in pages} == {404}
    assert stranger.post(url("edit"), filled(income_of_mng="1")).status_code == 404
    assert stranger.post(url("publish"), {"revision": "1"}).status_code == 404
    draft.refresh_from_db()
    assert (draft.revision, draft.content) == before


def test_a_resident_and_a_visitor_find_no_cabinet(standard, company, resident):
    visitor = Client()
    assert "login" in visitor.get(f"/cabinet/{COMPANY_INN}/")["Location"]
    visitor.force_login(resident)
    assert visitor.get(f"/cabinet/{COMPANY_INN}/").status_code == 404
    assert visitor.get("/cabinet/").status_code == 200


def test_a_house_that_left_the_company_is_not_filled_in(desk, make_building, rival_company):
    theirs = make_building(company=rival_company)
    assert desk.get(url("edit", place=theirs.pk, key="2.6")).status_code == 404


def test_a_house_form_is_published(desk, building):
    where = {"place": building.pk, "key": "2.6"}
    desk.post(url("edit", **where), {**OVERHAUL, "revision": "0", "tab": "a"})
    desk.post(url("publish", **where), {"revision": "1"})
    page = desk.get(f"/cabinet/{COMPANY_INN}/{building.pk}/").content.decode()
    assert Publication.objects.get().building == building
    assert "Капитальный ремонт" in page


@pytest.mark.parametrize("key", ["2.8-1990", "1.4", "x", "1.4-99999", "2.6"])
def test_a_form_that_is_not_there_is_404(desk, key):
    assert desk.get(url("edit", key=key)).status_code == 404


def test_pages_ask_a_constant_number_of_queries(
    desk, make_building, company, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert desk.get(address).status_code == 200
        return len(asked)

    make_building(company=company)
    pages = [f"/cabinet/{COMPANY_INN}/", f"/cabinet/{COMPANY_INN}/houses/"]
    pages.append(f"/companies/{COMPANY_INN}/disclosure/")
    few = [cost(page) for page in pages]
    for _ in range(12):
        make_building(company=company)
    assert [cost(page) for page in pages] == few
