"""Housekeeping of this room."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from outreach.hotline import call_backs, cards
from outreach.models import UnansweredSearch
from outreach.questions import asking
from outreach.reception import planning, retention
from outreach.seminars import finishing, signing_up
from outreach.seminars import retention as lists
from outreach.tos import houses as tos_houses
from outreach.tos import retention as tos_retention


@shared_task(queue="default")
def forget_old_searches(**_newer: object) -> int:
    """Delete searches in vain that nobody repeated for long; return how many."""
    return UnansweredSearch.objects.forget_old(at=now())


@shared_task(queue="default")
def plan_receptions(**_newer: object) -> int:
    """Make the times of reception of the coming weeks; return how many."""
    return planning.plan(at=now())


@shared_task(queue="default")
def forget_receptions(**_newer: object) -> None:
    """Erase what people told us for receptions long over."""
    while retention.forget(at=now()):
        pass


@shared_task(queue="default")
def move_seminars_on(**_newer: object) -> None:
    """End offers of seats nobody answered, and finish the seminars that are over."""
    signing_up.end_offers(at=now())
    finishing.finish_all(at=now())


@shared_task(queue="default")
def forget_seminars(**_newer: object) -> None:
    """Erase who signed up for seminars long over."""
    while lists.forget(at=now()):
        pass


@shared_task(queue="default")
def forget_questions(**_newer: object) -> None:
    """Erase who asked what was answered long ago."""
    while asking.forget(at=now()):
        pass


@shared_task(queue="default")
def tend_hotline(**_newer: object) -> None:
    """End the cards that were forgotten open; erase what callers said long ago."""
    at = now()
    cards.end_forgotten(at=at)
    while cards.forget(at=at) or call_backs.forget(at=at):
        pass


@shared_task(queue="default")
def forget_office_holders(**_newer: object) -> None:
    """Erase people of ТОС and councils who withdrew their consent or left long ago."""
    while tos_retention.forget(at=now()):
        pass


@shared_task(queue="default")
def settle_tos_houses(**_newer: object) -> int:
    """Look again which houses lie inside the boundaries of ТОС; return of how many."""
    return tos_houses.settle_all()
