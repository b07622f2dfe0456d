"""Saved filters: each operator's own, shared if wished, never a caller's words."""

from __future__ import annotations

import pytest

from requests_app.models import SavedFilter
from tests.requests_app.desk_cast import LIST, as_user, at

pytestmark = pytest.mark.django_db


def keep(browser, query, name="Аварии", **more):
    return browser.post(at("save_filter"), {"query": query, "name": name, **more})


def test_a_filter_is_kept_found_and_deleted(operator, make_request):
    browser = as_user(operator)
    answer = keep(browser, "emergency=on&tab=new&cursor=x")
    assert answer["Location"] == f"{LIST}?emergency=on&tab=new"
    page = browser.get(answer["Location"])
    (saved,) = page.context["saved"]
    assert (saved["href"], saved["now"]) == (answer["Location"], True)
    mine = SavedFilter.objects.get()
    browser.post(at("saved_filter", mine.pk), {"what": "delete"})
    assert not SavedFilter.objects.exists()


def test_the_callers_words_and_phone_are_not_kept(operator):
    keep(as_user(operator), "emergency=on&q=Иванова&caller=abc")
    assert SavedFilter.objects.get().query == "emergency=on"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "Пусто"),
        ("q=x", "Слова"),
        ("emergency=on", "  "),
        ("emergency=on", "x" * 61),
        ("category=nonsense", "Чего нет"),
        ("tab=nowhere&emergency=on", "Вид, которого нет"),
    ],
)
def test_what_cannot_be_kept_is_told_and_not_kept(operator, query, name):
    answer = as_user(operator).post(at("save_filter"), {"query": query, "name": name}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert not SavedFilter.objects.exists()


def test_colleagues_see_what_is_shared_and_change_nothing(operator, chief):
    keep(as_user(operator), "emergency=on")
    saved = SavedFilter.objects.get()
    assert as_user(chief).get(LIST).context["saved"] == []
    as_user(operator).post(at("saved_filter", saved.pk), {"what": "share"})
    (seen,) = as_user(chief).get(LIST).context["saved"]
    assert not seen["is_mine"]
    for what in ("delete", "hide"):
        assert as_user(chief).post(at("saved_filter", saved.pk), {"what": what}).status_code == 404
    assert SavedFilter.objects.get().is_shared


def test_the_same_name_again_replaces(operator):
    keep(as_user(operator), "emergency=on")
    keep(as_user(operator), "channel=phone", is_shared="on")
    saved = SavedFilter.objects.get()
    assert (saved.query, saved.is_shared) == ("channel=phone", True)


def test_the_owner_renames_a_filter_and_no_two_have_one_name(operator, chief):
    browser = as_user(operator)
    keep(browser, "emergency=on")
    keep(browser, "channel=phone", name="Звонки", is_shared="on")
    saved = SavedFilter.objects.get(name="Звонки")
    address = at("saved_filter", saved.pk)
    answer = browser.post(address, {"what": "rename", "name": "Аварии"}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]][-1] == "error"
    assert SavedFilter.objects.filter(name="Звонки").exists()
    browser.post(address, {"what": "rename", "name": " По телефону "})
    assert as_user(chief).post(address, {"what": "rename", "name": "Чужой"}).status_code == 404
    saved.refresh_from_db()
    assert (saved.name, saved.is_shared) == ("По телефону", True)
