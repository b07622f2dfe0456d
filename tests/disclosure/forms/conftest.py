"""The standard loaded, and forms filled in as a diligent company does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import call_command
from PIL import Image

from accounts.actors import Executor
from accounts.models import User
from disclosure.forms_standard.checking import Content
from disclosure.models import Building, DisclosureForm, ManagementCompany, Publication
from disclosure.publications import drafts, publishing, reports
from disclosure.publications.reports import Report
from tests.city_fixtures import COMPANY_INN, NOON

FINANCES = {
    "income_of_mng": "1000000",
    "spending_of_mng": "900000.50",
    "debt_for_ku": "300",
    "debt_for_thermal_energy": "100",
    "debt_for_hot_water": "50",
    "debt_for_cold_water": "50",
    "debt_for_sewerage": "40",
    "debt_for_gas": "0",
    "debt_for_electrical_energy": "60",
    "debt_for_other": "0",
}
OVERHAUL = {"fund": "3", "payment_amount_for_1sm": "12,50"}


@pytest.fixture
def standard(db: None) -> None:
    """Load the forms of the reference file."""
    call_command("load_forms", stdout=StringIO())
    DisclosureForm.objects.update(loaded_at=NOON - timedelta(days=60))


@pytest.fixture
def speaker(company_user: User) -> Executor:
    """Return the representative as rules see them."""
    return Executor(id=company_user.pk, inns=(COMPANY_INN,))


@pytest.fixture
def finances(standard: None, company: ManagementCompany) -> Report:
    """Return the company's yearly form about finances."""
    return reports.find(company, "company", "1.4-2025", on=NOON.date())


@pytest.fixture
def overhaul(standard: None, company: ManagementCompany, building: Building) -> Report:
    """Return a house's form about capital repair."""
    return reports.find(company, str(building.pk), "2.6", on=NOON.date())


@pytest.fixture
def publish(speaker: Executor) -> Callable[..., Publication]:
    """Return what saves and publishes a form: `publish(report, fields, tables, at=…)`."""

    def act(
        report: Report,
        fields: dict[str, str],
        tables: dict[str, list[dict[str, str]]] | None = None,
        *,
        by: Any = None,
        at: Any = NOON,
    ) -> Publication:
        by = by or speaker
        saved = drafts.save(
            report, Content(fields, tables or {}), revision=0, tab="t", by=by, at=at
        )
        assert saved.stale is None
        return publishing.publish(report, revision=saved.draft.revision, by=by, at=at)

    return act


def later(days: int) -> Any:
    """Return noon some days after NOON."""
    return NOON + timedelta(days=days)


@pytest.fixture(autouse=True)
def _files(tmp_path, settings) -> None:
    """Keep uploaded files of a test in its own folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }


@pytest.fixture
def a_scan() -> bytes:
    """Return a small picture."""
    out = BytesIO()
    Image.new("RGB", (60, 80), (240, 240, 235)).save(out, "PNG")
    return out.getvalue()
