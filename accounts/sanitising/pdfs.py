"""
PDF: refused when it can act or carries further files, else rewritten without its metadata.

Everything reachable by number is looked at, not only what the page tree shows: a viewer may find
an action by ways we do not walk.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf

from accounts.sanitising.kinds import Clean, Reason, Unfit

MAX_PAGES = 50
MAX_OBJECTS = 50_000
MAX_DEPTH = 60

# Actions that run code, start programs, send or fetch data, or play media.
_ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/ResetForm",
        "/GoToE",
        "/GoToR",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/RichMediaExecute",
        "/GoTo3DView",
    }
)
_ANNOTATIONS = frozenset(
    {"/FileAttachment", "/RichMedia", "/3D", "/Screen", "/Movie", "/Sound", "/TrapNet"}
)
# A key whose mere presence is one of those things.
_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/XFA", "/AF"})
_DROPPED_FROM_ROOT = ("/OpenAction", "/AA", "/Metadata", "/PieceInfo", "/Collection", "/URI")


def sanitise(data: bytes) -> Clean:
    """Return the document rewritten; raise Unfit."""
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            return _rewritten(pdf)
    except Unfit:
        raise
    except pikepdf.PasswordError:
        raise Unfit(Reason.ENCRYPTED) from None
    except Exception as wrong:
        # qpdf's bindings raise many kinds on broken input, and none of them is ours to mend.
        raise Unfit(Reason.DAMAGED) from wrong


def _rewritten(pdf: pikepdf.Pdf) -> Clean:
    if pdf.is_encrypted:
        raise Unfit(Reason.ENCRYPTED)
    if len(pdf.objects) > MAX_OBJECTS:
        raise Unfit(Reason.TOO_COMPLEX)
    pages = len(pdf.pages)
    if not pages:
        raise Unfit(Reason.DAMAGED)
    if pages > MAX_PAGES:
        raise Unfit(Reason.TOO_MANY_PAGES)
    for item in pdf.objects:
        _look(item, depth=0)
    _look(pdf.trailer, depth=0)
    for key in _DROPPED_FROM_ROOT:
        if key in pdf.Root:
            del pdf.Root[key]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for page in pdf.pages:
        for key in ("/AA", "/Metadata", "/PieceInfo"):
            if key in page:
                del page[key]
    out = BytesIO()
    pdf.save(
        out,
        linearize=False,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return Clean(media_type="application/pdf", data=out.getvalue(), pages=pages)


def _look(item: Any, *, depth: int) -> None:
    """Raise Unfit if `item` or what it directly holds can act; references are looked at apart."""
    if depth > MAX_DEPTH:
        raise Unfit(Reason.TOO_COMPLEX)
    if isinstance(item, pikepdf.Stream):
        _look_at_keys(item.stream_dict, depth=depth)
    elif isinstance(item, pikepdf.Dictionary):
        _look_at_keys(item, depth=depth)
    elif isinstance(item, pikepdf.Array):
        for part in item:
            if not _is_reference(part):
                _look(part, depth=depth + 1)


def _look_at_keys(item: pikepdf.Dictionary, *, depth: int) -> None:
    keys = set(item.keys())
    if keys & _KEYS:
        raise Unfit(Reason.ACTIVE)
    # /S also names border styles and the like, none of which is called as an action is.
    if str(item.get("/S", "")) in _ACTIONS:
        raise Unfit(Reason.ACTIVE)
    if (
        str(item.get("/Subtype", "")) in _ANNOTATIONS
        or str(item.get("/Type", "")) == "/EmbeddedFile"
    ):
        raise Unfit(Reason.ACTIVE)
    for key in keys:
        part = item[key]
        if not _is_reference(part):
            _look(part, depth=depth + 1)


def _is_reference(part: Any) -> bool:
    return isinstance(part, pikepdf.Object) and part.is_indirect
