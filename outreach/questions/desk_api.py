"""Questions at the experts' desk for programs: the queue with its clock, and what is done there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Operator
from accounts.problems import Problem
from accounts.rest import asked, etags, pages
from accounts.rest.refusals import not_found, wrong
from outreach import senders
from outreach.models import Guide, Question, Topic
from outreach.questions import asking, personal, taking
from requests_app.api import door
from requests_app.api.door import ID_MAX, WRITES, DeskCall

VIEW, CHANGE = "outreach.view_question", "outreach.change_question"
BEGINNING = 90
QUEUE = ("waiting", "late")
STATES = (*QUEUE, "answered", "published", "declined")
# A question is in one of these; a published one was answered.
STANDS = [(one, one) for one in STATES]
_PRESSING, _NEWEST = ["answer_by", "id"], ["-id"]
_CODES: dict[type[Exception], str] = {
    taking.Colleagues: "taken",
    taking.Over: "over",
    asking.Declined: "declined",
    asking.Answered: "answered",
}


class DeskQuestionRowShape(serializers.Serializer[Any]):
    """A question in the queue; nothing of who asks."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="For If-Match")
    stands = serializers.ChoiceField(choices=STANDS)
    topic = serializers.ChoiceField(choices=Topic.choices)
    beginning = serializers.CharField(help_text="First words")
    asked_at = serializers.DateTimeField()
    answer_by = serializers.DateTimeField(help_text="What the asker was promised")
    answered_at = serializers.DateTimeField(allow_null=True)
    taken_by = serializers.IntegerField(
        allow_null=True, help_text="Account of the expert who works on it"
    )
    may_publish = serializers.BooleanField(help_text="Whether the asker agreed")


class DeskQuestionPageShape(pages.PageShape):
    """A page of questions."""

    results = DeskQuestionRowShape(many=True)


class LeadsShape(serializers.Serializer[Any]):
    """A place of a public text that may lead to a person: it is held back until it is gone."""

    field = serializers.ChoiceField(choices=[(name, name) for name in asking.PUBLIC])
    leads_to = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in personal.Kind])
    text = serializers.CharField()


class DeskQuestionShape(DeskQuestionRowShape):
    """A question whole. The letter finds the asker by itself: name and address are not shown."""

    text = serializers.CharField(help_text="The asker's own words, never published")
    answer = serializers.CharField(help_text="Markdown; a draft until `answered_at`")
    guide = serializers.CharField(allow_null=True, help_text="Slug of the guide that says more")
    public_question = serializers.CharField()
    public_answer = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    declined_at = serializers.DateTimeField(allow_null=True)
    decline_reason = serializers.CharField()
    personal = LeadsShape(many=True, help_text="What the public texts name of people")


class DeskQuestions(DeskCall):
    """GET /api/v1/desk/questions/: the experts' queue, the most pressing first."""

    needs_read = VIEW

    @extend_schema(
        operation_id="desk_questions",
        parameters=[
            OpenApiParameter(
                "state",
                str,
                enum=[*STATES, "all"],
                description="By default `waiting`. What waits goes by its clock, the rest newest "
                "first",
            ),
            OpenApiParameter("topic", str, enum=Topic.values),
            OpenApiParameter(
                "taken", str, enum=["mine", "nobody"], description="Who works on it: I, or nobody"
            ),
            pages.CURSOR,
        ],
        responses={200: DeskQuestionPageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List them."""
        by, at = door.operator_of(http), timezone.now()
        state = asked.one_of(http, "state", [*STATES, "all"], "waiting")
        rows = Question.objects.visible_to(by).in_state(state, at=at).for_the_desk()
        if topic := asked.one_of(http, "topic", Topic.values):
            rows = rows.filter(topic=topic)
        match asked.one_of(http, "taken", ["mine", "nobody"]):
            case "mine":
                rows = rows.filter(taking__by=by.id)
            case "nobody":
                rows = rows.filter(taking=None)
        page = pages.page(http, rows, _PRESSING if state in QUEUE else _NEWEST)
        return Response(pages.body(page, (_row(one, at=at) for one in page)))


class OneDeskQuestion(DeskCall):
    """GET /api/v1/desk/questions/<id>/: a question, its drafts, and what they name of people."""

    needs_read = VIEW

    @extend_schema(
        operation_id="desk_question_read", responses={200: DeskQuestionShape}, tags=["desk"]
    )
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Return it."""
        return _stands(http, pk)


class _Works(DeskCall):
    """What an expert does with a question; each a subclass with its operation."""

    needs_read = VIEW
    needs_write = CHANGE

    def carry_out(
        self,
        http: HttpRequest,
        pk: int,
        name: str,
        do: Callable[[Question, Operator, datetime], Any],
    ) -> Response:
        """Do it once, on the version that `If-Match` names, and say how the question stands."""
        by, at, question = door.operator_of(http), timezone.now(), _find(http, pk)
        rows = Question.objects.defer("search")
        try:
            door.once_on(
                http,
                rows,
                question.pk,
                name=f"question.{name}",
                at=at,
                do=lambda row: do(row, by, at),
            )
        except senders.Invalid as invalid:
            if "" in invalid.errors:
                raise Problem(
                    invalid.errors[""],
                    code="not_publishable",
                    status_code=status.HTTP_409_CONFLICT,
                ) from None
            raise Problem(
                _("The question has mistakes."), code="invalid", errors=invalid.errors
            ) from None
        except tuple(_CODES) as refused:
            raise Problem(
                str(refused), code=_CODES[type(refused)], status_code=status.HTTP_409_CONFLICT
            ) from None
        return _stands(http, pk)


class TakeQuestionShape(serializers.Serializer[Any]):
    """Whether also from a colleague."""

    over = serializers.BooleanField(
        required=False, default=False, help_text="Take it over from the colleague who has it"
    )


class TakeQuestion(_Works):
    """POST /api/v1/desk/questions/<id>/take/: I work on it; others are kept from writing to it."""

    @extend_schema(
        operation_id="desk_question_take",
        description="409 `taken` where a colleague has it, `over` where nothing is left to do.",
        request=TakeQuestionShape,
        parameters=[*WRITES],
        responses={200: DeskQuestionShape},
        examples=[OpenApiExample("request", value={"over": False}, request_only=True)],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Take it; taken again it stays so."""
        over = door.read(TakeQuestionShape, http)["over"]
        return self.carry_out(
            http, pk, "take", lambda row, by, at: taking.take(row, by=by, at=at, over=over)
        )


class GiveBackQuestion(_Works):
    """POST /api/v1/desk/questions/<id>/give-back/: I do not work on it any more."""

    @extend_schema(
        operation_id="desk_question_give_back",
        request=None,
        parameters=[*WRITES],
        responses={200: DeskQuestionShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Give it back; given back before it stays so."""
        return self.carry_out(
            http, pk, "give_back", lambda row, by, _at: taking.give_back(row, by=by)
        )


class ExpertAnswerShape(serializers.Serializer[Any]):
    """What the asker is answered; what is left out stays as the draft has it."""

    answer = serializers.CharField(
        required=False, allow_blank=True, max_length=200_000, trim_whitespace=False
    )
    guide = serializers.CharField(
        required=False, allow_blank=True, max_length=64, help_text="Slug; empty for none"
    )
    topic = serializers.CharField(required=False, max_length=20)


class PublicTextsShape(serializers.Serializer[Any]):
    """What everybody may read; what is left out stays as the draft has it."""

    public_question = serializers.CharField(required=False, allow_blank=True, max_length=2_000)
    public_answer = serializers.CharField(
        required=False, allow_blank=True, max_length=200_000, trim_whitespace=False
    )


class QuestionDraftShape(ExpertAnswerShape, PublicTextsShape):
    """Both; nothing of it leaves."""


class DraftQuestion(_Works):
    """POST /api/v1/desk/questions/<id>/draft/: keep what is written so far; nothing leaves."""

    @extend_schema(
        operation_id="desk_question_draft",
        description="The answer says in `personal` what the public texts name of people.",
        request=QuestionDraftShape,
        parameters=[*WRITES],
        responses={200: DeskQuestionShape},
        examples=[
            OpenApiExample(
                "request",
                value={"answer": "Подайте **заявление** о перерасчёте."},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Keep it."""
        draft = _draft(door.read(QuestionDraftShape, http))
        return self.carry_out(
            http, pk, "draft", lambda row, by, _at: asking.write(row, draft, by=by)
        )


class AnswerQuestion(_Works):
    """POST /api/v1/desk/questions/<id>/answer/: send the answer, once."""

    @extend_schema(
        operation_id="desk_question_answer",
        request=ExpertAnswerShape,
        parameters=[*WRITES],
        responses={200: DeskQuestionShape},
        examples=[
            OpenApiExample(
                "request",
                value={"answer": "Подайте **заявление** о перерасчёте.", "guide": "cold-flat"},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Send what is given, or the draft; sent before: 409 `answered`."""
        draft = _draft(door.read(ExpertAnswerShape, http))

        def do(row: Question, by: Operator, at: datetime) -> None:
            if row.answered_at is not None:
                raise asking.Answered
            asking.write(row, draft, by=by)
            asking.answer(row, by=by, at=at)

        return self.carry_out(http, pk, "answer", do)


class PublishQuestion(_Works):
    """POST /api/v1/desk/questions/<id>/publish/: show the editor's texts to everybody."""

    @extend_schema(
        operation_id="desk_question_publish",
        description="Held back, with the field named, where a text may lead to a person: a phone, "
        "an e-mail, a flat, a name, a number, a page. 409 `not_publishable` where the asker did "
        "not agree or nothing is answered yet.",
        request=PublicTextsShape,
        parameters=[*WRITES],
        responses={200: DeskQuestionShape},
        examples=[
            OpenApiExample(
                "request",
                value={
                    "public_question": "Как вернуть деньги за холодные батареи?",
                    "public_answer": "Подайте заявление о перерасчёте.",
                },
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Publish what is given, or the draft; published before it stays so."""
        draft = _draft(door.read(PublicTextsShape, http))

        def do(row: Question, by: Operator, at: datetime) -> None:
            asking.write(row, draft, by=by)
            asking.publish(row, at=at)

        return self.carry_out(http, pk, "publish", do)


class HideQuestion(_Works):
    """POST /api/v1/desk/questions/<id>/hide/: take the answer off the public pages."""

    @extend_schema(
        operation_id="desk_question_hide",
        request=None,
        parameters=[*WRITES],
        responses={200: DeskQuestionShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Hold it back; its texts may be written anew then."""
        return self.carry_out(http, pk, "hide", lambda row, _by, _at: asking.hide(row))


class DeclineQuestionShape(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=2_000, help_text="The asker reads it")


class DeclineQuestion(_Works):
    """POST /api/v1/desk/questions/<id>/decline/: the experts do not answer it, and say why."""

    @extend_schema(
        operation_id="desk_question_decline",
        description="A fault or a complaint is filed as a request: only there its time runs. 409 "
        "`answered` or `declined` when it is over.",
        request=DeclineQuestionShape,
        parameters=[*WRITES],
        responses={200: DeskQuestionShape},
        examples=[
            OpenApiExample(
                "request",
                value={"reason": "Вопрос не о жилье: обратитесь в пенсионный фонд"},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Decline it; the asker gets a letter."""
        reason = door.read(DeclineQuestionShape, http)["reason"]
        return self.carry_out(
            http,
            pk,
            "decline",
            lambda row, by, at: asking.decline(row, reason=reason, by=by, at=at),
        )


def _draft(said: dict[str, Any]) -> asking.Draft:
    """Return what was written; raise Problem for a guide that is not there."""
    if "guide" not in said:
        return asking.Draft(**said)
    slug = said.pop("guide").replace("\x00", "")
    found = Guide.objects.filter(slug=slug, is_published=True).only("id").first()
    if slug and found is None:
        raise wrong("guide", _("There is no such guide."), code="unknown_guide")
    return asking.Draft(**said, guide_id=found.pk if found else None)


def _find(http: HttpRequest, pk: int) -> Question:
    rows = Question.objects.visible_to(door.operator_of(http)).for_the_desk()
    found = rows.select_related("guide").filter(pk=min(pk, ID_MAX)).first()
    if found is None:
        raise not_found(_("There is no such question."))
    return found


def _stands(http: HttpRequest, pk: int) -> Response:
    """Return the question as DeskQuestionShape says; one query."""
    row = _find(http, pk)
    body = {
        **_row(row, at=timezone.now()),
        "text": row.text,
        "answer": row.answer,
        "guide": row.guide.slug if row.guide else None,
        "public_question": row.public_question,
        "public_answer": row.public_answer,
        "published_at": row.published_at,
        "declined_at": row.declined_at,
        "decline_reason": row.decline_reason,
        "personal": [
            {"field": name, "leads_to": one.kind.value, "text": one.text}
            for name in asking.PUBLIC
            for one in personal.find(getattr(row, name))
        ],
    }
    return etags.versioned(Response(body), row.version)


def _row(row: Question, *, at: datetime) -> dict[str, Any]:
    return {
        "id": row.pk,
        "version": row.version,
        "stands": row.stands(at=at),
        "topic": row.topic,
        "beginning": row.text[:BEGINNING],
        "asked_at": row.asked_at,
        "answer_by": row.answer_by,
        "answered_at": row.answered_at,
        "taken_by": row.taken_by,  # type: ignore[attr-defined]
        "may_publish": row.may_publish,
    }
