"""Two representatives in the same second, each on a connection of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from disclosure.forms_standard.checking import Content
from disclosure.models import DisclosureValue, Draft, Publication, StaleSave
from disclosure.publications import drafts, publishing
from tests.city_fixtures import NOON
from tests.disclosure.forms.conftest import FINANCES

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work, tasks):
    """Return what each task came to, all begun in the same moment."""
    start = Barrier(len(tasks), timeout=30)

    def alone(task):
        try:
            start.wait()
            return work(task)
        except publishing.Refused as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(alone, tasks))


@pytest.mark.parametrize("turn", range(3))
def test_of_two_first_saves_one_is_the_draft_and_the_other_stands_beside_it(
    finances, speaker, turn
):
    def save(tab: str):
        content = Content({"income_of_mng": tab})
        return drafts.save(finances, content, revision=0, tab=tab, by=speaker, at=NOON)

    saved = at_once(save, ["1", "2"])
    draft, stale = Draft.objects.get(), StaleSave.objects.get()
    texts = [row.content["fields"]["income_of_mng"] for row in (draft, stale)]
    assert sorted(texts) == ["1", "2"]
    assert sorted(each.stale is not None for each in saved) == [False, True]
    assert draft.revision == 1


def test_of_eight_who_publish_at_once_one_does(finances, speaker):
    saved = drafts.save(finances, Content(FINANCES), revision=0, tab="t", by=speaker, at=NOON)

    def publish(_number: int):
        return publishing.publish(finances, revision=saved.draft.revision, by=speaker, at=NOON)

    done = at_once(publish, range(8))
    published = Publication.objects.get()
    assert [each for each in done if not isinstance(each, publishing.Refused)] == [published]
    assert DisclosureValue.objects.count() == len(FINANCES)


def test_a_save_during_publishing_is_in_the_version_or_in_a_draft_and_never_lost(finances, speaker):
    saved = drafts.save(finances, Content(FINANCES), revision=0, tab="t", by=speaker, at=NOON)
    changed = Content({**FINANCES, "income_of_mng": "7"})

    def act(what: str):
        if what == "publish":
            return publishing.publish(finances, revision=saved.draft.revision, by=speaker, at=NOON)
        return drafts.save(
            finances, changed, revision=saved.draft.revision, tab="t", by=speaker, at=NOON
        )

    at_once(act, ["publish", "save"])
    # Saved first, it moved the revision and nothing was published; saved after, it is a new draft.
    assert Draft.objects.get().content["fields"]["income_of_mng"] == "7"
    for value in DisclosureValue.objects.filter(code="income_of_mng"):
        assert value.text == "1000000.00"
