"""The project: it knows every room and no room knows it."""

from contact_center.celery import app as celery_app

__all__ = ["celery_app"]
