"""
What nobody may read, by the model and column that holds it, with a word planted in each.

A column that sounds like a person's or like a secret stands in one of two lists: planted, or
exempt with the reason. A new one fails `test_public_answers.py` until somebody has thought.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pgtrigger
from django.apps import apps
from django.db import models
from django.utils import timezone

# Columns that sound like a person's words, their address, or a key to something.
_SOUNDS = re.compile(
    r"name|phone|email|flat|contact|address|recipient|token|secret|key|hash|question|text|note"
    r"|descri|asked|answer|follow|payload|body|context|raw|url|account|judge|facts|demands|record$"
    r"|reason|remark|seed|fingerprint|result|label|signer|for_whom|caller|holder|chat|data"
    r"|attempted|content|link|court|writ|paper|matter|title|message|error|household|audience|attachments|subject"
)
_TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
_OURS = (
    *("accounts", "notifications", "disclosure", "requests_app", "claims", "outreach", "ratings"),
    "contact_center",
)

# Columns with «=» keep their value, which is itself the secret.
PLANTED = {
    "accounts.ApiToken": "=key_hash name",
    "accounts.IdempotentCall": "=key_hash =fingerprint result",
    "accounts.Upload": "=storage_key holder",
    "accounts.User": "email name phone",
    "claims.CaseEvent": "text",
    "claims.CaseHearing": "note result",
    "claims.CaseParty": "name address phone email",
    "claims.Claim": "account body",
    "claims.ClaimEvent": "text",
    "claims.ClaimSpan": "household",
    "claims.CourtCase": (
        "court court_address court_number judge subject facts demands attachments writ_number"
    ),
    "disclosure.CorrectionRequest": "text email answer",
    "disclosure.Draft": "content",
    "disclosure.Residence": "flat",
    "notifications.Destination": "address keys label",
    "notifications.FanOut": "context",
    "notifications.Follow": "email",
    "notifications.InboxItem": "context",
    "notifications.LinkCode": "=code_hash",
    "notifications.Message": "recipient context last_error",
    "notifications.SentLetter": "raw",
    "notifications.Subscription": "address",
    "notifications.WebhookAttempt": "answer error",
    "notifications.WebhookEvent": "facts",
    "notifications.WebhookSubscription": "name url",
    "outreach.Booking": "name email phone question record",
    "outreach.BookingStep": "reason",
    "outreach.Call": "phone name asked answer note follow_up",
    "outreach.CallBack": "name phone email question",
    "outreach.Feedback": "text",
    "outreach.OfficeHolder": "name phone email consent_paper",
    "outreach.Question": "text name email answer decline_reason",
    "outreach.Seminar": "online_link",
    "outreach.SignUp": "name email phone",
    "outreach.Waiting": "email",
    "requests_app.Act": "signer",
    "requests_app.ChatFollow": "chat",
    "requests_app.Draft": "answers",
    "requests_app.ExchangeRow": "body message",
    "requests_app.HeardRequest": "caller",
    "requests_app.IncidentProposal": "reason",
    "requests_app.OutsideLetter": "address matter payload reason",
    "requests_app.RefusedSave": "attempted",
    "requests_app.RemotePhoto": "url",
    "requests_app.RepairLink": "=token_hash for_whom",
    "requests_app.Request": "=code_hash flat description",
    "requests_app.RequestContact": "name email phone",
    "requests_app.RequestEvent": "text data",
    "requests_app.SavedFilter": "name",
}

# By model, or by model and column: why what stands there is no secret.
EXEMPT = {
    "accounts.Consent": "the edition of a public text",
    "accounts.ContactLook": "whose contact was seen, by number",
    "accounts.Upload.thumbnail_key": "made of the name of the file, which is planted",
    "claims.AidGround": "law",
    "claims.CaseDocument": "files of a case; who gets them: tests/claims/test_court_pages.py",
    "claims.Claim.executor_name": "an organisation",
    "claims.ClaimVersion": "earlier forms of a claim, shown nowhere but beside it",
    "claims.DutyStep": "law",
    "claims.FigureRow": "law",
    "claims.Recount": "figures, shown nowhere but beside the claim",
    "claims.WorkWon.executor_name": "an organisation",
    "disclosure.Building": "the public register",
    "disclosure.DisclosureForm": "law",
    "disclosure.DisclosureValue": "published by law",
    "disclosure.ImportRun": "names of files of the public register",
    "disclosure.ManagementCompany": "organisations, whose phones are published by law",
    "disclosure.OpenDataArchive": "files for everybody",
    "disclosure.OpenDataFile": "files for everybody",
    "disclosure.PublicationReturn": "why a publication was sent back, published beside it",
    "disclosure.ResourceSupplier": "organisations, whose phones are published by law",
    "disclosure.StaleSave": "a draft's other half, shown to whoever drafts",
    "disclosure.Street": "the public register",
    "notifications.FanOut.dedupe_key": "names events by number",
    "notifications.Follow.label": "what is followed, in public words",
    "notifications.Gate": "how a channel works",
    "notifications.InboxItem.dedupe_key": "names events by number",
    "notifications.LetterText": "texts of letters, with blanks",
    "notifications.Message.dedupe_key": "names events by number",
    "notifications.RelayBeat": "names of processes",
    "notifications.WorkDeed": "why staff held work back; shown in admin alone, names nobody",
    "outreach.AgendaKind": "law",
    "outreach.Certificate": "whoever has its number may check it: that is what it is for",
    "outreach.Guide": "for everybody",
    "outreach.Host": "officials who receive in public",
    "outreach.Material": "for everybody",
    "outreach.Meeting": "the programme",
    "outreach.Opinion": "a keyed digest that names nobody",
    "outreach.Question.public_answer": "for everybody",
    "outreach.Question.public_question": "for everybody",
    "outreach.Seminar": "the programme",
    "outreach.Tos": "for everybody",
    "outreach.TosNews": "for everybody",
    "outreach.TosProject": "for everybody",
    "ratings": "published, objections with their decisions too",
    "requests_app.AnswerTemplate": "words of the desk for everybody",
    "requests_app.Batch": "a key of one press of an operator",
    "requests_app.CalendarDay": "days off",
    "requests_app.Category": "for everybody",
    "requests_app.ExchangeBatch": "a name of a file that a company or an operator chose",
    "requests_app.ExchangeRow.key": "the sender's number",
    "requests_app.Figure": "counts by organisation and district",
    "requests_app.Incident": "told to everybody",
    "requests_app.IncidentUpdate": "told to everybody",
    "requests_app.Norm": "law",
    "requests_app.OutsideLetter.fingerprint": "a digest that opens nothing",
    "requests_app.OutsideMatter": "names that portals give to matters",
    "requests_app.QuietPlace": "counts by house",
    "requests_app.Request.executor_name": "an organisation",
    "requests_app.Request.executor_phone": "an organisation",
    "requests_app.Request.norm_text": "law",
}


def _columns() -> Iterator[tuple[str, models.Field[Any, Any]]]:
    """Yield the columns that sound so; tables of history hold what their models hold."""
    for model in apps.get_models():
        meta = model._meta
        if meta.app_label not in _OURS or meta.proxy or not meta.managed:
            continue
        if any(one.name == "pgh_obj" for one in meta.fields):
            continue
        for one in meta.fields:
            if isinstance(one, _TEXT) and not one.choices and _SOUNDS.search(one.name):
                yield meta.label, one


def unsorted() -> list[str]:
    """Return the columns that are in neither list, and rows of the lists that stand for nothing."""
    known, used, found = {}, set(), []
    for label, names in PLANTED.items():
        known[label] = {name.removeprefix("=") for name in names.split()}
    for label, column in _columns():
        if column.name in known.get(label, ()):
            known[label].discard(column.name)
            continue
        reasons = {label.split(".")[0], label, f"{label}.{column.name}"} & set(EXEMPT)
        used |= reasons
        if not reasons:
            found.append(f"{label}.{column.name}")
    found += [f"{label}.{name} is gone" for label, names in known.items() for name in names]
    return found + [f"{one} is exempt for nothing" for one in sorted(set(EXEMPT) - used)]


def plant_secrets() -> dict[str, str]:
    """Put a word of its own into every column of PLANTED; return the words by column."""
    words = {"a phone as people write it": "55-77-33"}
    for label, names in PLANTED.items():
        model = apps.get_model(label)
        rows = model._base_manager
        if not rows.exists():
            a_row(model)
        with ExitStack() as allowed:
            if any(one.name == "append_only" for one in getattr(model._meta, "triggers", ())):
                allowed.enter_context(pgtrigger.ignore(f"{label}:append_only"))
            for name in names.split():
                column = model._meta.get_field(name.removeprefix("="))
                key = f"{label}.{column.name}"
                if name.startswith("="):
                    found = rows.exclude(**{column.name: ""}).values_list(column.name, flat=True)
                    words |= {f"{key} {place}": str(one) for place, one in enumerate(found)}
                else:
                    words[key] = _written(rows, column, len(words))
    return words


def _written(rows: Any, column: models.Field[Any, Any], number: int) -> str:
    word = f"Щъ{number}ы"
    for pk, old in rows.values_list("pk", column.name):
        # Some columns are unique, some are so among the rows of a house.
        value: Any = f"{word}{pk}"[: getattr(column, "max_length", None)]
        if isinstance(column, models.JSONField):
            value = {**old, "planted": word} if isinstance(old, dict) else [word]
        elif isinstance(column, models.BinaryField):
            value = word.encode()
        elif "email" in column.name or column.name == "recipient":
            word = f"secret{number}@planted.example"
            value = f"p{pk}.{word}"
        elif "phone" in column.name:
            word = f"9{number:03}557733"
            value = f"+7{word}"
        elif column.name == "url":
            word = f"planted{number}.example"
            value = f"https://{word}/{pk}"
        rows.filter(pk=pk).update(**{column.name: value})
    return word


def a_row(model: type[models.Model]) -> models.Model:
    """Return a row with what its columns must have, bound to the first rows of other tables."""
    values: dict[str, Any] = {}
    for one in model._meta.fields:
        if one.null or one.has_default() or (one.primary_key and not one.is_relation):
            continue
        if isinstance(one, models.ForeignKey):
            values[one.name] = one.related_model._base_manager.first()  # type: ignore[union-attr]
        elif isinstance(one, models.DateTimeField):
            values[one.name] = timezone.now()
        elif isinstance(one, models.DateField):
            values[one.name] = timezone.localdate()
        elif isinstance(one, models.IntegerField):
            values[one.name] = 1
        elif isinstance(one, models.JSONField):
            values[one.name] = {}
        elif isinstance(one, models.BinaryField):
            values[one.name] = b""
        elif isinstance(one, models.UUIDField):
            values[one.name] = uuid4()
        elif not one.blank:
            values[one.name] = (
                next(iter(one.flatchoices))[0]
                if one.choices
                else uuid4().hex[: getattr(one, "max_length", None)]
            )
    return model._base_manager.create(**values)


def held(words: dict[str, str], text: str) -> list[str]:
    """Return the columns whose words are in the text, plain or as JSON writes them."""
    low = text.lower()
    return [
        key
        for key, word in words.items()
        if word.lower() in low or json.dumps(word)[1:-1].lower() in low
    ]
