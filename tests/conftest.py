"""The cast that plays in every room's tests, and how a run ends when something was skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from hypothesis import settings as hypothesis_settings

from accounts import roles
from accounts.models import CompanyRepresentative, User
from tests.city_fixtures import (
    COMPANY_INN,
    NOON,
    RIVAL_INN,
    building,
    categories,
    company,
    make_building,
    make_request,
    make_upload,
    new_request,
    rival_company,
    supplier,
)
from tests.flushing import quick_flushes

# One definition for all folders: a second one would start a second portal on the same database.
from tests.portal_fixtures import live_portal, running_portal

# A busy machine is no fault of the code: time is measured by `make bench`.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")

__all__ = [
    "building",
    "categories",
    "company",
    "live_portal",
    "make_building",
    "make_request",
    "make_upload",
    "new_request",
    "rival_company",
    "running_portal",
    "supplier",
]


@pytest.fixture(scope="session", autouse=True)
def _quick_flushes() -> Iterator[None]:
    with quick_flushes():
        yield


@pytest.fixture
def noon() -> datetime:
    """Return a Monday's noon, UTC."""
    return NOON


@pytest.fixture
def resident(db) -> User:
    return User.objects.create_user("resident@example.org", name="Анна Петрова")


@pytest.fixture
def neighbour(db) -> User:
    return User.objects.create_user("neighbour@example.org", name="Борис Сидоров")


@pytest.fixture
def roles_loaded(db) -> None:
    """Give the groups of staff their permissions."""
    call_command("load_roles", stdout=StringIO())


@pytest.fixture
def operator(roles_loaded) -> User:
    user = User.objects.create_user(
        "operator@example.org", "a long password", name="Вера Ильина", is_staff=True
    )
    user.groups.add(Group.objects.get(name=roles.OPERATORS))
    return user


@pytest.fixture
def chief(roles_loaded) -> User:
    user = User.objects.create_user(
        "chief@example.org", "a long password", name="Галина Орлова", is_staff=True
    )
    user.groups.add(Group.objects.get(name=roles.CHIEF_OPERATORS))
    return user


@pytest.fixture
def admin_user(db) -> User:
    return User.objects.create_superuser("admin@example.org", "a long password", name="Админ")


@pytest.fixture
def company_user(db) -> User:
    """Return the executor: speaks for the company with COMPANY_INN."""
    user = User.objects.create_user("company@example.org", name="Диспетчер Кузнецов")
    CompanyRepresentative.objects.create(user=user, inn=COMPANY_INN)
    return user


@pytest.fixture
def rival(db) -> User:
    """Return the representative of another company."""
    user = User.objects.create_user("rival@example.org", name="Диспетчер Лебедев")
    CompanyRepresentative.objects.create(user=user, inn=RIVAL_INN)
    return user


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run in CI when a test was skipped: there, everything needed is to be had."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and os.environ.get("CI") and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly that a green run with skips has not shown everything."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        words = "a failure in CI" if os.environ.get("CI") else "these prove nothing"
        terminalreporter.write_line(f"{len(skipped)} skipped: {words}", yellow=True)
