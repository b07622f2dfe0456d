"""Questions to the centre's experts, their answers, and what of them everybody may read."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.fields import LowercaseEmailField
from outreach.models.guides import Guide, Topic
from outreach.querysets import QuestionQuerySet


class Question(models.Model):
    """
    One question and its answer.

    The asker's own words and address stay between them and the centre. What is published is a text
    of its own, written by an editor: nothing of the asker's goes out by mistake.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    topic = models.CharField(_("shelf"), max_length=12, choices=Topic)
    text = models.TextField(_("question"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = LowercaseEmailField(_("e-mail"), blank=True)
    may_publish = models.BooleanField(_("the asker lets it be published"), default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="questions"
    )
    asked_at = models.DateTimeField(_("question asked on"))
    answer_by = models.DateTimeField(_("answer by"))

    answer = models.TextField(_("answer"), blank=True, help_text=_("Markdown, as in guides."))
    guide = models.ForeignKey(
        Guide,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("guide that says more"),
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )

    public_question = models.CharField(_("question for everybody"), max_length=300, blank=True)
    public_answer = models.TextField(
        _("answer for everybody"), blank=True, help_text=_("Without names, flats and phones.")
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True, editable=False)
    decline_reason = models.CharField(
        _("why it is not answered"), max_length=600, blank=True, db_default="", editable=False
    )
    # Grows with every change of staff: a program says which one it has seen.
    version = models.IntegerField(default=1, db_default=1, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("public_question", "public_answer", config="russian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question to the experts")
        verbose_name_plural = _("questions to the experts")
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None) | ~Q(public_question="", public_answer=""),
                name="question_published_with_words",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | ~Q(answer="") | Q(erased_at__isnull=False),
                name="question_answered_with_words",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None)
                | (Q(answered_at=None) & (~Q(decline_reason="") | Q(erased_at__isnull=False))),
                name="question_declined_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by", "id"],
                condition=Q(answered_at=None, declined_at=None),
                name="question_to_answer",
            ),
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(published_at__isnull=False),
                name="question_published",
            ),
            GinIndex("search", name="question_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        """Return the address of the published answer."""
        return reverse("outreach:question", args=[self.pk])

    def stands(self, *, at: datetime) -> str:
        """Return one of published, answered, declined, late and waiting."""
        if self.published_at is not None:
            return "published"
        if self.answered_at is not None:
            return "answered"
        if self.declined_at is not None:
            return "declined"
        return "late" if self.answer_by < at else "waiting"


class QuestionTaking(models.Model):
    """Which expert works on a question, so that two do not write the same answer."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="taking")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("expert")
    )
    at = models.DateTimeField(_("taken on"))

    class Meta:
        verbose_name = _("question taken by an expert")
        verbose_name_plural = _("questions taken by experts")

    def __str__(self) -> str:
        return f"#{self.question_id}"
