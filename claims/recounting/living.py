"""Which claims may still change their sum."""

from __future__ import annotations

from claims.statuses import OVER, ClaimStatus

STATUSES = sorted(str(status) for status in set(ClaimStatus) - OVER)
