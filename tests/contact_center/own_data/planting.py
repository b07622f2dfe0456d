"""A person's life on the portal, with one word in everything that names them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from accounts import contact_looks, tokens
from accounts.actors import Resident, actor_of
from accounts.models import ApiToken, Consent, IdempotentCall, Upload, User
from claims.models import Claim, ClaimEvent, ClaimPaper
from claims.statuses import ClaimStatus
from disclosure.models import Building, CorrectionRequest, Residence
from notifications.models import (
    Destination,
    Follow,
    InboxItem,
    LinkCode,
    Message,
    Preference,
    Subscription,
)
from notifications.webhooks.subscribing import Wanted, subscribe
from outreach.models import (
    Booking,
    BookingStep,
    Call,
    CallBack,
    Certificate,
    Feedback,
    Host,
    Question,
    Seminar,
    SignUp,
    Slot,
    Waiting,
)
from requests_app import intake, lifecycle
from requests_app.models import ChatFollow, Draft, Request
from requests_app.statuses import Status
from tests.city_fixtures import NOON

# Long after everything planted has happened, and long before any time of keeping is over.
LATER = NOON + timedelta(days=90)
Maker = Callable[..., Any]


def person_called(word: str, *, number: int) -> User:
    """Return an account that the word names in every column."""
    return User.objects.create_user(
        f"{word}@example.org", name=f"{word} name", phone=f"+7900000{number:04}"
    )


def marks_of(user: User, word: str) -> list[str]:
    """Return what must stand nowhere once the person is erased."""
    return [word, user.phone, user.phone.removeprefix("+")]


def found_in_database(mark: str) -> list[str]:
    """Return the tables in whose rows, written out as text, the mark stands."""
    tables = sorted(connection.introspection.table_names())
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s',
                [f"%{mark}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def file_of(user: User, word: str, make_upload: Maker, **fields: Any) -> Upload:
    """Return a file whose bytes lie on storage."""
    upload: Upload = make_upload(by=user, storage_key=f"uploads/{word}-{len(fields)}.jpg", **fields)
    default_storage.save(upload.storage_key, ContentFile(f"bytes of {word}".encode()))
    return upload


def a_request(
    user: User, word: str, *, make_request: Maker, status: str = Status.CLOSED, **fields: Any
) -> Request:
    """Return a request of the person, with the word in contact and text."""
    item: Request = make_request(
        resident=user,
        status=status,
        description=f"cold, says {word}",
        contact=intake.Contact(name=f"{word} name", email=user.email, phone=user.phone),
        **fields,
    )
    return item


def plant(
    user: User,
    word: str,
    *,
    operator: User,
    building: Building,
    make_request: Maker,
    make_upload: Maker,
) -> Request:
    """Leave something of the person in every room; all their matters are over."""
    photo = file_of(user, f"{word}-photo", make_upload)
    item = a_request(
        user, word, make_request=make_request, uploads=(photo.pk,), entrance="2", flat=word[:12]
    )
    themselves, at = Resident(id=user.pk), NOON + timedelta(days=1)
    lifecycle.comment(item, text=f"thanks, {word}", by=themselves, at=at)
    lifecycle.mark(item, value=4, text=f"good, {word}", by=themselves, at=at)
    contact_looks.record(f"request:{item.pk}", by=actor_of(operator), at=NOON)
    _account(user, word, operator=operator)
    _letters(user, word, item)
    _claims(user, word, item, make_upload)
    _outreach(user, word, item, operator=operator)
    Residence.objects.create(user=user, building=building, flat=word[:12])
    CorrectionRequest.objects.create(
        building=building, matter="passport", text="1970", email=user.email.upper(), sent_at=NOON
    )
    draft = Draft.objects.create(user=user, answers={"name": word}, changed_at=NOON)
    draft.uploads.add(file_of(user, f"{word}-draft", make_upload, size=2))
    file_of(user, f"{word}-loose", make_upload, size=3, media_type="application/pdf")
    return item


def _account(user: User, word: str, *, operator: User) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    EmailAddress.objects.create(user=user, email=f"{word}.second@example.org", verified=True)
    SocialAccount.objects.create(
        user=user, provider="city", uid=f"uid-{word}", extra_data={"name": word}
    )
    Authenticator.objects.create(user=user, type="totp", data={"secret": word})
    Consent.objects.create(
        user=user, kind=Consent.Kind.PERSONAL_DATA, text_version="1", given_at=NOON
    )
    tokens.issue(user, name=f"program of {word}", at=NOON)
    ApiToken.objects.filter(user=user).update(name=f"the program of {word}")
    IdempotentCall.objects.create(
        scope=f"api:x:account:{user.pk}",
        key_hash="0" * 64,
        fingerprint="0" * 64,
        result={"name": word},
        created_at=NOON,
    )
    LogEntry.objects.create(
        user=operator,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=str(user),
        action_flag=CHANGE,
    )
    Client().force_login(user)


def _letters(user: User, word: str, item: Request) -> None:
    for channel, address in (("telegram", f"chat-{word}"), ("web_push", f"https://push/{word}")):
        Destination.objects.create(
            user=user,
            channel=channel,
            address=address,
            label=f"phone of {word}",
            keys={"auth": word},
            confirmed_at=NOON,
            created_at=NOON,
        )
    ChatFollow.objects.create(chat=f"chat-{word}", request=item, since=NOON)
    for email, holder in ((user.email, user), (f"{word}.second@example.org", None)):
        Follow.objects.create(
            user=holder,
            email=email,
            topic="house:1",
            label=f"house of {word}",
            created_at=NOON,
            confirmed_at=NOON,
        )
        Subscription.objects.create(channel="email", address=email, topic="house:2")
    Preference.objects.create(user=user, choices={word: ["email"]}, changed_at=NOON)
    LinkCode.objects.create(user=user, code_hash=f"{word}"[:64], expires_at=NOON)
    InboxItem.objects.create(
        user=user,
        event="request.file",
        template="x",
        context={"name": word},
        topic="other",
        why="x",
        dedupe_key=f"inbox:{word}",
        created_at=NOON,
    )
    for number, holder in enumerate((user, None)):
        Message.objects.create(
            event="request.file",
            template="x",
            recipient=user.email,
            user=holder,
            context={"name": word},
            topic="other",
            why="x",
            dedupe_key=f"message:{word}:{number}",
            state="sent",
            sent_at=NOON,
            created_at=NOON,
            not_before=NOON,
        )
    subscribe(
        user,
        Wanted(
            name=f"hook of {word}", url=f"https://{word}.example.org/", events=["request.filed"]
        ),
        at=NOON,
    )


def _claims(user: User, word: str, item: Request, make_upload: Maker) -> None:
    claim = Claim.objects.create(
        request=item,
        place=1,
        number=f"{item.number}/1",
        service="heating",
        month=date(2026, 3, 1),
        account=f"acc {word}",
        body={},
        figures={},
        found={},
        charge_rub=100,
        amount_rub=50,
        status=ClaimStatus.WITHDRAWN,
        filed_at=NOON,
        changed_at=NOON,
    )
    ClaimEvent.objects.create(
        claim=claim,
        at=NOON,
        step="file",
        status=ClaimStatus.SENT,
        author="resident",
        user=user,
        text=f"pay, says {word}",
    )
    paper = file_of(
        user, f"{word}-bill", make_upload, size=4, media_type="application/pdf", claimed_at=NOON
    )
    ClaimPaper.objects.create(claim=claim, upload=paper)


def _outreach(user: User, word: str, item: Request, *, operator: User) -> None:
    named = {"name": f"{word} name", "email": user.email, "user": user}
    Question.objects.create(
        topic="bills",
        text=f"why, asks {word}",
        asked_at=NOON,
        answer_by=NOON,
        answer=f"so, {word}",
        answered_at=NOON,
        answered_by=operator,
        **named,
    )
    host, _new = Host.objects.get_or_create(name="Host", post="Chief")
    start = NOON + timedelta(days=100, hours=user.pk)
    slot = Slot.objects.create(
        host=host,
        during=DateTimeTZRange(start, start + timedelta(minutes=20)),
        kind="office",
        place="room",
    )
    booked = Booking.objects.create(
        slot=slot, phone=user.phone, question=f"about {word}", made_at=NOON, **named
    )
    BookingStep.objects.create(
        booking=booked, deed="recorded", reason=f"as {word} asked", by=operator, at=NOON
    )
    Waiting.objects.create(host=host, email=user.email, asked_at=NOON)
    back = CallBack.objects.create(
        starts_at=LATER + timedelta(minutes=5),
        line=user.pk,
        phone=user.phone,
        topic="bills",
        question=f"call {word}",
        made_at=NOON,
        **named,
    )
    for about in ({"call_back": back}, {"request": item}):
        Call.objects.create(
            operator=operator,
            started_at=NOON,
            ended_at=NOON,
            outcome="answered",
            phone=user.phone,
            name=word,
            asked=f"asked by {word}",
            answer=f"answered {word}",
            note=f"note about {word}",
            **about,
        )
    seminar, _new = Seminar.objects.get_or_create(
        title="Bills",
        defaults={
            "topic": "bills",
            "about": "x",
            "speaker": "x",
            "place": "room",
            "capacity": 10,
            "closes_at": LATER,
            "state": "open",
        },
    )
    sign_up = SignUp.objects.create(
        seminar=seminar,
        code=f"C{user.pk}",
        phone=user.phone,
        state="waiting",
        made_at=NOON,
        **named,
    )
    Certificate.objects.create(number=f"N-{user.pk}", sign_up=sign_up, issued_at=NOON, meetings=1)
    Feedback.objects.create(sign_up=sign_up, mark=5, text=f"liked by {word}", at=NOON)
