"""What other systems send by the thousand: batches of rows, each with an answer of its own."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from requests_app.querysets_exchange import ExchangeBatchQuerySet


class ExchangeKind(models.TextChoices):
    """What the rows say."""

    STATES = "states", _("states and acts from an executor")
    LETTERS = "letters", _("letters from an outside portal")


class BatchState(models.TextChoices):
    """Where the work on a batch stands."""

    # A file that somebody looks through before it is taken.
    SEEN = "seen", pgettext_lazy("exchange", "looked through, not sent yet")
    WAITING = "waiting", pgettext_lazy("exchange", "waits")
    RUNNING = "running", pgettext_lazy("exchange", "is being worked on")
    FINISHED = "finished", pgettext_lazy("exchange", "finished")


class RowAnswer(models.TextChoices):
    """What a row is answered."""

    WAITING = "", pgettext_lazy("exchange row", "waits")
    DONE = "done", pgettext_lazy("exchange row", "done")
    SAME = "same", pgettext_lazy("exchange row", "so already")
    TO_SORT = "to_sort", pgettext_lazy("exchange row", "staff will sort it out")
    REFUSED = "refused", pgettext_lazy("exchange row", "refused")


class ExchangeBatch(models.Model):
    """
    Rows sent together; a worker takes them in parts.

    A part and its answers are one transaction: a worker that dies loses nothing and repeats
    nothing, the next one goes on from the first row without an answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("what it is"), max_length=8, choices=ExchangeKind)
    # The outside portal, for letters.
    source = models.CharField(_("source"), max_length=16, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who sent it"),
    )
    # Whom the sender spoke for: who speaks for fewer does not read the batch.
    inns = ArrayField(models.CharField(max_length=12), default=list)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    # Answers are written in the sender's language.
    language = models.CharField(max_length=8, default="ru")
    sent_at = models.DateTimeField(_("sent"))
    state = models.CharField(
        _("state"), max_length=8, choices=BatchState, default=BatchState.WAITING
    )
    rows = models.PositiveIntegerField(_("rows"))
    done = models.PositiveIntegerField(_("rows done"), default=0)
    same = models.PositiveIntegerField(_("so already"), default=0)
    to_sort = models.PositiveIntegerField(_("to sort out"), default=0)
    refused = models.PositiveIntegerField(_("rows refused"), default=0)
    moved_at = models.DateTimeField(_("last part"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = ExchangeBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch from another system")
        verbose_name_plural = _("batches from other systems")
        ordering = ["-sent_at", "-id"]
        indexes = [
            models.Index(
                fields=["moved_at"],
                condition=Q(state__in=[BatchState.WAITING, BatchState.RUNNING]),
                name="exchange_unfinished",
            ),
            models.Index(fields=["kind", "-sent_at", "-id"], name="exchange_by_kind"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def answered(self) -> int:
        """How many rows have their answer."""
        return self.done + self.same + self.to_sort + self.refused


class ExchangeRow(models.Model):
    """One row of a batch: what it said until it is answered, and the answer."""

    batch = models.ForeignKey(ExchangeBatch, models.CASCADE, related_name="lines")
    # As it was sent, from 1; and as it is worked on.
    place = models.PositiveIntegerField()
    turn = models.PositiveIntegerField()
    # The sender's own name of the row: a client_id, or the outside number.
    key = models.CharField(max_length=200, blank=True)
    number = models.CharField(_("number"), max_length=64, blank=True)
    # Emptied with the answer: it may name a person.
    body = models.JSONField(default=dict)
    answer = models.CharField(_("answer"), max_length=8, choices=RowAnswer, blank=True)
    code = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=60, blank=True)
    message = models.CharField(_("reason"), max_length=500, blank=True)
    version = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("row of a batch")
        verbose_name_plural = _("rows of batches")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="exchange_row_place"),
        ]
        indexes = [
            models.Index(
                fields=["batch", "turn"], condition=Q(answer=""), name="exchange_row_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.place}"
