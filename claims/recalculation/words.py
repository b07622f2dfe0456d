"""The lines of a calculation in words that a pensioner and a judge both follow."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.recalculation.evidence import Break
from claims.recalculation.hours import Group
from claims.recalculation.interruption import Excess

SHOWN_BREAKS = 12
_MINUTES = 60


def number(value: Decimal) -> str:
    """Return a number without idle zeros, at most four digits after the comma."""
    short = value.quantize(Decimal("0.0001")).normalize()
    return number_format(f"{short:f}")


def length(seconds: int) -> str:
    """Return «5 h 30 min»."""
    hours, minutes = divmod(seconds // _MINUTES, 60)
    if hours and minutes:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(hours)s h") % {"hours": hours}


def breaks(
    found: Sequence[Break],
    *,
    once: Sequence[Decimal | None],
    month: Decimal | None,
    excess: Excess,
    hours: Decimal,
    rate: Decimal,
) -> str:
    """Tell how long the breaks were, what is permitted, and what is beyond."""
    said = [_listed(found, excess.total), _permitted(once, month)]
    if not hours:
        said.append(_("Nothing is beyond that, or less than a whole hour: no reduction."))
        return " ".join(said)
    if excess.by_month is not None and excess.by_one is not None:
        said.append(
            _(
                "Beyond the limit for one break: %(one)s; beyond the limit for the month: "
                "%(month)s. The larger of the two counts, so that no hour is counted twice."
            )
            % {"one": length(excess.by_one), "month": length(excess.by_month)}
        )
    said.append(times(hours, rate))
    return " ".join(said)


def _listed(found: Sequence[Break], total: int) -> str:
    if len(found) == 1:
        return _("One break: %(length)s.") % {"length": length(total)}
    shown = ", ".join(length(one.seconds) for one in found[:SHOWN_BREAKS])
    if len(found) > SHOWN_BREAKS:
        shown += " …"
    return ngettext(
        "%(count)s break: %(shown)s; %(total)s in all.",
        "%(count)s breaks: %(shown)s; %(total)s in all.",
        len(found),
    ) % {"count": len(found), "shown": shown, "total": length(total)}


def _permitted(once: Sequence[Decimal | None], month: Decimal | None) -> str:
    limits = sorted({limit for limit in once if limit is not None})
    at_once = ", ".join(number(limit) for limit in limits)
    if limits and month is not None:
        return _("Permitted: %(once)s h at one time and %(month)s h in a month.") % {
            "once": at_once,
            "month": number(month),
        }
    if limits:
        return _("Permitted: %(once)s h at one time.") % {"once": at_once}
    return _("Permitted: %(month)s h in a month.") % {"month": number(month or Decimal(0))}


def times(hours: Decimal, rate: Decimal) -> str:
    """Return «26 h × 0.15 % = 3.9 % of the month's charge»."""
    return _("%(hours)s h × %(rate)s%% = %(percent)s%% of the month's charge.") % {
        "hours": number(hours),
        "rate": number(rate),
        "percent": number(hours * rate),
    }


def volume(hours: Decimal, month_hours: Decimal) -> str:
    """Tell about the volume that was not supplied where nothing meters it."""
    return _(
        "There is no meter, so the volume that was not supplied is taken off too: "
        "%(hours)s h of the month's %(month)s h."
    ) % {"hours": number(hours), "month": number(month_hours)}


def within() -> str:
    """Tell that readings were as they should be."""
    return _("All readings are within what the law permits: no reduction.")


def _readings(group: Group) -> str:
    low, high = number(group.lowest), number(group.highest)
    return low if low == high else f"{low}…{high}"


def heating(group: Group, *, norm: Decimal, rate: Decimal) -> str:
    """Tell how far the air was from the permitted line."""
    values = {
        "air": _readings(group),
        "norm": number(norm),
        "degrees": number(group.badness),
        "hours": number(group.hours),
        "rate": number(rate),
        "percent": number(group.hours * group.badness * rate),
    }
    if group.above:
        said = _("Air %(air)s °C; the norm is %(norm)s °C, up to 4 °C above is permitted.")
    elif group.night:
        said = _("Night air %(air)s °C; the norm is %(norm)s °C, at night 3 °C below is permitted.")
    else:
        said = _("Day air %(air)s °C; the norm is %(norm)s °C, by day nothing below is permitted.")
    counted = _(
        "Whole degrees beyond: %(degrees)s. %(hours)s h × %(degrees)s × %(rate)s%% = %(percent)s%%."
    )
    return f"{said % values} {counted % values}"


def hot_water(group: Group, *, bounds: tuple[Decimal, Decimal], rate: Decimal) -> str:
    """Tell how far the water was from the permitted line."""
    values = {
        "water": _readings(group),
        "low": number(bounds[0]),
        "high": number(bounds[1]),
        "steps": number(group.badness),
        "hours": number(group.hours),
        "rate": number(rate),
        "percent": number(group.hours * group.badness * rate),
    }
    said = (
        _("Night water %(water)s °C; counted from %(low)s…%(high)s °C.")
        if group.night
        else _("Day water %(water)s °C; counted from %(low)s…%(high)s °C.")
    )
    counted = _(
        "Steps of 3 °C beyond: %(steps)s. %(hours)s h × %(steps)s × %(rate)s%% = %(percent)s%%."
    )
    return f"{said % values} {counted % values}"


def cold_tariff(
    hours: Decimal,
    *,
    month_hours: Decimal,
    volume_m3: Decimal,
    hot: Decimal,
    cold: Decimal,
    basis: str = "",
) -> str:
    """Tell how much water is paid as cold, and by whose tariff."""
    said = _(
        "Water below 40 °C for %(hours)s h of %(month)s h: that share of the month's "
        "%(volume)s m³, %(share)s m³, is paid at %(cold)s ₽ instead of %(hot)s ₽."
    ) % {
        "hours": number(hours),
        "month": number(month_hours),
        "volume": number(volume_m3),
        "share": number(volume_m3 * hours / month_hours),
        "hot": number(hot),
        "cold": number(cold),
    }
    return " ".join((said, _("Tariffs: %(basis)s.") % {"basis": basis})) if basis else said


def cold_unknown(hours: Decimal) -> str:
    """Tell what cannot be counted yet."""
    return _(
        "Water below 40 °C for %(hours)s h is paid as cold water; the volume and both tariffs "
        "of the bill are needed to say how much that is."
    ) % {"hours": number(hours)}


def off_a_little(hours: Decimal, rate: Decimal, percent_off: Decimal) -> str:
    """Tell about pressure within the band of 25 %."""
    return " ".join(
        (
            _("Pressure was off its bound by up to %(off)s%%, not more than a quarter.")
            % {"off": number(percent_off.quantize(Decimal("0.1")))},
            times(hours, rate),
        )
    )


def off_much(days: Decimal, month_days: int) -> str:
    """Tell about pressure far off."""
    return " ".join(
        (_("Pressure was off its bound by more than a quarter."), by_days(days, month_days))
    )


def by_days(days: Decimal, month_days: int) -> str:
    """Return the formula of days."""
    return _("Days of bad service: %(days)s of %(month)s; the charge is divided by days.") % {
        "days": number(days),
        "month": month_days,
    }


def quality(days: Decimal, month_days: int) -> str:
    """Tell about composition that breaks the norm."""
    return " ".join((_("Composition or properties broke the norm."), by_days(days, month_days)))


def voltage(hours: Decimal, rate: Decimal, low: Decimal, high: Decimal) -> str:
    """Tell about electricity of bad quality."""
    return " ".join(
        (
            _("Electricity broke the standard (%(low)s–%(high)s V, 50 Hz); no hours are free.")
            % {"low": number(low), "high": number(high)},
            times(hours, rate),
        )
    )
