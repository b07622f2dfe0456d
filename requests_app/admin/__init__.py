"""The operators' desk in Django admin; each file registers what it knows."""

from requests_app.admin import evidence, incidents, requests

__all__ = ["evidence", "incidents", "requests"]
