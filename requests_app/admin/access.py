"""Who may do what at the desk: the actor of the request and the permissions of the group."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from accounts.actors import Operator
from requests_app.models import Request

VIEW = "requests_app.view_request"
CHANGE = "requests_app.change_request"
ADD = "requests_app.add_request"
SEE_CONTACT = "requests_app.see_contact"
# Who reads what was refused also reads the audit: the chief operators.
AUDIT = "requests_app.view_refusedsave"

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def operator_of(http: HttpRequest) -> Operator:
    """Return the operator who sends this; raise PermissionDenied for anybody else."""
    actor = http.actor  # type: ignore[attr-defined]
    if not isinstance(actor, Operator):
        raise PermissionDenied
    return actor


def needs(permission: str) -> Callable[[V], V]:
    """Let a desk view be seen only by staff with the permission."""

    def wrap(view: V) -> V:
        @wraps(view)
        def guarded(http: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not http.user.has_perm(permission):
                raise PermissionDenied
            operator_of(http)
            return view(http, *args, **kwargs)

        return cast("V", guarded)

    return wrap


def find(http: HttpRequest, pk: int) -> Request:
    """Return the request with what its page shows; 404 for what the operator may not see."""
    rows = Request.objects.visible_to(operator_of(http)).for_the_desk()
    item = rows.filter(pk=pk).first()
    if item is None:
        raise Http404
    return item


def frame(http: HttpRequest, **values: Any) -> dict[str, Any]:
    """Return the context of a desk page: admin's own frame and the page's values."""
    return {**admin.site.each_context(http), "opts": Request._meta, **values}
