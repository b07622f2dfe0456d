"""Words of the calculator: utilities, breaches, readings of the law, sums."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from claims.recalculation.values import LineKind, Reading, Service


@dataclass(frozen=True)
class Choice:
    """A utility to choose."""

    service: Service
    label: Promise
    icon: str


SERVICES = (
    Choice(Service.HEATING, gettext_lazy("Heating"), "heat"),
    Choice(Service.HOT_WATER, gettext_lazy("Hot water"), "hot-water"),
    Choice(Service.COLD_WATER, gettext_lazy("Cold water"), "water"),
    Choice(Service.SEWAGE, gettext_lazy("Sewage"), "sewage"),
    Choice(Service.ELECTRICITY, gettext_lazy("Electricity"), "power"),
    Choice(Service.GAS, gettext_lazy("Gas"), "gas"),
)

PLANNED = "planned"
# What the form calls a breach; «planned» is an interruption announced beforehand.
BREACHES: dict[Service, tuple[tuple[str, Promise], ...]] = {
    Service.HEATING: (
        ("interruption", gettext_lazy("No heating at all")),
        (PLANNED, gettext_lazy("Planned repair, no heating")),
        ("temperature", gettext_lazy("Cold or too hot in the room")),
        ("pressure", gettext_lazy("Wrong pressure")),
        ("no_access", gettext_lazy("We did not let the fitters in")),
    ),
    Service.HOT_WATER: (
        ("interruption", gettext_lazy("No hot water at all")),
        (PLANNED, gettext_lazy("Planned repair, no hot water")),
        ("temperature", gettext_lazy("Lukewarm or too hot")),
        ("pressure", gettext_lazy("Wrong pressure")),
        ("quality", gettext_lazy("Dirty, smells")),
        ("no_access", gettext_lazy("We did not let the fitters in")),
    ),
    Service.COLD_WATER: (
        ("interruption", gettext_lazy("No cold water at all")),
        (PLANNED, gettext_lazy("Planned repair, no cold water")),
        ("pressure", gettext_lazy("Wrong pressure")),
        ("quality", gettext_lazy("Dirty, smells")),
        ("no_access", gettext_lazy("We did not let the fitters in")),
    ),
    Service.SEWAGE: (
        ("interruption", gettext_lazy("Sewage does not work")),
        (PLANNED, gettext_lazy("Planned repair of sewage")),
        ("no_access", gettext_lazy("We did not let the fitters in")),
    ),
    Service.ELECTRICITY: (
        ("interruption", gettext_lazy("No electricity at all")),
        (PLANNED, gettext_lazy("Planned repair, no electricity")),
        ("voltage", gettext_lazy("Voltage too low or too high")),
        ("quality", gettext_lazy("Wrong frequency")),
        ("no_access", gettext_lazy("We did not let the fitters in")),
    ),
    Service.GAS: (
        ("interruption", gettext_lazy("No gas at all")),
        (PLANNED, gettext_lazy("Planned repair, no gas")),
        ("pressure", gettext_lazy("Wrong pressure")),
        ("quality", gettext_lazy("Bad gas")),
        ("no_access", gettext_lazy("We did not let the fitters in")),
    ),
}
READING_LABELS: dict[Service, Promise] = {
    Service.HEATING: gettext_lazy("Air in the room, °C (pressure: MPa)"),
    Service.HOT_WATER: gettext_lazy("Water at the tap, °C (pressure: MPa)"),
    Service.COLD_WATER: gettext_lazy("Pressure, MPa"),
    Service.ELECTRICITY: gettext_lazy("Voltage, V"),
    Service.GAS: gettext_lazy("Pressure, MPa"),
}
LINE_KINDS: dict[LineKind, Promise] = {
    LineKind.INTERRUPTION: gettext_lazy("Service was interrupted"),
    LineKind.PLANNED: gettext_lazy("Planned repair lasted too long"),
    LineKind.VOLUME: gettext_lazy("Volume not supplied"),
    LineKind.TEMPERATURE: gettext_lazy("Wrong temperature"),
    LineKind.COLD_TARIFF: gettext_lazy("Water below 40 °C"),
    LineKind.PRESSURE: gettext_lazy("Wrong pressure"),
    LineKind.QUALITY: gettext_lazy("Bad quality"),
    LineKind.VOLTAGE: gettext_lazy("Bad electricity"),
}
_READINGS: dict[tuple[str, str], Promise] = {
    ("partial_hour", "floor"): gettext_lazy("if only whole hours count"),
    ("partial_hour", "proportional"): gettext_lazy("if parts of an hour count too"),
    ("hw_step", "floor"): gettext_lazy("if only full steps of 3 °C count"),
    ("hw_step", "proportional"): gettext_lazy("if parts of a step of 3 °C count too"),
    ("hw_base", "permitted"): gettext_lazy("if degrees are counted from 57 °C (55 °C at night)"),
    ("hw_base", "norm"): gettext_lazy("if degrees are counted from 60 °C (Supreme Court, 2013)"),
    ("hw_40_also_pct", "no"): gettext_lazy("if hours below 40 °C only get the cold tariff"),
    ("hw_40_also_pct", "yes"): gettext_lazy("if hours below 40 °C also get percents"),
    ("heat_deviation_from", "limit"): gettext_lazy("if cold nights are counted from norm − 3 °C"),
    ("heat_deviation_from", "norm"): gettext_lazy("if cold nights are counted from the norm"),
    ("heating_norm", "by_climate"): gettext_lazy("if the norm is the city's own"),
    ("heating_norm", "cold_region"): gettext_lazy("if the norm is +20 °C (corner room +22 °C)"),
    ("heating_norm", "mild_region"): gettext_lazy("if the norm is +18 °C (corner room +20 °C)"),
    ("day_rule_101", "calendar_day"): gettext_lazy("if any breach spoils a whole day"),
    ("day_rule_101", "hours"): gettext_lazy("if hours of bad quality are divided by 24"),
    ("volume_cut", "with_percent"): gettext_lazy("if the volume is taken off beside the percents"),
    ("volume_cut", "percent_only"): gettext_lazy("if only the percents are taken off"),
}


def reading(found: Reading) -> str:
    """Return when the other sum would hold."""
    return str(_READINGS[found.switch, found.other])


def rubles(amount: Decimal) -> str:
    """Return «412 ₽ 18 к.»."""
    whole, kopecks = divmod(int(amount * 100), 100)
    said = number_format(whole, force_grouping=True)
    return _("%(rubles)s ₽ %(kopecks)s k.") % {"rubles": said, "kopecks": f"{kopecks:02}"}


def hours(amount: Decimal) -> str:
    """Return «31 hours»; parts of an hour take no plural."""
    if amount != int(amount):
        return _("%(hours)s h") % {"hours": number_format(amount, 2)}
    whole = int(amount)
    return ngettext("%(count)s hour", "%(count)s hours", whole) % {"count": whole}


def percent(amount: Decimal) -> str:
    """Return «3.9 %»."""
    return f"{number_format(f'{amount.normalize():f}')} %"


def service_label(code: str) -> str:
    """Return the word of a utility."""
    return str(next(one.label for one in SERVICES if one.service == code))


def hours_words(written: str) -> str:
    """Return «31 hours»; for notifications.said."""
    return hours(Decimal(written))


def percent_words(written: str) -> str:
    """Return «3.9 %»; for notifications.said."""
    return percent(Decimal(written))
