"""Every error of the API has one shape."""

from __future__ import annotations

import json

import pytest
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils import translation
from rest_framework import exceptions, serializers
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from contact_center import problems

SHAPE = {"type", "title", "status", "detail", "code", "errors"}


def answer_to(error):
    class Failing(APIView):
        authentication_classes = ()

        def get(self, request):
            raise error

    response = Failing.as_view()(APIRequestFactory().get("/api/v1/x/"))
    response.render()
    return response, json.loads(response.content)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404("request 26-000001 of somebody else"), 404, "not_found"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (exceptions.Throttled(wait=7), 429, "throttled"),
        (exceptions.UnsupportedMediaType("text/xml"), 415, "unsupported_media_type"),
        (exceptions.ParseError(), 400, "parse_error"),
        (OperationalError("connection refused at 10.0.0.1"), 503, "unavailable"),
        (InterfaceError("connection already closed"), 503, "unavailable"),
    ],
)
def test_error_becomes_a_problem_and_says_nothing_of_the_inside(error, status, code):
    response, body = answer_to(error)
    assert response.status_code == body["status"] == status
    assert response.content_type == "application/problem+json"
    assert set(body) == SHAPE
    assert body["code"] == code
    assert "somebody else" not in str(body)
    assert "10.0.0.1" not in str(body)


def test_late_errors_say_when_to_come_again():
    assert answer_to(exceptions.Throttled(wait=7))[0]["Retry-After"] == "7"
    assert answer_to(OperationalError())[0]["Retry-After"] == "10"


def test_unknown_error_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        answer_to(ZeroDivisionError())


def test_each_wrong_field_is_named_however_deep():
    class Contact(serializers.Serializer):
        email = serializers.EmailField()

    class Shape(serializers.Serializer):
        description = serializers.CharField(max_length=5)
        contact = Contact()
        uploads = serializers.ListField(child=serializers.UUIDField())

    shape = Shape(data={"description": "", "contact": {"email": "x"}, "uploads": ["a"]})
    with pytest.raises(exceptions.ValidationError) as caught:
        shape.is_valid(raise_exception=True)
    response, body = answer_to(caught.value)
    assert response.status_code == 400
    assert {error["field"] for error in body["errors"]} == {
        "description",
        "contact.email",
        "uploads.0",
    }
    assert all(error["message"] for error in body["errors"])
    assert body["code"] == "blank"


def test_error_of_the_whole_form_names_no_field():
    _, body = answer_to(exceptions.ValidationError({"non_field_errors": ["too late"]}))
    assert body["errors"] == [{"field": "", "message": "too late"}]


def test_problem_speaks_russian():
    with translation.override("ru"):
        assert problems.problem(404)["title"] == "Здесь ничего нет"


def test_every_title_has_a_code():
    assert problems.TITLES.keys() == problems.CODES.keys()
