"""A calculation as JSON: what the call answers and a claim keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from claims.recalculation.values import Calculation


def shown(found: Calculation) -> dict[str, Any]:
    """Return what CalculatedShape describes."""
    return {
        "reduction": str(found.reduction_rub),
        "percent": str(found.percent),
        "percent_uncapped": str(found.percent_uncapped),
        "charge": str(found.bill.charge_rub.quantize(Decimal("0.01"))),
        "to_pay": str(found.to_pay_rub),
        "preliminary": found.preliminary,
        "lines": [
            {
                "kind": line.kind,
                "hours": f"{line.hours.quantize(Decimal('0.01')).normalize():f}",
                "percent": None if line.percent is None else str(line.percent),
                "amount": str(line.amount_rub),
                "clause": line.clause,
                "explanation": line.explanation,
            }
            for line in found.lines
        ],
        "missing": [{"code": gap.code, "text": gap.text} for gap in found.missing],
        "readings": [
            {
                "switch": reading.switch,
                "used": reading.used,
                "other": reading.other,
                "reduction": str(reading.reduction_rub),
            }
            for reading in found.readings
        ],
        "notes": list(found.notes),
    }
