"""The rating's tab in a cabinet: the draft one may object to, else the newest published."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from disclosure.cabinet.tabs import Mine, Tab
from disclosure.models import ManagementCompany
from ratings.models import RatingResult


def of_rating(mine: Mine, _by: Actor) -> list[Tab]:
    """Return the tab of the newest month whose edition the company may see; one query."""
    if not isinstance(mine, ManagementCompany):
        return []
    months = (
        RatingResult.objects.filter(company=mine)
        .filter(Q(snapshot__published_at__isnull=False) | Q(snapshot__comments_from__isnull=False))
        .order_by("-snapshot__period")
        .values_list("snapshot__period", flat=True)
    )
    for period in months[:1]:
        href = reverse("rating_cabinet:rows", args=[mine.inn, period])
        return [Tab(name="rating", word=_("Rating"), href=href)]
    return []
