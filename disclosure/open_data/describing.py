"""The catalogue for programs: DCAT in JSON-LD, and CSVW for each table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse

from disclosure.open_data.models import OpenDataFile
from disclosure.open_data.tables import OpenTable, tables

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
MEDIA_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _full(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def catalogue(files: Iterable[OpenDataFile]) -> dict[str, Any]:
    """Return the DCAT catalogue of these files (of one day)."""
    by_table: dict[str, list[OpenDataFile]] = {}
    for file in files:
        by_table.setdefault(file.table, []).append(file)
    publisher = {"@type": "foaf:Organization", "foaf:name": settings.CITY.center_name}
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": _full(reverse("open_data:index")),
        "@type": "dcat:Catalog",
        "dct:title": f"{settings.CITY.name}: {settings.CITY.center_name}",
        "dct:license": {"@id": LICENCE},
        "dct:language": settings.LANGUAGE_CODE,
        "dct:publisher": publisher,
        "dcat:dataset": [
            _dataset(table, by_table[table.name], publisher)
            for table in tables()
            if table.name in by_table
        ],
    }


def _dataset(
    table: OpenTable, files: list[OpenDataFile], publisher: dict[str, Any]
) -> dict[str, Any]:
    return {
        "@id": f"{_full(reverse('open_data:index'))}#{table.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": table.name,
        "dct:title": str(table.title),
        "dct:description": str(table.description),
        "dct:license": {"@id": LICENCE},
        "dct:publisher": publisher,
        "dct:accrualPeriodicity": {
            "@id": "http://publications.europa.eu/resource/authority/frequency/DAILY"
        },
        "dct:modified": {"@type": "xsd:dateTime", "@value": files[0].made_at.isoformat()},
        "dcat:distribution": [
            {
                "@id": _full(file.get_absolute_url()),
                "@type": "dcat:Distribution",
                "dcat:downloadURL": {"@id": _full(file.get_absolute_url())},
                "dcat:mediaType": MEDIA_TYPES[file.ext],
                "dcat:byteSize": file.size,
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": file.sha256,
                },
                **(
                    {"dct:conformsTo": {"@id": _full(_metadata_path(file.day, table))}}
                    if file.ext == "csv"
                    else {}
                ),
            }
            for file in files
        ],
    }


def _metadata_path(day: date, table: OpenTable) -> str:
    return reverse("open_data:metadata", args=[day.isoformat(), table.name])


def csv_address(table: OpenTable, day: date) -> str:
    """Return the full address of a table's CSV of a day."""
    return _full(reverse("open_data:file", args=[day.isoformat(), table.name, "csv"]))


def csvw(table: OpenTable, *, url: str) -> dict[str, Any]:
    """Return the CSVW description of the table's CSV that stands at `url`."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": settings.LANGUAGE_CODE}],
        "url": url,
        "dc:title": str(table.title),
        "dc:description": str(table.description),
        "dc:license": {"@id": LICENCE},
        "dialect": {"encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "header": True},
        "tableSchema": {
            "columns": [
                {
                    "name": column.name,
                    "titles": column.name,
                    "dc:description": str(column.title),
                    "datatype": column.type,
                    "required": column.required,
                }
                for column in table.columns
            ],
            **({"primaryKey": table.key[0]} if len(table.key) == 1 else {}),
        },
    }
