"""What may be asked for: the matters that take requests today, and the questions of each."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app.models import Category
from requests_app.open311 import attributes
from requests_app.open311.errors import Wrong
from requests_app.open311.formats import Answer
from requests_app.querysets import CategoryQuerySet


def taking() -> CategoryQuerySet:
    """Return the matters a request may name today."""
    return Category.objects.taking_requests(timezone.localdate())


def services(http: HttpRequest) -> Answer:
    """Return every matter; the list is whole or is not answered at all."""
    rows = taking().select_related("parent").order_by("position", "slug")
    return Answer("services", [_shown(category) for category in rows])


def _shown(category: Category) -> dict[str, object]:
    return {
        "service_code": category.slug,
        "service_name": category.name,
        "description": category.hint or category.stop_message or None,
        # Each matter asks at least for the consent.
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(word.strip() for word in category.keywords.split(",") if word.strip())
        or None,
        "group": category.parent.name if category.parent else None,
    }


def definition(http: HttpRequest, category: str) -> Answer:
    """Return the questions of one matter."""
    found = find(category)
    return Answer(
        "service_definition",
        {"service_code": found.slug, "attributes": attributes.of(found)},
    )


def find(code: str) -> Category:
    """Return the matter that `code` names; raise Wrong 404."""
    found = taking().filter(slug=code.replace("\x00", "")).first()
    if found is None:
        raise Wrong(404, "service_code: " + _("There is no such matter. Choose one from the list."))
    return found
