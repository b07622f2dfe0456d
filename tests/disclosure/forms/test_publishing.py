"""A publication is a version that nothing changes; a draft belongs to whoever speaks for it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from accounts.actors import Executor, Nobody, Operator, Resident
from disclosure.forms_standard.checking import Content
from disclosure.models import (
    CompletenessScore,
    DisclosureValue,
    Draft,
    Publication,
    PublicationReturn,
    StaleSave,
)
from disclosure.publications import drafts, publishing, reports, scoring
from disclosure.publications.contents import content_of
from notifications.models import Message
from tests.city_fixtures import NOON, RIVAL_INN
from tests.disclosure.forms.conftest import FINANCES, OVERHAUL, later


def rows() -> tuple[int, ...]:
    models = (Draft, Publication, DisclosureValue, CompletenessScore, PublicationReturn)
    return tuple(model.objects.count() for model in models)


def test_a_publication_keeps_typed_values_and_what_changed(finances, publish, speaker):
    first = publish(finances, FINANCES)
    second = publish(finances, {**FINANCES, "spending_of_mng": "800 000"}, at=later(1))
    assert (first.version, second.version) == (1, 2)
    assert not Draft.objects.exists()
    assert second.changes == [
        {
            "code": "spending_of_mng",
            "before": "900000.50",
            "after": "800000.00",
            "table": "",
            "row": 0,
        }
    ]
    assert content_of(first).fields["spending_of_mng"] == "900000.50"
    value = second.values.get(code="spending_of_mng")
    assert (value.text, value.number) == ("800000.00", 800000)
    assert second.published_by_id == speaker.id
    assert not second.on_behalf


@pytest.mark.parametrize(
    "change",
    [
        lambda p: Publication.objects.filter(pk=p.pk).update(version=9),
        lambda p: Publication.objects.filter(pk=p.pk).delete(),
        lambda p: DisclosureValue.objects.filter(publication=p).update(text="0"),
        lambda p: DisclosureValue.objects.filter(publication=p).delete(),
    ],
)
def test_the_database_itself_keeps_what_was_published(finances, publish, change):
    published = publish(finances, FINANCES)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(published)


def test_an_erased_account_leaves_the_publication(finances, publish, company_user):
    published = publish(finances, FINANCES)
    company_user.delete()
    published.refresh_from_db()
    assert published.published_by_id is None


def test_a_wrong_value_refuses_and_stores_nothing(finances, speaker):
    content = Content({**FINANCES, "debt_for_ku": "1"})
    saved = drafts.save(finances, content, revision=0, tab="t", by=speaker, at=NOON)
    before = rows()
    with pytest.raises(publishing.Refused) as refused:
        publishing.publish(finances, revision=saved.draft.revision, by=speaker, at=NOON)
    assert [fault.place.code for fault in refused.value.checked.errors] == ["debt_for_ku"]
    assert rows() == before


def test_half_of_the_facts_may_be_published(finances, publish):
    published = publish(finances, {"income_of_mng": "5"})
    assert published.values.count() == 1
    score = CompletenessScore.objects.get(building=None)
    assert 0 < score.percent < 100


def test_a_publication_killed_half_way_leaves_nothing(finances, speaker, monkeypatch):
    saved = drafts.save(finances, Content(FINANCES), revision=0, tab="t", by=speaker, at=NOON)
    before = rows()

    def dies(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(scoring, "keep", dies)
    with pytest.raises(KeyboardInterrupt):
        publishing.publish(finances, revision=saved.draft.revision, by=speaker, at=NOON)
    assert rows() == before


def test_a_draft_changed_after_the_preview_is_not_published(finances, speaker):
    drafts.save(finances, Content(FINANCES), revision=0, tab="a", by=speaker, at=NOON)
    drafts.save(finances, Content({}), revision=1, tab="a", by=speaker, at=NOON)
    with pytest.raises(publishing.Refused):
        publishing.publish(finances, revision=1, by=speaker, at=NOON)
    assert not Publication.objects.exists()


def test_publishing_twice_makes_one_version(finances, publish, speaker):
    published = publish(finances, FINANCES)
    with pytest.raises(publishing.Refused):
        publishing.publish(finances, revision=1, by=speaker, at=NOON)
    assert list(Publication.objects.all()) == [published]


def test_staff_publish_on_behalf_and_it_is_marked(finances, publish, operator):
    staff = Operator(id=operator.pk, sees_contacts=False, is_admin=False)
    assert publish(finances, FINANCES, by=staff).on_behalf


def test_two_pages_at_once_lose_nothing_of_either(finances, speaker):
    drafts.save(finances, Content({"income_of_mng": "1"}), revision=0, tab="a", by=speaker, at=NOON)
    mine = drafts.save(
        finances, Content({"income_of_mng": "2"}), revision=0, tab="b", by=speaker, at=NOON
    )
    assert mine.stale is not None
    assert [(c.before, c.after) for c in mine.differences] == [("1", "2")]
    assert Draft.objects.get().content["fields"] == {"income_of_mng": "1"}
    assert StaleSave.objects.get().content["fields"] == {"income_of_mng": "2"}
    # The page that saved last may go on; the other one's next save replaces its own only.
    again = drafts.save(
        finances, Content({"income_of_mng": "3"}), revision=0, tab="a", by=speaker, at=NOON
    )
    assert again.stale is None
    drafts.save(finances, Content({"income_of_mng": "4"}), revision=0, tab="b", by=speaker, at=NOON)
    assert StaleSave.objects.get().content["fields"] == {"income_of_mng": "4"}
    with pytest.raises(publishing.Refused):
        publishing.publish(finances, revision=again.draft.revision, by=speaker, at=NOON)


def test_a_choice_between_two_saves_ends_the_matter(finances, speaker):
    drafts.save(finances, Content({"income_of_mng": "1"}), revision=0, tab="a", by=speaker, at=NOON)
    mine = drafts.save(
        finances, Content({"income_of_mng": "2"}), revision=0, tab="b", by=speaker, at=NOON
    )
    chosen = drafts.settle(
        finances,
        Content({"income_of_mng": "2"}),
        stale_id=mine.stale.pk,
        tab="b",
        by=speaker,
        at=NOON,
    )
    assert chosen.content["fields"] == {"income_of_mng": "2"}
    assert not StaleSave.objects.exists()


def test_drafts_are_seen_by_their_own_company_and_staff(finances, speaker):
    drafts.save(finances, Content(FINANCES), revision=0, tab="a", by=speaker, at=NOON)
    seen = {
        actor: Draft.objects.visible_to(actor).count()
        for actor in (
            speaker,
            Executor(id=1, inns=(RIVAL_INN,)),
            Operator(id=1, sees_contacts=False, is_admin=False),
            Resident(id=1),
            Nobody(),
        )
    }
    assert list(seen.values()) == [1, 0, 1, 0, 0]


def test_a_returned_version_stays_but_counts_no_more(finances, publish, operator):
    first = publish(finances, FINANCES)
    second = publish(finances, {**FINANCES, "income_of_mng": "7"}, at=later(1))
    staff = Operator(id=operator.pk, sees_contacts=False, is_admin=False)
    publishing.return_with_remark(second, remark="Проверьте доходы", by=staff, at=later(2))
    assert list(Publication.objects.counting()) == [first]
    assert list(Publication.objects.newest()) == [second]
    letter = Message.objects.get(event="disclosure.returned")
    assert letter.context["remark"] == "Проверьте доходы"
    before = rows()
    with pytest.raises(publishing.Refused):
        publishing.return_with_remark(second, remark="Ещё раз", by=staff, at=later(3))
    with pytest.raises(publishing.Refused):
        publishing.return_with_remark(first, remark="  ", by=staff, at=later(3))
    assert rows() == before


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ("company", "1.4"),
        ("company", "1.4-2026"),
        ("company", "1.4-1999"),
        ("company", "1.1-2025"),
        ("company", "2.6"),
        ("company", "9.9"),
        ("1", "1.1"),
        ("x", "2.6"),
        ("9" * 30, "2.6"),
        ("company", "1.4-2025-1"),
    ],
)
def test_a_report_that_does_not_exist_is_not_found(standard, company, place, key):
    with pytest.raises(reports.NoSuchReport):
        reports.find(company, place, key, on=NOON.date())


def test_another_companys_house_is_not_found(standard, rival_company, building):
    with pytest.raises(reports.NoSuchReport):
        reports.find(rival_company, str(building.pk), "2.6", on=NOON.date())


def test_a_house_is_published_by_its_company(overhaul, publish, building):
    published = publish(overhaul, OVERHAUL)
    assert published.building == building
    assert CompletenessScore.objects.filter(building=building).exists()
