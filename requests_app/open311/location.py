"""Which house of the register a client means; a guess is refused, with what it may have been."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure import address_search, addresses, nearest
from disclosure.models import Building
from requests_app.open311.errors import Wrong, bad

_SHOWN = 3


def building_of(form: QueryDict) -> int:
    """
    Return the id of the house: by `address_id`, else `address_string`, else `lat` and `long`.

    An address that names no single house of the register falls back on the coordinates, if they
    came too. Raise Wrong naming the field.
    """
    code, text = form.get("address_id", "").strip(), form.get("address_string", "").strip()
    has_place = bool(form.get("lat", "").strip() or form.get("long", "").strip())
    if code:
        return _by_code(code)
    if text:
        try:
            return _by_address(text)
        except Wrong:
            if not has_place:
                raise
    if has_place:
        return _by_place(form)
    raise bad(
        "address_string", _("Say where: address_id, address_string, or lat and long together.")
    )


def _by_code(code: str) -> int:
    # No id has more digits; more would not fit the column.
    is_number = code.isascii() and code.isdecimal() and len(code) <= 18
    if not is_number or not Building.objects.filter(pk=int(code)).exists():
        raise bad("address_id", _("There is no such house in the register."))
    return int(code)


def _by_address(text: str) -> int:
    found = [one for one in address_search.find(text) if not one.is_guess]
    house = addresses.split_house(addresses.without_region(text))[1]
    keys = dict(
        Building.objects.filter(pk__in=[one.id for one in found]).values_list("pk", "search_house")
    )
    exact = _of_kind(text, [one for one in found if house and keys.get(one.id) == house])
    if len(exact) == 1:
        return exact[0].id
    offered = "; ".join(f"{one.address} (address_id={one.id})" for one in (exact or found)[:_SHOWN])
    if not offered:
        raise bad("address_string", _("No such address is in the register."))
    raise bad(
        "address_string",
        _("This names no single house of the register. Perhaps: %(offered)s")
        % {"offered": offered},
    )


def _of_kind(
    text: str, found: Sequence[address_search.FoundBuilding]
) -> Sequence[address_search.FoundBuilding]:
    """Leave out of several houses those of another kind of street or another settlement."""
    if len(found) < 2:
        return found
    kind = addresses.street_type(text)
    alike = [one for one in found if addresses.street_type(_street(one)) == kind] or found
    typed = set(addresses.street_key(text).split())
    named = [one for one in alike if _settlement(one) and _settlement(one) <= typed]
    return named or alike


def _street(one: address_search.FoundBuilding) -> str:
    return one.address.rpartition(", ")[0].rpartition(", ")[2]


def _settlement(one: address_search.FoundBuilding) -> set[str]:
    before = one.address.rpartition(", ")[0].rpartition(", ")[0]
    return set(addresses.street_key(before).split())


def _by_place(form: QueryDict) -> int:
    try:
        lat, lon = float(form.get("lat", "")), float(form.get("long", ""))
    except ValueError:
        raise bad("lat", _("Write lat and long in degrees, both.")) from None
    if not (isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise bad("lat", _("There is no such place on the earth."))
    found = nearest.find(lat=lat, lon=lon, on=timezone.localdate(), limit=1)
    if not found:
        raise bad(
            "lat",
            _("There is no house of the register within %(metres)d metres.")
            % {"metres": nearest.RADIUS_METRES},
        )
    return found[0].id
