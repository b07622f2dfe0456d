"""Celery's application: tasks live in each room's `tasks.py`, settings begin with CELERY_."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

app = Celery("contact_center")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _watch_over_it(**_about: Any) -> None:
    from django.conf import settings

    from contact_center import hearing

    hearing.start(app, settings.WORKER_QUEUES)
