"""The feed of what companies published, and how feeds name a house and a company."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import feeds
from accounts.actors import Nobody
from disclosure.models import Building, ManagementCompany, Publication


def company(text: str) -> str:
    """Return the ИНН of a company of the register; raise ValueError for another word."""
    if not text.isdecimal() or not ManagementCompany.objects.filter(inn=text[:13]).exists():
        raise ValueError(text)
    return text


def house(text: str) -> Building:
    """Return a house of the register by its id; raise ValueError for another word."""
    found = Building.objects.filter(pk=_id(text)).only("flats").first()
    if found is None:
        raise ValueError(text)
    return found


def _id(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise ValueError(text)
    return int(text)


READERS = {"company": company, "building": house}
_COLUMNS = {"company": "company__inn", "building": "building"}


def publications(asked: dict[str, Any]) -> feeds.Feed:
    """Return the newest publications of the choice; one query."""
    rows = (
        Publication.objects.visible_to(Nobody())
        .filter(**{_COLUMNS[name]: value for name, value in asked.items()})
        .select_related("company", "form", "building")
        .order_by("-id")[: feeds.MOST]
    )
    return feeds.Feed(
        mark="publications",
        title=_("What companies published"),
        path=reverse("open_data:index"),
        entries=[_entry(item) for item in rows],
    )


def _entry(item: Publication) -> feeds.Entry:
    year = f", {item.year}" if item.year else ""
    version = _("version %(number)s") % {"number": item.version}
    return feeds.Entry(
        mark=f"publication/{item.pk}",
        title=f"{item.company}: {item.form}{year}",
        text=feeds.in_one_line((item.building.address if item.building else "", version)),
        path=item.get_absolute_url(),
        published_at=item.published_at,
        updated_at=item.published_at,
        tags=(str(item.form),),
    )


view = feeds.view(publications, readers=READERS)
