"""What an account's holder reads in the portal: a page of it, what is unread, and forgetting it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from accounts import keyset
from accounts.actors import Actor
from notifications import events, rendering, said
from notifications.models import InboxItem, LetterText
from notifications.texts import versions

SIZE = 20
# The header says «9+»: to know more exactly would count every row of a busy organisation.
MOST_COUNTED = 10


@dataclass(frozen=True)
class News:
    """An item as pages and programs show it."""

    item: InboxItem
    title: str
    # Its whole text where there is no page to read on.
    text: str
    has_link: bool

    @property
    def is_unread(self) -> bool:
        """Whether its reader has not opened it."""
        return self.item.read_at is None


def unread(user_id: int) -> int:
    """Return how many items nobody has opened, up to MOST_COUNTED; one look into an index."""
    return InboxItem.objects.filter(user_id=user_id).unread()[:MOST_COUNTED].count()


def page(
    actor: Actor, *, cursor: str = "", only_unread: bool = False, size: int = SIZE
) -> keyset.Page[InboxItem]:
    """Return a page of this person's items, the newest first; raise BadCursor."""
    rows = InboxItem.objects.visible_to(actor)
    if only_unread:
        rows = rows.unread()
    return keyset.page(rows, ["-id"], size=size, cursor=cursor)


def shown(items: Iterable[InboxItem]) -> list[News]:
    """Return items in the words of their letters, in the language of whoever looks; one query."""
    rows = list(items)
    held = versions.holding({item.template for item in rows}, get_language() or "")
    return [_shown(item, held.get(item.template)) for item in rows]


def _shown(item: InboxItem, edited: LetterText | None) -> News:
    values: dict[str, Any] = {
        # Links are made when one is followed: a list of them would ask the database for each.
        name: "" if _is_link(value) else said.in_words(value)
        for name, value in item.context.items()
    }
    values["city"] = settings.CITY
    has_link = _is_link(item.context.get("link"))
    try:
        title = rendering.subject_of(item.template, values, edited)
        text = "" if has_link else rendering.bare_text(item.template, values, edited)
    except TemplateDoesNotExist:
        # Of a release that wrote other letters.
        event = events.EVENTS.get(item.event)
        title, text = str(event.label) if event else item.event, ""
    return News(item, title, text, has_link)


def _is_link(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"link", "id"}


def opened(item: InboxItem, *, at: datetime) -> str:
    """Mark the item as read and return the path of what it is about; "" if it has none."""
    InboxItem.objects.filter(pk=item.pk, read_at=None).update(read_at=at)
    if not _is_link(item.context.get("link")):
        return ""
    try:
        address = str(rendering.resolved({"link": item.context["link"]})["link"])
    except Exception:  # noqa: BLE001 - whatever it was about may be gone: each room has its own error
        return ""
    path = address.removeprefix(settings.PUBLIC_URL)
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def mark(actor: Actor, *, ids: list[int] | None, at: datetime) -> int:
    """Mark these of one's own items as read, or all with None; return how many were not."""
    rows = InboxItem.objects.visible_to(actor).unread()
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=at)


def prune(*, before: datetime, size: int = 5_000) -> int:
    """Delete up to `size` items that arrived before; read or not, they are old news."""
    old = InboxItem.objects.filter(created_at__lt=before).order_by("created_at")
    found = list(old.values_list("pk", flat=True)[:size])
    InboxItem.objects.filter(pk__in=found).delete()
    return len(found)
