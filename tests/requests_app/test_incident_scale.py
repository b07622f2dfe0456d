"""
The largest incident there is: 20,000 houses and 5,000 requests, ended while the desk works.

The worker is killed half-way (kill -9) and another goes on: each resident is told once, the memory
of a worker does not grow with the incident, and the queue page answers all the while.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actors import actor_of
from disclosure.models import Building
from notifications.models import Follow, Message, WorkState
from requests_app.incidents import ending, opening
from requests_app.models import (
    Act,
    IncidentJob,
    Request,
    RequestEvent,
)
from requests_app.statuses import Status
from tests.requests_app import followers
from tests.requests_app.desk_cast import as_user, at

pytestmark = pytest.mark.django_db(transaction=True)
HOUSES, REQUESTS, FOLLOWERS = 20_000, 5_000, 1_000
# Of the workers' own processor: the clock on the wall tells how busy the machine is.
SECONDS = 60
GROWTH_MIB = 48
ANSWER_SECONDS = 5
MATTER = "ht_none"

# Ends the incident's work as a worker does; dies after so many requests, if told to. What it says:
# the memory it began and ended with, in KiB.
_WORKER = """
import os, resource, signal, sys, django
django.setup()
from django.utils.timezone import now
from requests_app import lifecycle
from requests_app.incidents import jobs
after, move, count = int(sys.argv[1]), lifecycle.move, 0
def dying(*args, **more):
    global count
    count += 1
    if count == after:
        os.kill(os.getpid(), signal.SIGKILL)
    return move(*args, **more)
lifecycle.move = dying
jobs.run(at=now(), batches=2)
began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
while jobs.run(at=now(), batches=200):
    pass
print(began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def worker(*, dies_after: int = 0) -> subprocess.Popen[str]:
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME']}"
    return subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(dies_after)],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "contact_center.settings",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processor_of_workers() -> float:
    """Return the seconds that workers who have ended computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def many_houses(like) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO disclosure_building (street_id, house, search_house, address, district,"
            " source, source_key, kind, flats, is_open)"
            " SELECT %s, n || 'я', n || 'я', 'Светлоречье, ул. Длинная, д. ' || n || 'я',"
            " 'Заречный', '', '', '', 40, true FROM generate_series(1, %s) AS n",
            [like.street_id, HOUSES],
        )


def many_requests(like: Request, incident_id: int) -> None:
    """Copy a request that went through intake, each of another resident and house."""
    told_apart = {"id", "number", "uid", "code_hash", "search", "building_id", "incident_id"}
    same = ", ".join(
        f"r.{field.column}"
        for field in Request._meta.concrete_fields
        if field.column not in told_apart
    )
    names = same.replace("r.", "")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO requests_app_request"
            f" (number, uid, code_hash, building_id, incident_id, {names})"
            f" SELECT '99-' || lpad(h.n::text, 6, '0'), gen_random_uuid(), md5(h.n::text), h.id,"
            f" %s, {same} FROM requests_app_request AS r,"
            f" (SELECT id, row_number() OVER (ORDER BY id) AS n FROM disclosure_building"
            f" WHERE house LIKE '%%я') AS h WHERE r.id = %s AND h.n <= %s",
            [incident_id, like.pk, REQUESTS],
        )
        cursor.execute(
            "INSERT INTO requests_app_requestcontact"
            " SELECT q.id, c.name, 'r' || q.number || '@example.org', c.phone, c.consent_at,"
            " c.consent_version, c.retention_until FROM requests_app_request AS q,"
            " requests_app_requestcontact AS c WHERE c.request_id = %s AND q.number LIKE '99-%%'",
            [like.pk],
        )
        cursor.execute("ANALYZE requests_app_request, requests_app_requestcontact")


def test_the_largest_incident_ends_though_its_worker_is_killed(
    categories, make_building, make_request, operator
):
    now = timezone.now()
    first = make_building(street="ул. Длинная", house="1")
    like = make_request(category=MATTER, building=first.pk, at=now, resident=None)
    many_houses(first)
    houses = list(Building.objects.filter(house__endswith="я").values_list("pk", flat=True))
    incident = opening.open_incident(
        kind="fault", utility="heating", category=categories[MATTER].pk, title="Нет отопления",
        started_at=now, buildings=houses, by=actor_of(operator), at=now,
    )  # fmt: skip
    incident.jobs.all().delete()
    many_requests(like, incident.pk)
    Follow.objects.bulk_create(
        followers.row(
            email=f"f{number}@example.org", building_id=houses[number], created_at=now,
            confirmed_at=now,
        )
        for number in range(FOLLOWERS)
    )  # fmt: skip
    desk, queue = as_user(operator), at("queue")
    assert desk.get(queue).status_code == 200

    began, spent = time.monotonic(), processor_of_workers()
    ending.end(
        incident.pk, signed_on=timezone.localdate(), signer="Мастер Фёдоров", text="Труба заменена",
        by=actor_of(operator), at=timezone.now(),
    )  # fmt: skip
    answered = time.monotonic() - began
    assert answered < ANSWER_SECONDS
    killed = worker(dies_after=REQUESTS // 2)
    slowest, looks = 0.0, 0
    while killed.poll() is None:
        asked = time.monotonic()
        assert desk.get(queue).status_code == 200
        slowest, looks = max(slowest, time.monotonic() - asked), looks + 1
        time.sleep(0.2)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.read()[-800:]
    job = IncidentJob.objects.get(kind="end")
    assert job.state == WorkState.RUNNING
    half = Request.objects.filter(incident=incident, status=Status.DONE).count()
    assert half == job.done
    assert REQUESTS // 2 - 50 <= half < REQUESTS // 2

    resumed = worker()
    said, wrong = resumed.communicate(timeout=600)
    took = time.monotonic() - began
    assert resumed.returncode == 0, wrong[-800:]
    job.refresh_from_db()
    everybody = REQUESTS + FOLLOWERS
    assert (job.state, job.done, job.total, job.left_out) == (
        WorkState.FINISHED,
        everybody,
        everybody,
        0,
    )
    assert Request.objects.filter(incident=incident, status=Status.DONE).count() == REQUESTS
    assert Act.objects.count() == REQUESTS
    assert RequestEvent.objects.filter(step="incident_over").count() == REQUESTS
    told = Message.objects.filter(event__in=["request.incident_over", "incident.over"])
    recipients = told.values_list("recipient", flat=True)
    assert len(recipients) == len({*recipients}) == everybody
    start, end = (int(kib) / 1024 for kib in said.split()[-2:])
    spent = processor_of_workers() - spent
    print(
        f"\n{HOUSES} houses, {REQUESTS} requests, {FOLLOWERS} followers:"
        f" the press {answered:.1f} s, all told in {took:.0f} s, workers computed {spent:.0f} s;"
        f" a worker's memory {start:.0f} to {end:.0f} MiB;"
        f" the slowest of {looks} looks at the queue {slowest:.2f} s"
    )
    assert end - start < GROWTH_MIB
    assert looks >= 3
    assert slowest < ANSWER_SECONDS
    assert spent < SECONDS
