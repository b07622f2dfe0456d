"""Houses and companies told to search engines in schema.org's words, as JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from disclosure.models import Building, ManagementCompany

# Inside <script> only these end it or begin a comment; JSON may write any sign by its number.
_SAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
_CONTEXT = "https://schema.org"
Told = dict[str, Any]


def script(*told: Told) -> SafeString:
    """Return the things as one text of JSON-LD, safe inside a script element."""
    whole: Told = {"@context": _CONTEXT, "@graph": list(told)} if len(told) > 1 else dict(told[0])
    whole.setdefault("@context", _CONTEXT)
    text = json.dumps(whole, ensure_ascii=False).translate(_SAFE)
    return mark_safe(text)  # noqa: S308 - what could end the element is written by number


def full(path: str) -> str:
    """Return the address as the world knows it."""
    return f"{settings.PUBLIC_URL}{path}"


def crumbs(*steps: tuple[str, str]) -> Told:
    """Return the way from the front page: `(word, path)` of each further step."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": word, "item": full(path)}
            for place, (word, path) in enumerate([(_("Home"), "/"), *steps], 1)
        ],
    }


def organisation(company: ManagementCompany) -> Told:
    """Return a company; only what its page shows."""
    told: Told = {
        "@type": "Organization",
        "@id": full(company.get_absolute_url()),
        "url": full(company.get_absolute_url()),
        "name": str(company),
        "legalName": company.name,
        "taxID": company.inn,
        "address": company.address,
        "telephone": company.phone,
        "areaServed": settings.CITY.name,
    }
    if company.ogrn:
        told["identifier"] = {"@type": "PropertyValue", "name": "ОГРН", "value": company.ogrn}
    if company.site.startswith(("http://", "https://")):
        told["sameAs"] = company.site
    if company.dispatcher_phone:
        told["contactPoint"] = {
            "@type": "ContactPoint",
            "contactType": "emergency",
            "telephone": company.dispatcher_phone,
        }
    return {name: value for name, value in told.items() if value}


def of_company(company: ManagementCompany) -> SafeString:
    """Return what the page of a company is about."""
    return script(
        organisation(company),
        crumbs(
            (_("Companies"), reverse("disclosure:companies")),
            (str(company), company.get_absolute_url()),
        ),
    )


def of_house(house: Building, manager: ManagementCompany | None) -> SafeString:
    """Return what the page of a house is about; `house` comes with its street."""
    path = house.get_absolute_url()
    place: Told = {
        "@type": ["Place", "ApartmentComplex"],
        "@id": full(path),
        "url": full(path),
        "name": house.address,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": f"{house.street.name}, {house.house}",
            "addressLocality": house.street.settlement or settings.CITY.name,
            "addressCountry": "RU",
        },
    }
    if house.flats:
        place["numberOfAccommodationUnits"] = house.flats
    if house.lat is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": house.lat,
            "longitude": house.lon,
        }
    things = [
        place,
        crumbs((_("My building"), reverse("disclosure:buildings")), (house.address, path)),
    ]
    if manager:
        # schema.org knows no manager of a place; the company says that it serves it.
        things.append(organisation(manager) | {"areaServed": {"@id": full(path)}})
    return script(*things)


def of_list(companies: Iterable[ManagementCompany]) -> SafeString:
    """Return the companies of a page of the list."""
    path = reverse("disclosure:companies")
    return script(
        {
            "@type": "ItemList",
            "url": full(path),
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": place,
                    "name": str(company),
                    "url": full(company.get_absolute_url()),
                }
                for place, company in enumerate(companies, 1)
            ],
        },
        crumbs((_("Companies"), path)),
    )


def of_search() -> SafeString:
    """Return the page that finds a house: the site's own search."""
    path = reverse("disclosure:buildings")
    return script(
        {
            "@type": "WebSite",
            "url": full("/"),
            "name": settings.CITY.center_name,
            "potentialAction": {
                "@type": "SearchAction",
                "target": f"{full(path)}?q={{address}}",
                "query-input": "required name=address",
            },
        },
        crumbs((_("My building"), path)),
    )
