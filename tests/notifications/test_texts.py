"""Texts of letters by staff: unknown things are refused, versions kept, values harmless."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from notifications import inbox, rendering
from notifications.channels.email import EmailChannel
from notifications.folding import Folded
from notifications.models import InboxItem, LetterText, Message
from notifications.texts import samples, versions
from notifications.texts.fields import edited_templates, fields_of
from notifications.texts.versions import Words
from tests.conftest import NOON
from tests.contact_center.test_who_sees_what import second_factor_of

pytestmark = pytest.mark.django_db
FILED = "requests_app/mail/filed"
GOOD = Words(
    subject="Заявка {{ number }}: приняли",
    body="{% if executor %}Отвечает {{ executor }}.{% endif %}\nАдрес: {{ address }}",
    button="Смотреть",
    short="Приняли {{ number }}",
)


def publish(words=GOOD, *, template=FILED, language="ru") -> LetterText:
    return versions.publish(template, language, words, by=None, at=NOON)


def context(**values) -> dict[str, object]:
    return {**samples.values_of(FILED), **values}


@pytest.fixture
def a_letter(make_message):
    return lambda **values: make_message(template=FILED, context=context(**values))


def test_newest_published_version_is_what_leaves(a_letter):
    publish()
    publish(Words(subject="Вторая {{ number }}", body="Да.", button="Смотреть"))
    letter = rendering.render(a_letter())
    assert letter.subject == "Вторая 26-000123"
    assert letter.text.startswith("Да.\n")
    assert "Смотреть: http" in letter.text
    assert 'href="http' in letter.html
    # Below every letter stands why it came and how to stop it, whatever staff wrote.
    assert "Вы подали заявку." in letter.text
    assert letter.unsubscribe_url in letter.text
    assert letter.short == letter.subject


def test_each_language_has_its_own_text(a_letter, make_message, resident):
    publish(Words(subject="In English", body="Yes.", button="Open"), language="en")
    assert rendering.render(a_letter()).subject != "In English"
    resident.language = "en"
    resident.save()
    message = make_message(template=FILED, context=context(), user_id=resident.pk)
    assert rendering.render(message).subject == "In English"


def test_going_back_makes_a_new_version_and_files_hold_again(a_letter):
    first = publish()
    own = rendering.render(a_letter())
    publish(None)
    from_file = rendering.render(a_letter())
    assert from_file.subject != own.subject
    again = versions.restore(first, by=None, at=NOON)
    assert (again.number, again.subject) == (3, first.subject)
    assert rendering.render(a_letter()).subject == own.subject


def test_the_same_words_twice_are_one_version():
    assert publish().pk == publish().pk
    assert LetterText.objects.count() == 1


@pytest.mark.parametrize(
    ("part", "text", "said"),
    [
        ("body", "{{ nubmer }}", "nubmer"),
        ("subject", "{{ number.secret }}", "number.secret"),
        ("body", "{{ executor.password }}", "executor.password"),
        ("body", "{{ number.__class__ }}", "number.__class__"),
        ("body", "{{ request.user }}", "request.user"),
        ("body", "{{ settings.SECRET_KEY }}", "settings.SECRET_KEY"),
        ("body", "{% if user %}x{% endif %}", "user"),
        ("body", "{% load look %}", "load"),
        ("body", '{% include "base.html" %}', "include"),
        ("body", '{% extends "base.html" %}', "extends"),
        ("body", "{% debug %}", "debug"),
        ("body", '{% now "Y" %}', "now"),
        ("body", "{% with a=number %}{{ a }}{% endwith %}", "with"),
        ("body", "{% url 'admin:index' %}", "url"),
        ("body", "{{ number|safe }}", "safe"),
        ("body", "{{ number|pprint }}", "pprint"),
        ("body", "{% if number %}x", "if"),
        ("body", "{% for a in number %}" * 3 + "{% endfor %}" * 3, "глубоко"),
        ("short", "{{ nobody }}", "nobody"),
        ("button", "", "Это нельзя пропустить"),
        ("subject", "  ", "Это нельзя пропустить"),
        ("body", "", "Это нельзя пропустить"),
    ],
)  # fmt: skip
def test_what_is_unknown_or_missing_is_refused_by_its_name(part, text, said):
    with pytest.raises(versions.Refused) as refused:
        publish(Words(**{**vars(GOOD), part: text}))
    assert said in " ".join(refused.value.faults[part])
    assert not LetterText.objects.exists()


def test_rows_of_a_list_may_be_shown_and_only_their_own_columns():
    overdue = "requests_app/mail/overdue"
    good = Words(
        subject="Просрочено",
        body="{% for row in rows %}{{ row.number }} {{ row.hours }}\n{% endfor %}",
        button="",
    )
    publish(good, template=overdue)
    with pytest.raises(versions.Refused):
        publish(
            Words(subject="x", body="{% for row in rows %}{{ row.phone }}{% endfor %}"),
            template=overdue,
        )


def test_a_letter_that_is_none_of_ours_has_no_text():
    for name in ("account/mail/letter", "../../etc/passwd", "base", "notifications/mail/digest"):
        with pytest.raises(versions.Refused):
            publish(template=name)


def test_a_field_that_a_letter_lacks_leaves_a_gap_and_not_a_lost_letter(make_message):
    publish()
    message = make_message(template=FILED, context={"number": "26-000001"})
    assert rendering.render(message).subject == "Заявка 26-000001: приняли"


@pytest.mark.parametrize("value", ["x\r\nBcc: victim@example.org", "x\nSubject: y", "x\u2028y"])
def test_line_breaks_in_a_value_make_no_header(a_letter, value):
    publish()
    letter = rendering.render(a_letter(number=value))
    assert "\n" not in letter.subject + letter.short
    assert "\r" not in letter.subject + letter.short
    raw = EmailChannel().send(Message.objects.get(), letter).raw
    assert b"\nBcc:" not in raw


def test_markup_in_a_value_stays_text(a_letter):
    publish()
    letter = rendering.render(a_letter(address="<img src=x>{{ executor }}{% now 'Y' %}"))
    assert "<img" not in letter.html
    # A value is not a text of staff: what looks like a tag in it does nothing.
    assert "{{ executor }}{% now" in letter.text


@pytest.mark.parametrize("template", edited_templates())
def test_every_letter_has_fields_a_sample_and_a_preview(client, admin_user, template):
    assert fields_of(template).plain or fields_of(template).rows
    second_factor_of(client, admin_user)
    url = reverse("admin:notifications_lettertext_edit", args=[template, "ru"])
    page = client.get(url)
    assert page.status_code == 200
    for name in fields_of(template).plain:
        assert name in page.content.decode()


def test_staff_preview_publish_restore_and_give_back(client, chief):
    second_factor_of(client, chief)
    url = reverse("admin:notifications_lettertext_edit", args=[FILED, "ru"])
    page = client.post(url, {**vars(GOOD), "preview": "1"}).content.decode()
    assert "Заявка 26-000123: приняли" in page
    assert not LetterText.objects.exists()
    wrong = client.post(url, {**vars(GOOD), "body": "{{ nobody }}", "publish": "1"})
    assert "nobody" in wrong.content.decode()
    assert not LetterText.objects.exists()
    assert client.post(url, {**vars(GOOD), "publish": "1"}).status_code == 302
    assert LetterText.objects.get().published_by == chief
    client.post(url, {"own": "1"})
    client.post(url, {"restore": "1"})
    assert [row.from_file for row in LetterText.objects.order_by("number")] == [False, True, False]
    assert client.post(url, {"restore": "99"}).status_code == 404
    listed = client.get(reverse("admin:notifications_lettertext_changelist")).content.decode()
    assert "версия 3" in listed


def test_operators_change_no_text(client, operator):
    second_factor_of(client, operator)
    url = reverse("admin:notifications_lettertext_edit", args=[FILED, "ru"])
    assert client.get(url).status_code == 403
    assert client.post(url, {**vars(GOOD), "publish": "1"}).status_code == 403
    assert not LetterText.objects.exists()


def test_text_by_staff_names_the_news_in_the_inbox_in_each_language(
    client, resident, make_message, django_assert_num_queries
):
    publish()
    publish(Words(subject="Taken in: {{ number }}", body="Yes.", button="Look"), language="en")
    for _ in range(3):
        make_message(event="request.accept", template=FILED, context=context(), user_id=resident.pk)
    items = list(InboxItem.objects.filter(user=resident))
    with django_assert_num_queries(1):
        shown = inbox.shown(items)
    assert {news.title for news in shown} == {"Заявка 26-000123: приняли"}
    with translation.override("en"):
        assert inbox.shown(items)[0].title == "Taken in: 26-000123"
    client.force_login(resident)
    assert "Заявка 26-000123: приняли" in client.get("/accounts/inbox/").content.decode()


def test_text_by_staff_names_the_news_in_a_letter_about_several(a_letter):
    publish()
    first, second = a_letter(), a_letter()
    letter = rendering.render(first, Folded([first, second]))
    assert letter.text.count("Заявка 26-000123: приняли") == 2
