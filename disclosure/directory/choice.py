"""Which companies a reader of the list chose to see, and in what order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disclosure import address_search
from disclosure.directory.bands import BANDS
from disclosure.models import CompanyKind, ManagementCompany
from disclosure.querysets import CompanyQuerySet

PUBLISHED, NOTHING = "published", "nothing"
# The key of each order; ids make it whole.
SORTS = {
    "name": ["name", "id"],
    "houses": ["-houses", "-id"],
    "disclosed": ["-disclosed", "-id"],
    "in_time": ["-in_time", "-id"],
}
SORT_WORDS = (
    ("name", pgettext_lazy("order of companies", "By name")),
    ("houses", pgettext_lazy("order of companies", "Most houses first")),
    ("disclosed", pgettext_lazy("order of companies", "Most disclosed first")),
    ("in_time", pgettext_lazy("order of companies", "Most in time first")),
)
DISCLOSED_WORDS = (
    (PUBLISHED, _("Something is published")),
    *((band.code, band.choice) for band in BANDS),
    (NOTHING, _("Nothing is published")),
)


@dataclass(frozen=True)
class Choice:
    """The search, the filters and the order of the list; an unknown value chooses nothing."""

    q: str = ""
    kind: str = ""
    district: str = ""
    licence: bool = False
    disclosed: str = ""
    sort: str = "name"

    @classmethod
    def of(cls, query: QueryDict) -> Choice:
        """Return what the address says."""
        words = query.get("q", "").replace("\x00", " ").split()
        kind, district = query.get("kind", ""), query.get("district", "")
        disclosed, sort = query.get("disclosed", ""), query.get("sort", "")
        return cls(
            q=" ".join(words)[: address_search.LONGEST],
            kind=kind if kind in CompanyKind.values else "",
            district=district if district in settings.CITY.districts else "",
            licence=query.get("licence") == "yes",
            disclosed=disclosed if disclosed in dict(DISCLOSED_WORDS) else "",
            sort=sort if sort in SORTS else "name",
        )

    @property
    def is_narrow(self) -> bool:
        """Whether something is searched for or filtered out."""
        return bool(self.q or self.filters)

    @property
    def filters(self) -> list[str]:
        """The filters that are set, in words; the search is none of them."""
        words: list[Any] = [
            CompanyKind(self.kind).label if self.kind else "",
            self.district,
            dict(DISCLOSED_WORDS)[self.disclosed] if self.disclosed else "",
            _("Licence in force") if self.licence else "",
        ]
        return [str(word) for word in words if word]

    def query(self, **more: str) -> str:
        """Return the choice as the query of an address, with its question mark; "" for all."""
        parts = {
            "q": self.q,
            "kind": self.kind,
            "district": self.district,
            "licence": "yes" if self.licence else "",
            "disclosed": self.disclosed,
            "sort": "" if self.sort == "name" else self.sort,
            **more,
        }
        chosen = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    def rows(self, *, on: date) -> CompanyQuerySet:
        """Return the chosen companies, each with `houses`, `disclosed` and `in_time`."""
        rows: CompanyQuerySet = ManagementCompany.objects.named_like(self.q)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.district:
            rows = rows.in_district(self.district, on=on)
        if self.licence:
            rows = rows.licensed(on=on)
        rows = rows.with_houses(on).with_disclosed().with_in_time()
        if self.disclosed == PUBLISHED:
            return rows.having_published()
        if self.disclosed == NOTHING:
            return rows.having_published(no=True)
        for band in BANDS:
            if band.code == self.disclosed:
                within = Q(disclosed__gte=band.least * 100, disclosed__lt=band.below * 100)
                return rows.having_published().filter(within)
        return rows
