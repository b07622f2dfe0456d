"""
Which requests this browser has opened by their codes, kept in a signed cookie until it is closed.

The code itself leaves the address at once: a history, a screenshot or a referrer must not carry
it. The cookie holds hashes only, and `visible_to` compares them with the rows each time.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.actors import Actor, CodeHolder, Executor, Operator, Resident, user_id_of
from requests_app.models import Request

COOKIE = "opened"
_SALT = "requests_app.opened"
_PATH = "/requests/"
# A browser that is never closed still forgets.
KEPT_FOR = timedelta(days=7)
# Oldest first out: a cookie has 4 KB.
MOST = 12


def held(http: HttpRequest) -> dict[str, str]:
    """Return number → hash of the code for what this browser has opened."""
    try:
        found = signing.loads(http.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KEPT_FOR)
        return {str(number): str(code_hash) for number, code_hash in found}
    except (signing.BadSignature, ValueError, TypeError):
        return {}


def keep(answer: HttpResponse, holder: CodeHolder, http: HttpRequest) -> None:
    """Let the browser open the request again without its code."""
    opened = {**held(http)}
    opened.pop(holder.number, None)
    opened[holder.number] = holder.code_hash
    answer.set_cookie(
        COOKIE,
        signing.dumps(list(opened.items())[-MOST:], salt=_SALT, compress=True),
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(answer: HttpResponse) -> None:
    """Let the browser open nothing without a code: for a computer that others use too."""
    answer.delete_cookie(COOKIE, path=_PATH, samesite="Lax")


def find(http: HttpRequest, actor: Actor, number: str) -> tuple[Request, Actor] | None:
    """
    Return the request and as whom the sender may act on it; None when it is not theirs to see.

    Staff and executors keep their own rights; an owner's account comes before a code in hand.
    """
    candidates: list[Actor] = []
    if isinstance(actor, Operator | Executor | Resident):
        candidates.append(actor)
    if not isinstance(actor, Operator):
        candidates += _holders(http, actor, number)
    return _first(candidates, number)


def find_own(http: HttpRequest, actor: Actor, number: str) -> Request | None:
    """Return the request if its asker's account or this browser filed or opened it, else None."""
    owners: list[Actor] = [actor] if isinstance(actor, Resident) else []
    found = _first([*owners, *_holders(http, actor, number)], number)
    return found[0] if found else None


def _holders(http: HttpRequest, actor: Actor, number: str) -> list[Actor]:
    code_hash = held(http).get(number)
    if not code_hash:
        return []
    return [CodeHolder(number=number, code_hash=code_hash, account=user_id_of(actor))]


def _first(candidates: list[Actor], number: str) -> tuple[Request, Actor] | None:
    for candidate in candidates:
        # A number is one row's: `first` would sort by thirty columns' worth of names.
        for item in Request.objects.visible_to(candidate).for_its_page().filter(number=number)[:1]:
            return item, candidate
    return None
