"""Ready answers: fields that exist, filled from the request, offered in their steps."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from requests_app.desk import answers
from requests_app.models import AnswerTemplate
from tests.requests_app.desk_cast import as_user, at

ADD = "/admin/requests_app/answertemplate/add/"


def test_fields_are_filled_and_other_braces_stay():
    text = "Заявка {number}: {executor}, {не поле}"
    filled = answers.fill(text, {"number": "26-000001", "executor": ""})
    assert filled == "Заявка 26-000001: —, {не поле}"


def test_a_field_that_does_not_exist_is_named():
    with pytest.raises(answers.UnknownFields) as wrong:
        answers.check("{number} {nubmer} {flat} {nubmer}")
    assert wrong.value.names == ["nubmer", "flat"]
    with pytest.raises(ValidationError):
        AnswerTemplate(name="Нет", text="{flat}").clean()


@given(st.text(max_size=300))
def test_any_text_is_filled_without_error(text):
    values = dict.fromkeys(answers.FIELDS, "x")
    filled = answers.fill(text, values)
    if not answers.fields_in(text):
        assert filled == text


def test_filled_values_are_not_filled_again():
    assert answers.fill("{matter}", {"matter": "{number}", "number": "1"}) == "{number}"


@pytest.mark.django_db
def test_every_field_has_a_value_and_a_sample(make_request, noon):
    from requests_app.models import Request

    item = Request.objects.with_organisation().get(pk=make_request().pk)
    assert answers.values_of(item, operator="Ольга").keys() == answers.FIELDS.keys()
    assert answers.sample_values(noon).keys() == answers.FIELDS.keys()


@pytest.mark.django_db
def test_an_editor_is_told_of_a_wrong_field_and_nothing_is_saved(chief):
    values = {"name": "Приём", "text": "{nubmer}", "position": "1", "is_used": "on"}
    page = as_user(chief).post(ADD, values)
    assert page.status_code == 200
    assert "{nubmer}" in page.content.decode()
    assert not AnswerTemplate.objects.exists()
    done = as_user(chief).post(ADD, {**values, "text": "{number}", "steps": ["accept"]})
    assert done.status_code == 302
    assert AnswerTemplate.objects.get().steps == ["accept"]


@pytest.mark.django_db
def test_the_preview_fills_samples_and_is_for_who_may_edit(chief, operator):
    address = "/admin/requests_app/answertemplate/preview/"
    page = as_user(chief).post(address, {"text": "Заявка {number}"})
    assert "-000123" in page.content.decode()
    assert as_user(chief).post(address, {"text": "{no}"}).status_code == 422
    assert as_user(operator).post(address, {"text": "x"}).status_code == 403


@pytest.mark.django_db
def test_an_answer_is_offered_in_its_step_and_fills_it_without_javascript(operator, make_request):
    item = make_request()
    mine = AnswerTemplate.objects.create(
        name="Принято", text="Заявку {number} ведёт {executor}", steps=["accept"]
    )
    AnswerTemplate.objects.create(name="Старое", text="…", is_used=False)
    page = as_user(operator).get(at("change", item.pk)).content.decode()
    assert page.count("Принято</a>") == 1
    assert "Старое" not in page
    filled = as_user(operator).get(f"{at('change', item.pk)}?answer={mine.pk}&to=accept")
    (accept,) = [one for one in filled.context["steps"] if one["step"].name == "accept"]
    assert accept["form"].initial["text"] == f"Заявку {item.number} ведёт {item.executor_name}"
    assert accept["is_open"]
