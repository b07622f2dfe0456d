"""Every job has a queue that somebody serves, and beat knows only jobs that exist."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from contact_center.celery import app
from deploy.run import commands
from notifications.models import Priority

app.loader.import_default_modules()
OWN = sorted(name for name in app.tasks if not name.startswith("celery."))


def test_jobs_are_found():
    assert "notifications.tasks.deliver" in OWN
    assert "requests_app.tasks.close_silent" in OWN


@pytest.mark.parametrize("name", OWN)
def test_job_names_a_queue_that_the_worker_serves(name):
    assert app.tasks[name].queue in settings.WORKER_QUEUES


@pytest.mark.parametrize("name", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_beat_starts_only_jobs_that_exist(name):
    assert settings.CELERY_BEAT_SCHEDULE[name]["task"] in OWN


@pytest.mark.parametrize("name", [name for name in OWN if name != "notifications.tasks.deliver"])
def test_job_of_housekeeping_is_started_by_beat(name):
    assert name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def test_worker_serves_the_queues_of_the_settings():
    argv = commands(port=1, data=Path("/nowhere"))["worker"]
    assert argv[argv.index("--queues") + 1] == ",".join(settings.WORKER_QUEUES)


def test_letters_priorities_are_steps_of_the_broker():
    steps = settings.CELERY_BROKER_TRANSPORT_OPTIONS["priority_steps"]
    assert steps == sorted(Priority.values)
