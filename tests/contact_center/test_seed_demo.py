"""The invented city: its rows are what intake and lifecycle write, and it is founded once."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from stdnum.ru import inn, ogrn

from accounts import tokens
from accounts.actors import CodeHolder, Executor, Operator, Resident, System, actor_of
from accounts.models import Upload, User
from contact_center.demo_city import founding, people, settling
from disclosure.answerable import answerable
from disclosure.models import Building, ManagementCompany, ManagementPeriod, ResourceSupplier
from notifications.models import Message, State
from outreach.models import Tos
from requests_app import clocks, intake, lifecycle, promises, special_days, steps, tracking_code
from requests_app.clocks import LegalKind
from requests_app.models import (
    Act,
    EventKind,
    Incident,
    IncidentProposal,
    Mark,
    Request,
    RequestContact,
    RequestEvent,
)
from requests_app.statuses import Outcome, Status
from requests_app.steps import Need

REQUESTS = 420
AUDIT = apps.get_model("requests_app", "RequestAudit")


@pytest.fixture(autouse=True)
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }


def seed(requests: int = REQUESTS) -> dict[str, Any]:
    said = StringIO()
    call_command("seed_demo", json=True, requests=requests, stdout=said, stderr=StringIO())
    return json.loads(said.getvalue())


@pytest.fixture
def city(db) -> dict[str, Any]:
    call_command("load_categories", stdout=StringIO())
    return seed()


def test_only_the_demo_has_an_invented_city(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        seed()
    assert not User.objects.exists()


def test_a_city_without_matters_is_refused(db):
    with pytest.raises(CommandError, match="load_categories"):
        seed()
    assert not User.objects.exists()
    assert not Building.objects.exists()


def test_second_run_finds_the_city_and_says_the_same(city):
    before = Request.objects.values_list("number", "code_hash").order_by("number")[:5]
    assert seed() == city
    assert list(before) == list(
        Request.objects.values_list("number", "code_hash").order_by("number")[:5]
    )


def test_what_is_printed_opens_the_portal(city, client):
    at = timezone.now()
    assert set(city["accounts"]) >= {"operator", "resident", "company", "admin"}
    for role, account in city["accounts"].items():
        user = tokens.holder(account["token"], at=at)
        assert user is not None
        assert user.email == account["email"]
        assert user.check_password(account["password"]), role
    actors = {
        role: actor_of(User.objects.get(email=account["email"]))
        for role, account in city["accounts"].items()
    }
    assert isinstance(actors["operator"], Operator)
    assert actors["operator"].sees_contacts
    assert not actors["operator"].is_admin
    assert actors["admin"].is_admin
    assert isinstance(actors["resident"], Resident)
    assert isinstance(actors["company"], Executor)
    for role in ("resident", "company", "operator"):
        assert Request.objects.visible_to(actors[role]).exists(), role


def test_a_lost_token_works_again_after_a_second_run(city):
    user = User.objects.get(email=city["accounts"]["company"]["email"])
    user.api_tokens.all().delete()
    assert seed()["accounts"]["company"]["token"] == city["accounts"]["company"]["token"]
    assert tokens.holder(city["accounts"]["company"]["token"], at=timezone.now()) == user


def test_counts_say_what_is_there(city):
    assert city["counts"]["request"] == Request.objects.count() == REQUESTS
    assert city["counts"]["building"] == Building.objects.count() == 300
    assert city["counts"]["requestevent"] == RequestEvent.objects.count()


def test_organisations_have_valid_numbers_and_addresses_nobody_owns(city):
    for model in (ManagementCompany, ResourceSupplier):
        for organisation in model.objects.all():
            organisation.full_clean(exclude=["site"])
            assert inn.is_valid(organisation.inn)
            assert ogrn.is_valid(organisation.ogrn)
            assert organisation.email.endswith(".example")
    assert {len(inn) for inn in ManagementCompany.objects.values_list("inn", flat=True)} == {10}


def test_houses_stand_in_their_city(city, settings):
    for building in Building.objects.select_related("street"):
        assert abs(building.lat - settings.CITY.latitude) < 0.1
        assert abs(building.lon - settings.CITY.longitude) < 0.15
        assert building.district in settings.CITY.districts
    assert set(Building.objects.values_list("district", flat=True)) == set(settings.CITY.districts)


def test_some_houses_changed_their_company(city):
    changed = ManagementPeriod.objects.filter(during__upper_inf=False)
    assert 10 < changed.count() < 100
    today = timezone.localdate()
    assert ManagementPeriod.objects.filter(during__contains=today).count() == 300


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 7, 15), date(2026, 11, 25)])
def test_every_status_and_outcome_is_there_on_any_day(db, day):
    call_command("load_categories", stdout=StringIO())
    at = datetime.combine(day, time(4, 36), timezone.get_current_timezone())
    assert settling.settle(requests=REQUESTS, at=at, says=StringIO())
    assert at > Request.objects.latest("registered_at").registered_at
    assert set(Request.objects.values_list("status", flat=True)) == set(Status.values)
    assert set(Request.objects.exclude(outcome="").values_list("outcome", flat=True)) == set(
        Outcome.values
    )
    assert Request.objects.overdue(at).exists()
    assert Request.objects.public().exists()


@pytest.mark.parametrize("name", ["ManagementCompany", "Building", "SupplyPeriod"])
def test_the_registry_has_its_audit_rows(city, name):
    model = apps.get_model("disclosure", name)
    audit = apps.get_model("disclosure", f"{name}Audit")
    assert audit.objects.count() == model.objects.count()
    by_trigger = model.objects.last()
    by_trigger.pk = None
    for unique in ("inn", "source_key", "search_house"):
        if hasattr(by_trigger, unique):
            setattr(by_trigger, unique, None if unique == "inn" else "another")
    if hasattr(by_trigger, "during"):
        by_trigger.during = DateRange(date(1990, 1, 1), date(1991, 1, 1))
    by_trigger.save()
    seeded, written = (
        audit.objects.order_by("pgh_id").first(),
        audit.objects.get(pgh_obj_id=by_trigger.pk),
    )
    assert seeded.pgh_label == written.pgh_label
    assert seeded.pgh_context_id == written.pgh_context_id


def test_incidents_are_open_planned_and_over(city):
    at = timezone.now()
    assert Incident.objects.open_at(at).count() == 2
    assert Incident.objects.filter(started_at__gt=at, kind="planned").count() == 1
    assert Request.objects.filter(incident__in=Incident.objects.open_at(at)).count() > 5


def test_a_burst_waits_for_the_operators_decision(city):
    proposal = IncidentProposal.objects.get()
    assert (proposal.state, proposal.scope) == ("open", "street")
    assert proposal.heard.count() == 6


def test_timelines_walk_the_table_of_steps(city):
    by_source = {(s.name, s.source): s for s in steps.STEPS}
    for item in Request.objects.prefetch_related("events"):
        status, at = Status.NEW, item.registered_at
        events = sorted(item.events.all(), key=lambda event: event.pk)
        assert [event.kind for event in events].count(EventKind.FILED) == 1
        for event in events:
            assert event.at >= at
            at = event.at
            if event.kind == EventKind.STATUS:
                step = by_source[event.step, status]
                assert event.author in step.by
                assert Need.TEXT not in step.needs or event.text
                assert (Need.ACT in step.needs) == Act.objects.filter(event=event).exists()
                status = step.target
            assert event.status == status
        assert item.status == status
        assert item.changed_at == at <= timezone.now()
        assert item.version == len(events)


def test_promises_are_those_of_the_norm(city):
    zone = timezone.get_current_timezone()
    for item in Request.objects.select_related("norm").exclude(events__step="ask"):
        promise = clocks.promise(
            LegalKind(item.legal_kind),
            item.norm.limits(),
            registered_at=item.registered_at,
            calendar=special_days.calendar_of(timezone.localtime(item.registered_at).year),
            zone=zone,
        )
        assert item.due_at == promise.due_at
        assert (item.react_by, item.inspect_by) == (promise.react_by, promise.inspect_by)
        assert (item.fix_by, item.answer_by) == (promise.fix_by, promise.answer_by)


def test_who_answers_is_whom_the_registry_names(city):
    for item in Request.objects.select_related("norm").exclude(events__step="redirect")[:120]:
        who = answerable(
            item.building_id,
            item.norm.answers,
            item.norm.utility,
            timezone.localtime(item.registered_at).date(),
        )
        assert (item.company, item.supplier) == (who.company, who.supplier)
        assert (item.executor_name, item.executor_phone) == (who.name, who.phone)


def test_lives_are_what_intake_and_lifecycle_write(city):
    """Each way through the steps is walked again by the real code: every column must agree."""
    ways: dict[tuple[str, ...], Request] = {}
    for item in Request.objects.prefetch_related("events").order_by("-registered_at"):
        way = tuple(f"{e.step or e.kind}/{e.author}" for e in item.events.all())
        if "refuse/operator" in way and item.outcome == Outcome.DUPLICATE:
            way = ("duplicate", *way)
        ways.setdefault((item.channel in {"phone", "reception"}, *way), item)
    assert len(ways) > 40
    for item in ways.values():
        again = replay(item)
        real, seeded = written(again), written(item)
        for name in real:
            for one, other in zip(seeded[name], real[name], strict=True):
                assert one == other, (item.number, name)


def replay(item: Request) -> Request:
    """Take the request in anew and lead it through the same steps at the same moments."""
    contact = RequestContact.objects.get(request=item)
    first, *rest = item.events.order_by("id")
    again = intake.file(
        intake.NewRequest(
            category=item.category.slug,
            building=item.building_id,
            description=item.description,
            contact=intake.Contact(name=contact.name, email=contact.email, phone=contact.phone),
            consent=True,
            entrance=item.entrance,
            flat=item.flat,
            public=item.public,
            channel=item.channel,
            incident=item.incident_id,
            resident_id=item.resident_id,
        ),
        by=actor(first, item),
        at=item.registered_at,
    ).request
    for event in rest:
        by = actor(event, again)
        if event.kind == EventKind.COMMENT:
            lifecycle.comment(again, by=by, at=event.at, text=event.text)
        elif event.kind == EventKind.NOTE:
            lifecycle.internal_note(again, by=by, at=event.at, text=event.text)
        elif event.kind == EventKind.MARKED:
            lifecycle.mark(again, value=event.data["mark"], by=by, at=event.at, text=event.text)
        else:
            lifecycle.move(again, event.status, by=by, at=event.at, details=details(event))
    return Request.objects.get(pk=again.pk)


def details(event: RequestEvent) -> lifecycle.Details:
    act = Act.objects.filter(event=event).first()
    executor = None
    if event.step == "redirect":
        name = event.data["executor"]
        company = ManagementCompany.objects.filter(short_name=name).first()
        supplier = ResourceSupplier.objects.filter(short_name=name).first()
        executor = lifecycle.NewExecutor(
            company=company and company.pk, supplier=supplier and supplier.pk
        )
    return lifecycle.Details(
        text=event.text,
        act=lifecycle.ActDetails(signed_on=act.signed_on, signer=act.signer) if act else None,
        executor=executor,
        outcome=event.data.get("outcome", "") if event.step == "refuse" else "",
        clause=event.data.get("clause", ""),
        duplicate_of=event.data.get("duplicate_of", ""),
    )


def actor(event: RequestEvent, item: Request) -> Any:
    match event.author:
        case "operator":
            return Operator(id=event.user_id, sees_contacts=True, is_admin=False)
        case "executor":
            inns = User.objects.get(pk=event.user_id).representations.values_list("inn", flat=True)
            return Executor(id=event.user_id, inns=tuple(inns))
        case "system":
            return System()
    if event.user_id is not None:
        return Resident(id=event.user_id)
    return CodeHolder(number=item.number, code_hash=item.code_hash)


OWN = {"id", "number", "uid", "code_hash", "request_id", "event_id", "dedupe_key"}
SENDING = {"state", "not_before", "attempts", "sent_at"}


def written(item: Request) -> dict[str, Any]:
    """Return every row of the request without what must differ: ids, numbers, how letters went."""
    events = RequestEvent.objects.filter(request=item).order_by("id")
    keys = [f"request:{e.pk}:{side}" for e in events for side in ("resident", "executor")]
    since = timezone.now() - timezone.timedelta(days=29)
    rows = {
        "request": Request.objects.filter(pk=item.pk).values(),
        "contact": RequestContact.objects.filter(request=item).values(),
        "events": events.values(),
        "marks": Mark.objects.filter(request=item).values(),
        "acts": Act.objects.filter(request=item).order_by("id").values(),
        "letters": Message.objects.filter(dedupe_key__in=keys, created_at__gte=since)
        .order_by("created_at", "event")
        .values(),
        "audit": AUDIT.objects.filter(pgh_obj_id=item.pk)
        .order_by("pgh_id")
        .values("pgh_label", "pgh_context_id", *AUDITED),
    }
    return {
        name: [
            {
                key: json.dumps(value, default=str, sort_keys=True, ensure_ascii=False)
                .replace(item.number, "NUMBER")
                .replace(f'"id": {item.pk}', '"id": 0')
                for key, value in row.items()
                if key not in OWN
                and not (name == "letters" and key in SENDING)
                and not (name == "acts" and key == "upload_id")
            }
            for row in found
        ]
        for name, found in rows.items()
    }


AUDITED = [
    *("status", "outcome", "category_id", "executor_inn", "executor_name", "assigned_to_id"),
    *("incident_id", "public", "due_at", "version"),
]


LABELS = {"requests_app", "notifications", "accounts", "disclosure"}


def test_no_row_points_at_nothing(city):
    """Foreign keys were not checked while copying, so each is checked here."""
    checked = 0
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.app_label not in LABELS:
                continue
            for field in model._meta.concrete_fields:
                if not field.is_relation or not field.db_constraint:
                    continue
                target = field.remote_field.model._meta
                aim = field.target_field.column
                cursor.execute(
                    f'SELECT count(*) FROM "{model._meta.db_table}" a'
                    f' LEFT JOIN "{target.db_table}" b ON a."{field.column}" = b."{aim}"'
                    f' WHERE a."{field.column}" IS NOT NULL AND b."{aim}" IS NULL'
                )
                assert cursor.fetchone()[0] == 0, (model, field)
                checked += 1
    assert checked > 20


def test_codes_open_what_was_invented(city):
    item = Request.objects.order_by("?").first()
    code = tracking_code.of(item)
    assert code
    assert tracking_code.digest(code) == item.code_hash


def test_photos_lie_on_storage_and_are_nobodys_orphans(city):
    uploads = Upload.objects.all()
    assert uploads.count() > 20
    charters = set(Tos.objects.exclude(charter=None).values_list("charter", flat=True))
    for upload in uploads:
        assert default_storage.size(upload.storage_key) == upload.size
        assert upload.claimed_at is not None
        if upload.pk in charters:
            continue
        assert default_storage.exists(upload.thumbnail_key)
        assert upload.attachment.event.at == upload.created_at


def test_nothing_waits_to_be_sent(city):
    assert Message.objects.exists()
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT, State.DEAD}


def test_the_portal_goes_on_behind_the_city(city, new_request):
    """Numbers and ids given out by COPY are not given out again."""
    last = Request.objects.order_by("id").last()
    building = Building.objects.first()
    filed = intake.file(new_request(building=building.pk), by=System(), at=timezone.now()).request
    assert filed.pk == last.pk + 1
    assert int(filed.number[3:]) == int(last.number[3:]) + 1
    operator = actor_of(User.objects.get(email=city["accounts"]["operator"]["email"]))
    moved = lifecycle.move(filed, Status.ACCEPTED, by=operator, at=timezone.now())
    assert AUDIT.objects.filter(pgh_obj_id=filed.pk).count() == moved.version == 2


def test_companies_differ_in_how_they_work(city):
    def late(kind: str) -> float:
        name = {"sound": "УК «Речной двор»", "bad": "УК «Станционная жилищная компания»"}[kind]
        done = Request.objects.filter(executor_name=name, done_at__isnull=False)
        rows = list(done.values_list("done_at", "due_at"))
        return sum(at > due for at, due in rows) / len(rows)

    assert late("sound") < 0.2 < late("bad")


def test_inventing_asks_the_database_nothing_while_rows_are_sent(db, monkeypatch):
    """A city of a million took minutes, the calendar was read anew, and the two waited for ever."""

    def asked(year: int) -> None:
        raise AssertionError(f"the calendar of {year} was read while rows were sent")

    call_command("load_categories", stdout=StringIO())
    monkeypatch.setattr(promises, "special_days", SimpleNamespace(calendar_of=asked))
    seed(120)
    assert Request.objects.exclude(promised={}).count() > 100


def test_a_larger_city_has_more_houses_and_companies():
    assert founding.Size(2_500).buildings == 300
    assert founding.Size(1_000_000).buildings == 50_000
    assert founding.Size(10_000).companies == 12
    assert founding.Size(1_000_000).companies == 200


def test_cold_radiators_are_a_matter_of_winter(city):
    # When the season begins, and how the house is prepared for it, is asked in summer too.
    months = (
        Request.objects.filter(category__parent__slug="heating")
        .exclude(category__slug__in=["ht_season", "ht_prepare"])
        .values_list("registered_at", flat=True)
    )
    found = {timezone.localtime(at).month for at in months}
    assert found
    assert not found & {6, 7, 8}


def test_passwords_are_those_of_the_demo(city):
    assert {part.password for part in people.PARTS.values()} == {
        account["password"] for account in city["accounts"].values()
    }
