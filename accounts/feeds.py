"""
Feeds: what is new of a list, for programs that ask again and again.

A room says what its entries are; here they become Atom (RFC 4287) or JSON Feed 1.1 and an answer
that costs a line where nothing changed. Only what anybody may read goes into a feed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from unicodedata import category

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.views.decorators.http import require_safe

# Entries of a feed: who missed more reads the list itself.
MOST = 50
# How long a reader or a cache may go without asking.
FRESH_SECONDS = 300
LANGUAGE = "ru"
# When a feed without entries last changed: a clock would make each answer a new one.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """A feed's writing; also the end of its address."""

    ATOM = "atom"
    JSON = "json"


MEDIA_TYPES = {
    Kind.ATOM: "application/atom+xml; charset=utf-8",
    Kind.JSON: "application/feed+json; charset=utf-8",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """
    One thing that is new.

    `mark` names it for ever («request/12»), `path` is the page to read it on; both moments aware.
    """

    mark: str
    title: str
    text: str
    path: str
    published_at: datetime
    updated_at: datetime
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A list of what is new, newest first; `path` is the page that shows the same to people."""

    mark: str
    title: str
    path: str
    entries: Sequence[Entry]

    @property
    def updated_at(self) -> datetime:
        """When anything in it last changed."""
        return max((entry.updated_at for entry in self.entries), default=NEVER)


class BadParameter(ValueError):
    """A parameter that the feed does not know, or a value that fits none; `name` is which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


# Returns the value as the room uses it; raises ValueError for one that fits nothing.
Reader = Callable[[str], Any]


def tag_of(mark: str) -> str:
    """Return the id of a feed or an entry (RFC 4151): the same at every host, for ever."""
    return f"tag:{settings.CITY.center_email},2026:{mark}"


def asked(http: HttpRequest, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Return the parameters that were given; raise BadParameter for the first that is wrong."""
    found = {}
    for name in http.GET:
        values = http.GET.getlist(name)
        if name not in readers or len(values) != 1 or not values[0]:
            raise BadParameter(name)
        try:
            found[name] = readers[name](values[0])
        except (ValueError, OverflowError):
            raise BadParameter(name) from None
    return found


def district(text: str) -> str:
    """Return a district of the city; raise ValueError for another word."""
    if text not in settings.CITY.districts:
        raise ValueError(text)
    return text


def view(
    make: Callable[[dict[str, Any]], Feed], *, readers: Mapping[str, Reader]
) -> Callable[..., HttpResponse]:
    """Return the view of a feed: `make` gets the parameters, `kind` comes with the address."""

    @require_safe
    def answer(http: HttpRequest, kind: Kind) -> HttpResponse:
        with translation.override(LANGUAGE):
            try:
                found = make(asked(http, readers))
            except BadParameter as wrong:
                return refusal(wrong)
            # The host of the settings, not the one asked for: an answer is kept for everybody.
            own = settings.PUBLIC_URL + http.get_full_path()
            body = atom(found, own=own) if kind == Kind.ATOM else json_feed(found, own=own)
        body["Content-Type"] = MEDIA_TYPES[kind]
        return kept(http, body, changed_at=found.updated_at)

    return answer


def refusal(wrong: BadParameter) -> HttpResponse:
    """Return 400 with the parameter's name."""
    name = plain(wrong.name)[:64]
    answer = HttpResponse(
        f"Unknown parameter or value: {name}\n",
        status=400,
        content_type="text/plain; charset=utf-8",
    )
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def kept(http: HttpRequest, answer: HttpResponse, *, changed_at: datetime | None) -> HttpResponse:
    """Let any page read the answer and any cache keep it; 304 for who has it already."""
    answer["ETag"] = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    seconds = None
    if changed_at is not None:
        seconds = int(changed_at.timestamp())
        answer["Last-Modified"] = http_date(seconds)
    same = get_conditional_response(
        http, etag=answer["ETag"], last_modified=seconds, response=answer
    )
    if same is None:
        return answer
    for name in ("Access-Control-Allow-Origin", "Cache-Control"):
        same[name] = answer[name]
    return same


class _Atom(Atom1Feed):
    def __init__(self, *args: Any, changed_at: datetime, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.changed_at = changed_at

    def latest_post_date(self) -> datetime:
        return self.changed_at


def atom(feed: Feed, *, own: str) -> HttpResponse:
    """Return the feed as Atom; `own` is its own address."""
    made = _Atom(
        title=plain(feed.title),
        link=settings.PUBLIC_URL + feed.path,
        description=None,
        language=LANGUAGE,
        author_name=settings.CITY.center_name,
        feed_url=own,
        feed_guid=tag_of(feed.mark),
        changed_at=feed.updated_at,
    )
    for entry in feed.entries:
        made.add_item(
            title=plain(entry.title),
            link=settings.PUBLIC_URL + entry.path,
            description=plain(entry.text),
            unique_id=tag_of(entry.mark),
            pubdate=entry.published_at,
            updateddate=entry.updated_at,
            categories=[plain(tag) for tag in entry.tags],
        )
    return HttpResponse(made.writeString("utf-8"))


def json_feed(feed: Feed, *, own: str) -> HttpResponse:
    """Return the feed as JSON Feed 1.1; `own` is its own address."""
    items = [
        {
            "id": tag_of(entry.mark),
            "url": settings.PUBLIC_URL + entry.path,
            "title": plain(entry.title),
            "content_text": plain(entry.text),
            "date_published": entry.published_at.isoformat(),
            "date_modified": entry.updated_at.isoformat(),
            "tags": [plain(tag) for tag in entry.tags],
        }
        for entry in feed.entries
    ]
    values = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": plain(feed.title),
        "home_page_url": settings.PUBLIC_URL + feed.path,
        "feed_url": own,
        "language": LANGUAGE,
        "authors": [{"name": settings.CITY.center_name, "url": settings.PUBLIC_URL}],
        "items": items,
    }
    return JsonResponse(values, json_dumps_params={"ensure_ascii": False})


def plain(text: str) -> str:
    """Return the text without what XML cannot hold."""
    # Nearly all is: going through it sign by sign was a third of a feed's cost.
    if text.isprintable():
        return text
    return "".join(
        sign for sign in text if sign in "\n\t" or category(sign) not in {"Cc", "Cs", "Cn"}
    )


def in_one_line(parts: Iterable[str]) -> str:
    """Return the parts that say something, joined."""
    return " · ".join(part for part in parts if part)
