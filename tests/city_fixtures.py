"""A small city for every room's tests: two companies, a supplier, houses, and requests in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.actors import Actor, CodeHolder, Executor, Operator, Resident, System, actor_of
from accounts.models import Upload, User
from disclosure import addresses
from disclosure.models import (
    Building,
    ManagementCompany,
    ManagementPeriod,
    ResourceSupplier,
    Street,
    SupplyPeriod,
)
from disclosure.utilities import Utility
from notifications.models import Message
from requests_app import intake, lifecycle, tracking_code
from requests_app.models import (
    Act,
    Attachment,
    Category,
    Norm,
    Request,
    RequestContact,
    RequestEvent,
)
from requests_app.statuses import Outcome, Status

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
COMPANY_INN = "7325000006"
RIVAL_INN = "7325000013"
SUPPLIER_INN = "7325000020"
SINCE = date(2020, 1, 1)
# A matter of the management company: 24 hours to fix, no emergency.
ORDINARY = "ht_riser"
EMERGENCY = "cw_leak"


# The tree as it was first loaded in this process: copied in, it costs a tenth of loading it anew.
_COPIES: dict[str, str] = {}
_TREE = (Category._meta.db_table, Norm._meta.db_table)


@pytest.fixture
def categories(db: None) -> dict[str, Category]:
    """Load the tree of matters with its norms; by slug."""
    with connection.cursor() as cursor:
        if not _COPIES:
            call_command("load_categories", stdout=StringIO())
            for table in _TREE:
                rows = StringIO()
                cursor.copy_expert(f"COPY {table} TO STDOUT", rows)
                _COPIES[table] = rows.getvalue()
        elif not Category.objects.exists():
            for table, rows in _COPIES.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", StringIO(rows))
    return {category.slug: category for category in Category.objects.all()}


@pytest.fixture
def company(db: None) -> ManagementCompany:
    """Return the company that `company_user` speaks for."""
    return ManagementCompany.objects.create(
        inn=COMPANY_INN,
        name="ООО «Управляющая компания Причал»",
        short_name="УК «Причал»",
        phone="+78422000001",
        dispatcher_phone="+78422000002",
        email="dispatch@prichal.example.org",
    )


@pytest.fixture
def rival_company(db: None) -> ManagementCompany:
    """Return the company that `rival` speaks for."""
    return ManagementCompany.objects.create(
        inn=RIVAL_INN,
        name="ООО «Соседний двор»",
        short_name="УК «Соседний двор»",
        phone="+78422000003",
        dispatcher_phone="+78422000004",
        email="dispatch@sosed.example.org",
    )


@pytest.fixture
def supplier(db: None) -> ResourceSupplier:
    """Return who brings every utility to the buildings."""
    return ResourceSupplier.objects.create(
        inn=SUPPLIER_INN,
        name="АО «Городские сети»",
        short_name="«Горсети»",
        phone="+78422000005",
        dispatcher_phone="+78422000006",
        email="dispatch@seti.example.org",
    )


@pytest.fixture
def make_building(db: None) -> Callable[..., Building]:
    """
    Return a maker of houses: `make_building(house="7", company=…, supplier=…, flats=40, …)`.

    Without a company nobody manages the house; without a supplier nobody supplies it.
    """
    houses = count(1)

    def make(
        *,
        company: ManagementCompany | None = None,
        supplier: ResourceSupplier | None = None,
        street: str = "ул. Садовая",
        house: str = "",
        city: str = "Светлоречье",
        **fields: Any,
    ) -> Building:
        house = house or str(next(houses))
        stands_in, _ = Street.objects.get_or_create(
            settlement=city,
            name=street,
            defaults={"search_name": addresses.street_text(city=city, name=street)},
        )
        building = Building.objects.create(
            **{
                "street": stands_in,
                "house": house,
                "search_house": addresses.house_key(house),
                "address": addresses.display(city=city, street=street, house=house),
                "flats": 80,
                "lat": 54.3,
                "lon": 48.4,
                **fields,
            }
        )
        always = DateRange(SINCE, None)
        if company is not None:
            ManagementPeriod.objects.create(building=building, company=company, during=always)
        if supplier is not None:
            SupplyPeriod.objects.bulk_create(
                SupplyPeriod(building=building, supplier=supplier, utility=utility, during=always)
                for utility in Utility
            )
        return building

    return make


@pytest.fixture
def building(
    make_building: Callable[..., Building], company: ManagementCompany, supplier: ResourceSupplier
) -> Building:
    """Return a house that `company` manages and `supplier` supplies."""
    return make_building(company=company, supplier=supplier)


@pytest.fixture
def make_upload(db: None) -> Callable[..., Upload]:
    """Return a maker of rows of sanitised files; no bytes lie on storage."""
    keys = count(1)

    def make(*, by: User | None = None, at: datetime = NOON, **fields: Any) -> Upload:
        return Upload.objects.create(
            **{
                "media_type": "image/jpeg",
                "size": 1000,
                "sha256": "0" * 64,
                "storage_key": f"tests/{next(keys)}.jpg",
                "uploaded_by": by,
                "created_at": at,
                **fields,
            }
        )

    return make


@pytest.fixture
def new_request(categories: dict[str, Category], building: Building) -> Callable[..., Any]:
    """Return a maker of what a door hands to intake, with everything in order."""

    def make(**fields: Any) -> intake.NewRequest:
        return intake.NewRequest(
            **{
                "category": ORDINARY,
                "building": building.pk,
                "flat": "12",
                "description": "Батарея в комнате холодная со вчерашнего вечера",
                "contact": intake.Contact(
                    name="Анна Петрова", email="resident@example.org", phone="+7 900 000-00-01"
                ),
                "consent": True,
                **fields,
            }
        )

    return make


@pytest.fixture
def make_request(
    new_request: Callable[..., Any],
    resident: User,
    operator: User,
    company: ManagementCompany,
    rival_company: ManagementCompany,
) -> Callable[..., Request]:
    """
    Return a maker of requests, which go through intake and lifecycle as real ones do.

    `make_request(status="done", public=True, resident=None, category="en_door", at=NOON, …)`.
    `resident=None` files without an account. Each step takes an hour. Whatever the status,
    `company` stays the executor. `tracking_code.of(item)` is the code.
    """
    staff = actor_of(operator)

    def make(
        *,
        status: str = Status.NEW,
        outcome: str = "",
        resident: User | None = resident,
        at: datetime = NOON,
        idempotency_key: str = "",
        **fields: Any,
    ) -> Request:
        new = new_request(resident_id=resident.pk if resident else None, **fields)
        by: Actor = Resident(id=resident.pk) if resident else System()
        item = intake.file(new, by=by, at=at, idempotency_key=idempotency_key).request
        way = _WAYS[outcome or (Outcome.FIXED if status == Status.CLOSED else status)]
        if Status.REDIRECTED in way and item.company_id == company.pk:
            way = ("away", *way)
        for hours, name in enumerate(way, start=1):
            target, details = _STEPS.get(name, (name, {}))
            if name in ("away", Status.REDIRECTED):
                to = rival_company if name == "away" else company
                details = {**details, "executor": lifecycle.NewExecutor(company=to.pk)}
            if name == Status.DONE:
                day = timezone.localtime(at + timedelta(hours=hours)).date()
                details = {**details, "act": an_act(signed_on=day)}
            if name == Outcome.DUPLICATE:
                details = {**details, "duplicate_of": make(at=at, resident=resident).number}
            item = lifecycle.move(
                item,
                target,
                by=owner_of(item) if name in _OWNERS else staff,
                at=at + timedelta(hours=hours),
                details=lifecycle.Details(**details),
            )
        return item

    return make


def an_act(**fields: Any) -> lifecycle.ActDetails:
    """Return an act that nothing is wrong with."""
    return lifecycle.ActDetails(**{"signed_on": NOON.date(), "signer": "Мастер Фёдоров", **fields})


# What a step is called with, where its target alone does not say it.
_STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "away": (Status.REDIRECTED, {"text": "Это не их дом"}),
    Status.REDIRECTED: (Status.REDIRECTED, {"text": "Это их дом"}),
    Status.NEEDS_INFO: (Status.NEEDS_INFO, {"text": "Когда можно прийти?"}),
    Status.REOPENED: (Status.REOPENED, {"text": "По-прежнему холодно"}),
    Outcome.FIXED: (Status.CLOSED, {}),
    Outcome.WITHDRAWN: (Status.CLOSED, {}),
    Outcome.REFUSED: (
        Status.CLOSED,
        {
            "text": "Этого договор не предусматривает",
            "outcome": Outcome.REFUSED,
            "clause": "ПП РФ № 491, п. 5",
        },
    ),
    Outcome.NOT_CONFIRMED: (
        Status.CLOSED,
        {"text": "Осмотр показал норму", "outcome": Outcome.NOT_CONFIRMED},
    ),
    Outcome.DUPLICATE: (
        Status.CLOSED,
        {"text": "Об этом уже написали", "outcome": Outcome.DUPLICATE},
    ),
}
_OWNERS = {Status.REOPENED, Outcome.FIXED, Outcome.WITHDRAWN}
_WAYS: dict[str, tuple[str, ...]] = {
    Status.NEW: (),
    Status.ACCEPTED: (Status.ACCEPTED,),
    Status.IN_PROGRESS: (Status.ACCEPTED, Status.IN_PROGRESS),
    Status.NEEDS_INFO: (Status.ACCEPTED, Status.NEEDS_INFO),
    Status.REDIRECTED: (Status.REDIRECTED,),
    Status.DONE: (Status.ACCEPTED, Status.IN_PROGRESS, Status.DONE),
    Status.REOPENED: (Status.ACCEPTED, Status.IN_PROGRESS, Status.DONE, Status.REOPENED),
    Outcome.FIXED: (Status.ACCEPTED, Status.IN_PROGRESS, Status.DONE, Outcome.FIXED),
    Outcome.REFUSED: (Status.ACCEPTED, Outcome.REFUSED),
    Outcome.NOT_CONFIRMED: (Status.ACCEPTED, Outcome.NOT_CONFIRMED),
    Outcome.DUPLICATE: (Outcome.DUPLICATE,),
    Outcome.WITHDRAWN: (Outcome.WITHDRAWN,),
}


def owner_of(item: Request) -> Actor:
    """Return who asked: the account, or whoever holds the tracking code."""
    if item.resident_id is not None:
        return Resident(id=item.resident_id)
    return holder_of(item)


def holder_of(item: Request) -> CodeHolder:
    """Return whoever holds the request's tracking code."""
    return CodeHolder(
        number=item.number, code_hash=tracking_code.digest(tracking_code.of(item) or "")
    )


def actors(
    *, resident: User, neighbour: User, operator: User, company_user: User, rival: User
) -> dict[str, Actor]:
    """Return the cast as actors, by name; code holders are of one request: see `holder_of`."""
    return {
        "resident": Resident(id=resident.pk),
        "neighbour": Resident(id=neighbour.pk),
        "operator": Operator(id=operator.pk, sees_contacts=True, is_admin=False),
        "company": Executor(id=company_user.pk, inns=(COMPANY_INN,)),
        "rival": Executor(id=rival.pk, inns=(RIVAL_INN,)),
        "system": System(),
    }


def rows_of(item: Request) -> dict[str, list[dict[str, Any]]]:
    """Return every row that a step could touch: equal before and after means nothing written."""
    audit = Request._meta.apps.get_model("requests_app", "RequestAudit")
    found = {
        "request": Request.objects.filter(pk=item.pk),
        "contact": RequestContact.objects.filter(request=item),
        "events": RequestEvent.objects.filter(request=item).order_by("id"),
        "files": Attachment.objects.filter(request=item).order_by("id"),
        "acts": Act.objects.filter(request=item).order_by("id"),
        "audit": audit.objects.filter(pgh_obj_id=item.pk).order_by("pgh_id"),
        "messages": Message.objects.order_by("id"),
    }
    return {name: list(rows.values()) for name, rows in found.items()}


def everything() -> dict[str, int]:
    """Return how many rows of each kind there are: a refused intake adds none."""
    models = (Request, RequestContact, RequestEvent, Attachment, Act, Message)
    return {model.__name__: model.objects.count() for model in models}


__all__ = [
    "building",
    "categories",
    "company",
    "make_building",
    "make_request",
    "make_upload",
    "new_request",
    "rival_company",
    "supplier",
]
