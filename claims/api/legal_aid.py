"""Free legal aid for programs: what is asked, and the law's answer; nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest.call import Call, PublicRead
from accounts.rest.refusals import wrong
from claims.legal_aid.rights import Ground, Right, judge
from claims.legal_aid.views import grounds_of
from claims.models import AidGround, GroundLevel, GroundPart

FRESH_SECONDS = 3600


class GroundShape(serializers.Serializer[Any]):
    """A ground of the law: a kind of matter, or a category of people."""

    code = serializers.CharField()
    words = serializers.CharField()
    papers = serializers.ListField(child=serializers.CharField(), help_text="What proves it")
    clause = serializers.CharField()
    is_sure = serializers.BooleanField(help_text="False: a lawyer has yet to confirm it")


class ListedGroundShape(GroundShape):
    """A ground that holds today."""

    level = serializers.ChoiceField(choices=GroundLevel.choices)


class GroundsShape(serializers.Serializer[Any]):
    """What may be answered."""

    matters = ListedGroundShape(many=True)
    people = ListedGroundShape(many=True)


class AnswersShape(serializers.Serializer[Any]):
    """What somebody says of the matter and of themselves."""

    matter = serializers.CharField(
        max_length=80, allow_blank=True, help_text="Code of a matter; empty for another one"
    )
    people = serializers.ListField(
        child=serializers.CharField(max_length=80),
        max_length=100,
        help_text="Codes of all that fit; empty for none",
    )


class RightShape(serializers.Serializer[Any]):
    """What the law says to these answers (324-ФЗ, ст. 20)."""

    right = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Right],
        help_text="`likely`: on grounds that a lawyer has yet to confirm",
    )
    grounds = GroundShape(many=True)
    papers = serializers.ListField(child=serializers.CharField(), help_text="What to bring")


class Grounds(PublicRead):
    """GET /api/v1/legal-aid/: the grounds that hold today."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="legal_aid_grounds", responses={200: GroundsShape}, tags=["legal aid"]
    )
    def get(self, http: HttpRequest) -> Response:
        """Return the matters and the people that the law helps for nothing."""
        rows = _held()
        levels = {row.code: row.level for row in rows}

        def listed(part: GroundPart) -> list[dict[str, Any]]:
            return [{**_shown(one), "level": levels[one.code]} for one in grounds_of(rows, part)]

        return Response({"matters": listed(GroundPart.MATTER), "people": listed(GroundPart.PERSON)})


class Check(Call):
    """POST /api/v1/legal-aid/check/: the law's answer; what was sent is kept nowhere."""

    @extend_schema(
        operation_id="legal_aid_check",
        request=AnswersShape,
        responses={200: RightShape},
        tags=["legal aid"],
        examples=[
            OpenApiExample(
                "A disabled person whose flat is cold",
                {"matter": "utilities", "people": ["disabled"]},
                request_only=True,
            )
        ],
    )
    def post(self, http: HttpRequest) -> Response:
        """Judge the answers."""
        shape = AnswersShape(data=http.data)
        shape.is_valid(raise_exception=True)
        said, rows = shape.validated_data, _held()
        known = {(row.part, row.code) for row in rows}
        if said["matter"] and (GroundPart.MATTER, said["matter"]) not in known:
            raise wrong("matter", _("There is no such ground."))
        for code in said["people"]:
            if (GroundPart.PERSON, code) not in known:
                raise wrong("people", _("There is no such ground."))
        answer = judge(
            grounds_of(rows, GroundPart.MATTER),
            grounds_of(rows, GroundPart.PERSON),
            matter=said["matter"],
            ticked=said["people"],
        )
        body = {
            "right": answer.right,
            "grounds": [_shown(ground) for ground in answer.grounds],
            "papers": list(answer.papers),
        }
        told = Response(body)
        # What somebody says about their health stays in no cache on the way.
        patch_cache_control(told, private=True, no_store=True)
        return told


def _held() -> Sequence[AidGround]:
    return list(AidGround.objects.holding_on(timezone.localdate()))


def _shown(ground: Ground) -> dict[str, Any]:
    return {
        "code": ground.code,
        "words": ground.words,
        "papers": list(ground.papers),
        "clause": ground.clause,
        "is_sure": ground.is_sure,
    }
