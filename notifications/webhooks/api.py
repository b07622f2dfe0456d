"""Calls with which a system subscribes itself, below /api/v1/webhooks/."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.problems import Problem
from accounts.rest import asked, caller, etags, pages
from accounts.rest.call import Call
from accounts.rest.refusals import not_found, problems, stale, too_many
from accounts.rest.repeats import KEY, once
from notifications.models import WebhookOff, WebhookSubscription
from notifications.webhooks import door, health, shapes, signing, subscribing

TAGS = ["webhooks"]
LONGEST = 2**62


class WebhookCall(Call):
    """What all of them ask: an account that acts with all its rights."""

    admits = caller.ACCOUNTS
    scope_read = "webhooks:read"
    scope_write = "webhooks:write"

    def check_permissions(self, http: Request) -> None:
        """Refuse also who acts as less than the account may: calls would tell them more."""
        super().check_permissions(http)
        # A method that is not served is 405 for whoever asks, nobody too.
        is_served = self._is_handled(http) and http.method != "OPTIONS"
        if is_served and not door.is_open_to(_person(http), caller.actor_of(http)):
            raise Problem(
                _("This call needs all rights of the account: a scope of its work, or the factor."),
                code="permission_denied",
                status_code=status.HTTP_403_FORBIDDEN,
            )

    def handle_exception(self, exc: Exception) -> Response:
        """Answer what `subscribing` refuses."""
        if isinstance(exc, subscribing.Stale):
            exc = stale()
        elif isinstance(exc, WebhookSubscription.DoesNotExist):
            exc = not_found()
        elif isinstance(exc, subscribing.Refused):
            words, code = str(exc), exc.code
            if exc.wait:
                exc = too_many(words, code=code, retry_after_seconds=exc.wait)
            elif code == "too_many":
                exc = Problem(words, code=code, status_code=status.HTTP_409_CONFLICT)
            else:
                errors = {
                    f"filters.{name}" if name in subscribing.FILTERS else name: said
                    for name, said in exc.errors.items()
                }
                exc = Problem(_("The subscription has mistakes."), code=code, errors=errors)
        return super().handle_exception(exc)


class Webhooks(WebhookCall):
    """One's subscriptions."""

    @extend_schema(
        operation_id="webhooks_list",
        parameters=[pages.CURSOR],
        responses={200: shapes.WebhookPageShape},
        tags=TAGS,
    )
    def get(self, http: Request) -> Response:
        """Return one's subscriptions, the newest first; secrets are never shown again."""
        rows = WebhookSubscription.objects.visible_to(caller.actor_of(http))
        page = pages.page(http, rows, ["-id"])
        return Response(pages.body(page, map(shapes.webhook, page)))

    @extend_schema(
        operation_id="webhooks_create",
        parameters=[KEY],
        request=shapes.WebhookWantedShape,
        responses={201: shapes.WebhookMadeShape, **problems(409)},
        tags=TAGS,
    )
    def post(self, http: Request) -> Response:
        """Subscribe a system; 409 `too_many` above twenty."""
        given = _read(shapes.WebhookWantedShape, http)
        wanted = _wanted(given)

        def make() -> dict[str, Any]:
            # The key keeps the number alone: the secret lies nowhere.
            made, _secret = subscribing.subscribe(
                _person(http), wanted, at=now(), organisation=given["organisation"]
            )
            return {"id": made.pk}

        made = once(http, name="webhooks.create", at=now(), do=make)
        held = _own(http, made["id"])
        secret = signing.secrets_of(held, at=now())[0]
        body = {**shapes.webhook(held), "secret": secret}
        return etags.versioned(Response(body, status.HTTP_201_CREATED), held.version)


class OneWebhook(WebhookCall):
    """A subscription."""

    @extend_schema(operation_id="webhooks_read", responses={200: shapes.WebhookShape}, tags=TAGS)
    def get(self, http: Request, pk: int) -> Response:
        """Return one of one's own, or of one's organisation."""
        return _shown(_own(http, pk))

    @extend_schema(
        operation_id="webhooks_change",
        parameters=[etags.IF_MATCH],
        request=shapes.WebhookChangeShape,
        responses={200: shapes.WebhookShape, **problems(409)},
        tags=TAGS,
    )
    def patch(self, http: Request, pk: int) -> Response:
        """Change it; `on` switches it. 409 `off_by_staff`: the centre has switched it off."""
        found = _own(http, pk)
        given = _read(shapes.WebhookChangeShape, http)
        with transaction.atomic():
            # What is left out stays as it is under the lock, not as it was before.
            held = subscribing.hold(found, seen_version=etags.version_seen(http))
            self._change(held, given)
        return _shown(_own(http, pk))

    def _change(self, held: WebhookSubscription, given: dict[str, Any]) -> None:
        if given.get("on") and held.off == WebhookOff.STAFF:
            raise Problem(
                _("The contact centre has switched it off: ask there."),
                code="off_by_staff",
                status_code=status.HTTP_409_CONFLICT,
            )
        switch = given.pop("on", None)
        if given:
            subscribing.change(held, _wanted(given, held))
        if switch is False:
            health.switch_off(held, WebhookOff.OWNER, at=now())
        elif switch and not held.is_on:
            health.switch_on(held)

    @extend_schema(
        operation_id="webhooks_delete",
        parameters=[etags.IF_MATCH],
        responses={204: None},
        tags=TAGS,
    )
    def delete(self, http: Request, pk: int) -> Response:
        """Delete it with its log; what is on its way goes nowhere."""
        found = _own(http, pk)
        with transaction.atomic():
            subscribing.remove(subscribing.hold(found, seen_version=etags.version_seen(http)))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TestWebhook(WebhookCall):
    """A test call."""

    @extend_schema(
        operation_id="webhooks_test",
        request=None,
        responses={202: shapes.WebhookDeliveryShape},
        tags=TAGS,
    )
    def post(self, http: Request, pk: int) -> Response:
        """Send a `ping`, also while it is off; 429 `too_many_tests` above thirty an hour."""
        message = subscribing.send_test(_own(http, pk), at=now())
        return Response(shapes.delivery(message), status.HTTP_202_ACCEPTED)


class RotateWebhook(WebhookCall):
    """Another secret."""

    @extend_schema(
        operation_id="webhooks_rotate",
        request=shapes.WebhookRotateShape,
        responses={200: shapes.WebhookSecretShape},
        tags=TAGS,
    )
    def post(self, http: Request, pk: int) -> Response:
        """Make a new secret; both sign while they overlap."""
        held = _own(http, pk)
        hours = _read(shapes.WebhookRotateShape, http)["overlap_hours"]
        at = now()
        secret = signing.rotate(held, overlap=timedelta(hours=hours), at=at)
        return Response({"secret": secret, "former_until": at + timedelta(hours=hours)})


class ReplayWebhook(WebhookCall):
    """All that failed."""

    @extend_schema(
        operation_id="webhooks_replay",
        request=shapes.WebhookSinceShape,
        responses={202: shapes.WebhookReplayedShape},
        tags=TAGS,
    )
    def post(self, http: Request, pk: int) -> Response:
        """Send again what failed of the events since a moment; 5,000 at a time."""
        held = _own(http, pk)
        since = _read(shapes.WebhookSinceShape, http)["since"]
        count = subscribing.replay_failed(held, since=since, at=now())
        return Response({"replayed": count}, status.HTTP_202_ACCEPTED)


class WebhookDeliveries(WebhookCall):
    """GET …/deliveries/: every call made to the address, with how it ended, the newest first."""

    @extend_schema(
        operation_id="webhooks_deliveries",
        parameters=[OpenApiParameter("state", str, enum=list(shapes.STATES)), pages.CURSOR],
        responses={200: shapes.WebhookDeliveryPageShape},
        tags=TAGS,
    )
    def get(self, http: Request, pk: int) -> Response:
        """Return what was sent, or is to be, with each attempt, the newest first."""
        rows = subscribing.deliveries(_own(http, pk))
        if state := asked.one_of(http, "state", shapes.STATES):
            rows = rows.filter(state__in=shapes.STATES[state])
        page = pages.page(http, rows, ["-id"])
        return Response(pages.body(page, map(shapes.delivery, page)))


class ReplayDelivery(WebhookCall):
    """One delivery."""

    @extend_schema(
        operation_id="webhooks_deliveries_replay",
        request=None,
        responses={202: shapes.WebhookDeliveryShape, **problems(409)},
        tags=TAGS,
    )
    def post(self, http: Request, pk: int, number: int) -> Response:
        """Send it again with its old id; 409 `on_its_way` if it has not ended."""
        held, number = _own(http, pk), min(number, LONGEST)
        sent = subscribing.replay(held, number, at=now())
        message = subscribing.deliveries(held).filter(pk=number).first()
        if message is None:
            raise not_found()
        if not sent:
            raise Problem(
                _("It is on its way still."),
                code="on_its_way",
                status_code=status.HTTP_409_CONFLICT,
            )
        return Response(shapes.delivery(message), status.HTTP_202_ACCEPTED)


def _person(http: Request) -> User:
    assert isinstance(http.user, User), "the call admits accounts only"
    return http.user


def _own(http: Request, pk: int) -> WebhookSubscription:
    rows = WebhookSubscription.objects.visible_to(caller.actor_of(http))
    held = rows.filter(pk=min(pk, LONGEST)).first()
    if held is None:
        raise not_found()
    return held


def _shown(held: WebhookSubscription) -> Response:
    return etags.versioned(Response(shapes.webhook(held)), held.version)


def _read(shape: type[serializers.Serializer[Any]], http: Request) -> dict[str, Any]:
    read = shape(data=http.data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def _wanted(given: dict[str, Any], held: WebhookSubscription | None = None) -> subscribing.Wanted:
    """Return what is wanted; what is left out stays as `held` has it."""
    before: dict[str, Any] = {}
    if held is not None:
        names = ("name", "url", "events", *subscribing.FILTERS)
        before = {name: getattr(held, name) for name in names}
    filters = given.get("filters", {})
    plain = {name: given[name] for name in ("name", "url", "events") if name in given}
    return subscribing.Wanted(**{**before, **plain, **filters})
