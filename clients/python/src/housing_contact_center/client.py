"""The portal as methods: one a job, named as people say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

from .shapes import (
    Building,
    Company,
    Contact,
    Filed,
    FoundBuilding,
    Guide,
    GuideText,
    Incident,
    ListedCompany,
    OwnRequest,
    PublicRequest,
    Rating,
    Seminar,
    Slot,
    Standing,
    Tracked,
    Upload,
    WholeSeminar,
)
from .transport import Transport

Asked = Any


class Portal:
    """
    A portal at `url`, read as nobody or as the owner of `token`.

    Raise PortalError for refusals and Unreachable without an answer. Not to be shared by threads.
    """

    def __init__(self, url: str, *, token: str = "", language: str = "ru", **more: Any) -> None:
        self.transport = Transport(url, token=token, language=language, **more)

    # ── Any call

    def get(self, path: str, **asked: Asked) -> Any:
        """Return the answer of a read below /api/v1/."""
        return self.transport.get(path, asked)

    def post(self, path: str, body: Mapping[str, Any], *, key: str = "", seen: str = "") -> Any:
        """Return the answer of a write below /api/v1/."""
        return self.transport.post(path, body, key=key, seen=seen)

    def every(self, path: str, *, limit: int | None = None, **asked: Asked) -> Iterator[Any]:
        """Yield the rows of a list to its end, or `limit` of them, a page held at a time."""
        cursor, left = "", limit
        while True:
            page = self.get(path, **asked, cursor=cursor)
            for row in page["results"]:
                if left is not None:
                    if left <= 0:
                        return
                    left -= 1
                yield row
            cursor = page.get("next", "")
            if not cursor or left == 0:
                return

    # ── Requests

    def upload(self, file: str | Path | bytes, *, name: str = "photo.jpg") -> Upload:
        """Send a photo or document; its id goes into `uploads` of a request, comment or act."""
        if isinstance(file, bytes):
            return cast(Upload, self.transport.send("uploads/", name, file))
        path = Path(file)
        return cast(Upload, self.transport.send("uploads/", path.name, path.read_bytes()))

    def file_request(
        self,
        *,
        category: str,
        building: int,
        description: str,
        contact: Contact,
        flat: str = "",
        entrance: str = "",
        uploads: Sequence[str] = (),
        public: bool = False,
        consent: bool = True,
        key: str = "",
    ) -> Filed:
        """File a request; `consent` says that its resident agreed to the keeping of the contact."""
        body = {
            "category": category,
            "building": building,
            "description": description,
            "contact": dict(contact),
            "flat": flat,
            "entrance": entrance,
            "uploads": list(uploads),
            "public": public,
            "consent": consent,
        }
        return cast(Filed, self.post("requests/", body, key=key))

    def track(self, number: str, *, code: str = "") -> Tracked:
        """Return where a request stands; by its code, or of the token's account."""
        return cast(Tracked, self.get(f"requests/{number}/", code=code))

    def my_requests(self, *, limit: int | None = None, **asked: Asked) -> Iterator[OwnRequest]:
        """Yield the requests of the token's account, newest first."""
        return self.every("requests/mine/", limit=limit, **asked)

    def public_requests(
        self, *, limit: int | None = None, **asked: Asked
    ) -> Iterator[PublicRequest]:
        """Yield public requests: category, status, district, company, building, bbox, since, …"""
        return self.every("requests/", limit=limit, **asked)

    def say(
        self,
        number: str,
        verb: Literal["comment", "confirm", "object", "withdraw"],
        *,
        text: str = "",
        code: str = "",
        uploads: Sequence[str] = (),
        key: str = "",
    ) -> Tracked:
        """Say the resident's word: a comment, that it is done, that it is not, or never mind."""
        body = {"code": code, "text": text, "uploads": list(uploads)}
        return cast(Tracked, self.post(f"requests/{number}/{verb}/", body, key=key))

    def comment(self, number: str, text: str, *, code: str = "", key: str = "") -> Tracked:
        """Write a line that both sides read."""
        return self.say(number, "comment", text=text, code=code, key=key)

    def mark(
        self, number: str, mark: int, *, text: str = "", code: str = "", key: str = ""
    ) -> Tracked:
        """Give a mark of 1…5 for the work, once the request is closed as fixed."""
        body = {"code": code, "mark": mark, "text": text}
        return cast(Tracked, self.post(f"requests/{number}/mark/", body, key=key))

    def transition(self, number: str, to: str, *, key: str = "", **details: Any) -> Tracked:
        """Take a step of staff or the executor: text, act, executor, outcome, planned_at, …"""
        body = {"to": to, **details}
        return cast(Tracked, self.post(f"requests/{number}/transitions/", body, key=key))

    # ── Houses and companies

    def find_buildings(self, words: str) -> list[FoundBuilding]:
        """Return the ten houses that the words fit best, best first."""
        return cast(list[FoundBuilding], self.get("buildings/", q=words)["results"])

    def buildings(self, *, limit: int | None = None, **asked: Asked) -> Iterator[FoundBuilding]:
        """Yield houses by company, district or bbox, by address."""
        return self.every("buildings/", limit=limit, **asked)

    def building(self, building: int) -> Building:
        """Return a house: passport, who runs and supplies it, what is off there."""
        return cast(Building, self.get(f"buildings/{building}/"))

    def companies(self, *, limit: int | None = None, **asked: Asked) -> Iterator[ListedCompany]:
        """Yield companies: q, kind, district, licence, disclosed, sort."""
        return self.every("companies/", limit=limit, **asked)

    def company(self, inn: str) -> Company:
        """Return a company: requisites, licence, rating now, how it treats requests."""
        return cast(Company, self.get(f"companies/{inn}/"))

    def disclosure(self, *, inn: str = "", building: int | None = None) -> dict[str, Any]:
        """Return what is disclosed of a company, or of a house: forms with their values."""
        path = f"companies/{inn}/" if building is None else f"buildings/{building}/"
        return cast(dict[str, Any], self.get(f"{path}disclosure/"))

    # ── Help

    def guides(self, words: str = "", *, limit: int | None = None) -> Iterator[Guide]:
        """Yield the guides by title, or the ten at most that everyday words mean, best first."""
        return self.every("guides/", limit=limit, q=words)

    def guide(self, slug: str) -> GuideText:
        """Return a guide with its text and the clauses it rests on."""
        return cast(GuideText, self.get(f"guides/{slug}/"))

    def reception_slots(self, *, limit: int | None = None, **asked: Asked) -> Iterator[Slot]:
        """Yield free times of the personal reception, the soonest first: kind, district, host."""
        return self.every("reception/slots/", limit=limit, **asked)

    def seminars(self, *, limit: int | None = None, **asked: Asked) -> Iterator[Seminar]:
        """Yield seminars to come, the soonest first: topic, district."""
        return self.every("seminars/", limit=limit, **asked)

    def seminar(self, seminar: int) -> WholeSeminar:
        """Return a seminar with its files, also when it is over or called off."""
        return cast(WholeSeminar, self.get(f"seminars/{seminar}/"))

    # ── Outages, ratings, money

    def incidents(self, *, limit: int | None = None, **asked: Asked) -> Iterator[Incident]:
        """Yield faults and planned outages: state, kind, utility, building, district, since, …"""
        return self.every("incidents/", limit=limit, **asked)

    def incident(self, incident: int) -> dict[str, Any]:
        """Return an incident with its news and houses."""
        return cast(dict[str, Any], self.get(f"incidents/{incident}/"))

    def ratings(self, *, limit: int | None = None) -> Iterator[Rating]:
        """Yield the published ratings, the latest first."""
        return self.every("ratings/", limit=limit)

    def standings(
        self, month: str, *, limit: int | None = None, **asked: Asked
    ) -> Iterator[Standing]:
        """Yield the rows of a month's rating: 2026-10; group, district, q, edition."""
        return self.every(f"ratings/{month}/", limit=limit, **asked)

    def rating_of(self, month: str, inn: str) -> dict[str, Any]:
        """Return what a company's score is made of, with the files that prove it."""
        return cast(dict[str, Any], self.get(f"ratings/{month}/{inn}/"))

    def recalculate(self, bill: Mapping[str, Any]) -> dict[str, Any]:
        """Return by how much a month's charge is to be reduced, line by line; nothing is kept."""
        return cast(dict[str, Any], self.post("recalculation/", bill))
