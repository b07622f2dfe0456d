"""A document that can act or carries files is refused; a plain one is rewritten."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from accounts.sanitising import pdfs
from accounts.sanitising.kinds import Reason, Unfit

Change = Callable[[pikepdf.Pdf], object]


def document(change: Change | None = None, *, pages: int = 1, **save: object) -> bytes:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    if change is not None:
        change(pdf)
    out = BytesIO()
    pdf.save(out, **save)
    return out.getvalue()


def _action(pdf: pikepdf.Pdf, **values: object) -> pikepdf.Object:
    return pdf.make_indirect(Dictionary(Type=Name.Action, **values))


def _javascript_at_open(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = _action(pdf, S=Name.JavaScript, JS=String("app.alert(1)"))


def _javascript_by_name(pdf: pikepdf.Pdf) -> None:
    action = _action(pdf, S=Name.JavaScript, JS=String("app.alert(1)"))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))


def _javascript_in_a_stream(pdf: pikepdf.Pdf) -> None:
    script = pdf.make_stream(b"app.alert(1)")
    pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=script))


def _launch_on_click(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array(
        [
            pdf.make_indirect(
                Dictionary(
                    Type=Name.Annot,
                    Subtype=Name.Link,
                    Rect=Array([0, 0, 10, 10]),
                    A=Dictionary(S=Name.Launch, F=String("calc.exe")),
                )
            )
        ]
    )


def _launch_behind_a_reference(pdf: pikepdf.Pdf) -> None:
    kind = pdf.make_indirect(Name.Launch)
    pdf.Root.OpenAction = _action(pdf, S=kind, F=String("calc.exe"))


def _launch_reached_by_nothing(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].PieceInfo = Dictionary(Hidden=_action(pdf, S=Name.Launch, F=String("calc.exe")))


def _embedded_file(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["virus.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ\x90\x00")


def _file_on_the_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Subtype=Name.FileAttachment)])


def _xfa_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def _form_sent_away(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = _action(pdf, S=Name.SubmitForm, F=String("https://example.org/"))


def _rich_media(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Subtype=Name.RichMedia)])


@pytest.mark.parametrize(
    "change",
    [
        _javascript_at_open,
        _javascript_by_name,
        _javascript_in_a_stream,
        _launch_on_click,
        _launch_behind_a_reference,
        _launch_reached_by_nothing,
        _embedded_file,
        _file_on_the_page,
        _xfa_form,
        _form_sent_away,
        _rich_media,
    ],
    ids=lambda change: change.__name__.strip("_"),
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in_object_streams"])
def test_document_that_can_act_is_refused(change: Change, packed: bool) -> None:
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    with pytest.raises(Unfit) as refused:
        pdfs.sanitise(document(change, object_stream_mode=mode))
    assert refused.value.reason is Reason.ACTIVE


@pytest.mark.parametrize("user", ["", "secret"], ids=["owner_only", "to_open"])
def test_encrypted_document_is_refused(user: str) -> None:
    data = document(encryption=pikepdf.Encryption(owner="owner", user=user))
    with pytest.raises(Unfit) as refused:
        pdfs.sanitise(data)
    assert refused.value.reason is Reason.ENCRYPTED


def test_fifty_pages_pass_and_one_more_does_not() -> None:
    assert pdfs.sanitise(document(pages=50)).pages == 50
    with pytest.raises(Unfit) as refused:
        pdfs.sanitise(document(pages=51))
    assert refused.value.reason is Reason.TOO_MANY_PAGES


def test_who_made_it_and_when_is_dropped() -> None:
    def sign(pdf: pikepdf.Pdf) -> None:
        with pdf.open_metadata() as about:
            about["dc:creator"] = ["Anna Petrova"]
        pdf.docinfo["/Author"] = "Anna Petrova"

    data = document(sign, compress_streams=False)
    assert b"Anna Petrova" in data
    made = pdfs.sanitise(data)
    with pikepdf.open(BytesIO(made.data)) as after:
        assert "/Info" not in after.trailer
        assert "/Metadata" not in after.Root
        assert len(after.pages) == 1


def test_harmless_link_and_jump_to_a_page_pass() -> None:
    def link(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])
        pdf.pages[0].Annots = Array(
            [
                Dictionary(
                    Subtype=Name.Link,
                    Rect=Array([0, 0, 10, 10]),
                    A=Dictionary(S=Name.URI, URI=String("https://example.org/")),
                )
            ]
        )

    made = pdfs.sanitise(document(link))
    with pikepdf.open(BytesIO(made.data)) as after:
        assert "/OpenAction" not in after.Root
        assert len(after.pages[0].Annots) == 1


def test_what_is_glued_around_the_document_stays_behind() -> None:
    made = pdfs.sanitise(document() + b"\n<script>alert(1)</script>PK\x03\x04")
    assert made.data.startswith(b"%PDF-")
    assert b"<script" not in made.data


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\xff" * 500, b"%PDF-"])
def test_broken_document_is_damaged(data: bytes) -> None:
    with pytest.raises(Unfit) as refused:
        pdfs.sanitise(data)
    assert refused.value.reason is Reason.DAMAGED


def test_endless_nesting_is_refused() -> None:
    def nest(pdf: pikepdf.Pdf) -> None:
        deep = Array([])
        for _ in range(200):
            deep = Array([deep])
        pdf.Root.Deep = deep

    with pytest.raises(Unfit) as refused:
        pdfs.sanitise(document(nest))
    assert refused.value.reason in {Reason.TOO_COMPLEX, Reason.DAMAGED}
