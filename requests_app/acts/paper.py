"""Printing the act: every word of it, the photos, and its PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Upload
from accounts.typesetting import typeset
from requests_app.acts.written import WrittenAct, span
from requests_app.models import Request

TEMPLATE = Path(__file__).with_name("act.typ")
LANGUAGE = "ru"


def pdf(
    item: Request,
    act: WrittenAct,
    *,
    before: Sequence[Upload],
    after: Sequence[Upload],
    at: datetime,
) -> bytes:
    """
    Return the act, A4, with the photos in their small size; the full ones lie beside it.

    `item` comes with category and building.
    """
    with TemporaryDirectory(prefix="act-") as folder:
        with translation.override(LANGUAGE):
            data: dict[str, Any] = content(item, act, at=at)
            data["photos"] = [
                {"title": title, "files": _laid_out(uploads, Path(folder))}
                for title, uploads in ((_("Before the work"), before), (_("After the work"), after))
            ]
        page = Path(folder) / TEMPLATE.name
        page.write_bytes(TEMPLATE.read_bytes())
        return typeset(page, data, root=Path(folder))


def _laid_out(uploads: Sequence[Upload], folder: Path) -> list[str]:
    """Put the small pictures where typst reads them; documents have none."""
    names = []
    for upload in uploads:
        if upload.thumbnail_key:
            name = f"{upload.pk}.webp"
            with default_storage.open(upload.thumbnail_key) as source:
                (folder / name).write_bytes(source.read())
            names.append(f"/{name}")
    return names


def content(item: Request, act: WrittenAct, *, at: datetime) -> dict[str, Any]:
    """Return every word of the act; the resident is not named on it."""
    zone = timezone.get_current_timezone()
    flat = _(", flat %(flat)s") % {"flat": item.flat} if item.flat else ""
    facts = [
        (_("Request"), item.number),
        (_("Filed"), _day(item.registered_at)),
        (_("Address"), f"{item.building.address}{flat}"),
        (_("Matter"), item.category.name),
        (_("Executor"), _executor(item)),
        (_("Work time"), span(act, zone=zone)),
    ]
    signatures = [(_("For the executor"), act.signer)]
    if act.accepted_by:
        signatures.append((_("Accepted the work"), act.accepted_by))
    return {
        "title": _("Act of works done"),
        "subtitle": _("of %(day)s") % {"day": formats.date_format(act.signed_on, "j E Y")},
        "centre": settings.CITY.center_name,
        "number": _("Request %(number)s") % {"number": item.number},
        "facts": [{"label": label, "value": value} for label, value in facts],
        "works": {"title": _("What was done"), "text": act.works},
        "materials": {"title": _("Materials"), "text": act.materials or _("None were needed.")},
        "photos_word": _("Photos"),
        "signatures": [{"label": label, "name": name} for label, name in signatures],
        "made": _(
            "Filled in by the executor through the portal of «%(centre)s» on %(day)s; names are as "
            "the executor wrote them. The resident may object on the portal: the request then goes "
            "back to work."
        )
        % {
            "centre": settings.CITY.center_name,
            "day": formats.date_format(timezone.localtime(at), "j E Y, H:i"),
        },
    }


def _executor(item: Request) -> str:
    inn = _("ИНН %(inn)s") % {"inn": item.executor_inn} if item.executor_inn else ""
    return ", ".join(part for part in (item.executor_name, inn) if part)


def _day(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j E Y")
