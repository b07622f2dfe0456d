"""Files come in whole or not at all, with the address of each mistake, and run nothing."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from disclosure.forms_standard import reference
from disclosure.forms_standard.checking import Content
from disclosure.models import Draft
from disclosure.sheets import cells, form_file, reading
from tests.city_fixtures import COMPANY_INN
from tests.disclosure.forms.conftest import FINANCES

FORMS = {edition.form.code: edition.form for edition in reference.read()}
LICENCES = [
    {
        "license_number": "73-0001",
        "license_receipt_date": "2015-05-01",
        "license_issuing_authority": "ГЖИ",
    }
]


def take(code: str, data: bytes, keep: Content | None = None) -> form_file.Taken:
    return form_file.read(FORMS[code], data, kind="company", keep=keep or Content())


def book(**sheets: list[list[object]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def long_csv(*rows: str, head: str = "Таблица;Строка;Код;Показатель;Значение") -> str:
    return "\r\n".join([head, *rows])


@pytest.mark.parametrize("write", [form_file.to_xlsx, form_file.to_csv])
def test_a_template_read_back_says_the_same(write):
    content = Content(
        {"inn": "7325000006", "name_full": "=1+1", "site": ""}, {"licenses": LICENCES}
    )
    data = write(FORMS["1.1"], content, kind="company")
    taken = take("1.1", data)
    assert taken.faults == []
    said = taken.content.as_json()
    assert said["fields"] == {"inn": "7325000006", "name_full": "=1+1"}
    assert said["tables"]["licenses"][0]["license_receipt_date"] == "01.05.2015"


def test_no_cell_that_goes_out_is_a_formula():
    content = Content({"name_full": '=HYPERLINK("http://x")', "phone": "+78422000001"})
    data = form_file.to_xlsx(FORMS["1.1"], content, kind="company")
    found = [
        cell
        for sheet in load_workbook(BytesIO(data)).worksheets
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert not [cell for cell in found if cell.data_type == "f"]
    assert "'=HYPERLINK" in form_file.to_csv(FORMS["1.1"], content, kind="company").decode()


@pytest.mark.parametrize("text", ["=1", "+x", "-x", "@x", "\tx", "-1", "+7", "обычный", "'="])
def test_escaping_is_undone(text):
    assert cells.plain(cells.safe(text)) == (text if text != "'=" else "=")


def test_every_mistake_has_the_address_of_its_cell_and_nothing_is_taken():
    data = book(
        Форма=[["Код", "Показатель", "Значение"], ["inn", "ИНН", "7325000007"], ["no", "", "1"]],
        Лицензии_на_управление_домами=[
            ["Номер лицензии", "Дата получения", "Кем выдана"],
            ["1", "вчера", "ГЖИ"],
        ],
    )
    taken = take("1.1", data)
    assert {fault.address for fault in taken.faults} == {
        "Форма!A3",
        "Форма!C2",
        "Лицензии на управление домами!B2",
    }
    assert taken.content == Content()


def test_columns_may_be_reordered_but_neither_missing_nor_twice():
    name = "Лицензии_на_управление_домами"
    good = {name: [["Кем выдана", "Дата получения", "Номер лицензии"], ["ГЖИ", "01.05.2015", "7"]]}
    assert take("1.1", book(**good)).content.tables["licenses"][0]["license_number"] == "7"
    missing = {name: [["Кем выдана", "Номер лицензии"], ["ГЖИ", "7"]]}
    assert "Дата получения" in take("1.1", book(**missing)).faults[0].message
    twice = {name: [["Кем выдана", "Кем выдана", "Дата получения", "Номер лицензии"]]}
    assert take("1.1", book(**twice)).faults[0].address.endswith("!B1")


def test_a_csv_of_a_russian_excel_is_read():
    text = long_csv(";;income_of_mng;;1 000,50")
    taken = take("1.4", text.encode("cp1251"))
    assert taken.content.fields == {"income_of_mng": "1 000,50"}


def test_a_field_that_stands_twice_is_told():
    taken = take("1.4", long_csv(";;income_of_mng;;1", ";;income_of_mng;;2").encode())
    assert [fault.address for fault in taken.faults] == ["C3"]


def test_what_the_file_does_not_name_stays():
    keep = Content({"income_of_mng": "7", "spending_of_mng": "8"})
    taken = take("1.4", long_csv(";;income_of_mng;;1").encode(), keep)
    assert taken.content.fields == {"income_of_mng": "1", "spending_of_mng": "8"}


def test_documents_stay_in_their_rows():
    keep = Content({}, {"licenses": [{**LICENCES[0], "license_document": "x"}]})
    data = form_file.to_xlsx(FORMS["1.1"], keep, kind="company")
    taken = form_file.read(FORMS["1.1"], data, kind="company", keep=keep)
    assert taken.content.tables["licenses"][0]["license_document"] == "x"


def bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(
            "xl/worksheets/sheet1.xml", b"0" * ((reading.OF_A_FORM.unpacked_megabytes << 20) + 1)
        )
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
        b"\x00\x01\x02",
        bomb(),
        b"x" * (reading.MAX_BYTES + 1),
        long_csv(f";;income_of_mng;;{'1' * (reading.MAX_CELL + 1)}").encode(),
        long_csv(f';;income_of_mng;;"{"1" * 200_000}').encode(),
        long_csv(*[";;income_of_mng;;1"] * (reading.MAX_ROWS + 1)).encode(),
        (";" * 500 + "x").encode(),
        book(Форма=[["Код", "Значение"], ["income_of_mng", "=1+1"]]),
        book(**{f"l{n}": [["x"]] for n in range(reading.MAX_SHEETS + 1)}),
    ],
    ids=range(12),
)
def test_a_hostile_file_is_refused_with_words(data):
    with pytest.raises(reading.Unreadable, match=r"\w"):
        take("1.4", data)


def test_a_formula_is_named_by_its_cell():
    data = book(Форма=[["Код", "Значение"], ["income_of_mng", "=1+1"]])
    with pytest.raises(reading.BadCell, match="Форма!B2"):
        take("1.4", data)


def test_a_file_fills_the_draft_or_leaves_it_alone(client, company_user, finances):
    client.force_login(company_user)
    address = reverse("cabinet:upload", args=[COMPANY_INN, "company", finances.key])

    def send(text: str, revision: int = 0):
        file = SimpleUploadedFile("форма.csv", text.encode())
        return client.post(address, {"file": file, "revision": str(revision)})

    wrong = send(long_csv(";;income_of_mng;;1", ";;spending_of_mng;;много"))
    assert wrong.status_code == 422
    assert "E3" in wrong.content.decode()
    assert not Draft.objects.exists()
    right = send(long_csv(*[f";;{code};;{value}" for code, value in FINANCES.items()]))
    assert right["Location"].endswith("/preview/")
    assert Draft.objects.get().content["fields"] == FINANCES
    # Sent from a page that was opened before: kept apart, not over the draft.
    stale = send(long_csv(";;income_of_mng;;1"))
    assert "/conflict/" in stale["Location"]
    assert Draft.objects.get().content["fields"] == FINANCES


@pytest.mark.parametrize("ext", ["xlsx", "csv"])
def test_a_template_is_downloaded(client, company_user, finances, ext):
    client.force_login(company_user)
    where = [COMPANY_INN, "company", finances.key]
    answer = client.get(reverse("cabinet:download", args=[*where, ext]))
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert client.get(reverse("cabinet:download", args=[*where, "exe"])).status_code == 404
