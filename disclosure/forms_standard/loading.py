"""From the reference file to the database: safe to repeat, never over what was published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from disclosure.forms_standard.definition import digest, to_json
from disclosure.forms_standard.models import DisclosureForm
from disclosure.forms_standard.reference import Edition


class PublishedUnder(Exception):
    """The file changes an edition that companies have published under; it names them."""


@dataclass
class Loaded:
    """What loading did, by the codes of forms."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


@transaction.atomic
def load(editions: list[Edition], *, at: datetime) -> Loaded:
    """
    Make the database say what the file says; raise PublishedUnder and load nothing.

    An edition nobody published under is rewritten in place. One that somebody did publish under
    may only get an end: a changed form needs a new edition with a later `since`.
    """
    done = Loaded()
    kept = {
        (row.code, row.during.lower): row
        for row in DisclosureForm.objects.select_for_update().order_by("id")
    }
    published = set(
        DisclosureForm.objects.filter(publications__isnull=False)
        .distinct()
        .values_list("pk", flat=True)
    )
    wanted = {(edition.form.code, edition.since): edition for edition in editions}
    refused = [
        f"{code} ({since:%d.%m.%Y})"
        for (code, since), edition in wanted.items()
        if (row := kept.get((code, since)))
        and row.pk in published
        and row.digest != digest(edition.form)
    ]
    if refused:
        raise PublishedUnder(", ".join(refused))
    # An edition is shortened before its successor begins: the two must not overlap even inside
    # the transaction.
    for key, row in kept.items():
        if key not in wanted:
            done.gone.append(row.code)
        elif row.during.upper != wanted[key].until:
            row.during = DateRange(key[1], wanted[key].until)
            row.save(update_fields=["during"])
            done.changed.append(row.code)
    for key, edition in wanted.items():
        _store(kept.get(key), edition, done, at=at)
    return done


def _store(row: DisclosureForm | None, edition: Edition, done: Loaded, *, at: datetime) -> None:
    form = edition.form
    values = {
        "title": form.title,
        "subject": form.subject.value,
        "is_yearly": form.is_yearly,
        "position": edition.position,
        "definition": to_json(form),
        "digest": digest(form),
    }
    if row is None:
        DisclosureForm.objects.create(
            code=form.code,
            during=DateRange(edition.since, edition.until),
            loaded_at=at,
            **values,
        )
        done.added.append(form.code)
    elif any(getattr(row, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(row, name, value)
        row.loaded_at = at
        row.save(update_fields=[*values, "loaded_at"])
        if form.code not in done.changed:
            done.changed.append(form.code)
    elif form.code not in done.changed:
        done.same.append(form.code)
