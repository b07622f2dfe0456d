"""Guides, what readers think of them, and what people looked for in vain."""

from __future__ import annotations

from datetime import date, timedelta

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat, Lower, Replace
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from outreach.querysets import GuideQuerySet, UnansweredQuerySet
from requests_app.models import Category
from requests_app.models.categories import Confidence

# How long a reading by somebody who knows the law is trusted.
REVIEW_EVERY = timedelta(days=180)


def _plain(*names: str) -> Replace:
    """Return the fields as one lower-case text in which «ё» is «е», as everybody types it."""
    text = models.TextField()
    parts: list[Lower | Value] = []
    for name in names:
        parts += [Lower(name, output_field=text), Value(" ", output_field=text)]
    return Replace(Concat(*parts), Value("ё"), Value("е"), output_field=text)


class Topic(models.TextChoices):
    """Shelves of the guides, in the order people look for them."""

    EMERGENCY = "emergency", _("Danger and leaks")
    UTILITIES = "utilities", _("Heat, water, light")
    HOUSE = "house", _("House and entrance")
    YARD = "yard", _("Yard and waste")
    BILLS = "bills", _("Bills and recalculation")
    MANAGEMENT = "management", _("Running the house")
    RIGHTS = "rights", _("Where to turn and what to demand")


@pghistory.track(
    model_name="GuideAudit", append_only=True, exclude=["search", "words", "loaded_hash"]
)
class Guide(models.Model):
    """A short answer to a real question, with the clauses it rests on."""

    slug = models.SlugField(_("code"), max_length=64, unique=True)
    title = models.CharField(_("name"), max_length=120)
    question = models.CharField(_("question as people ask it"), max_length=200)
    topic = models.CharField(_("shelf"), max_length=12, choices=Topic)
    summary = models.TextField(
        _("what to do right now"), help_text=_("One or two sentences; shown beside a request too.")
    )
    body = models.TextField(
        _("text"), help_text=_("Markdown: ## heading, 1. step, - line, **bold**, [words](address).")
    )
    keywords = models.TextField(
        _("everyday words"), blank=True, help_text=_("Separated by commas; used by search.")
    )
    clauses = models.TextField(_("clauses"), help_text=_("One a line."))
    sources = models.TextField(_("sources"), help_text=_("Full names of the acts, one a line."))
    confidence = models.CharField(
        _("confidence"), max_length=8, choices=Confidence, default=Confidence.LIKELY
    )
    categories = models.ManyToManyField(
        Category, related_name="guides", blank=True, verbose_name=_("shown with these matters")
    )
    filing_category = models.ForeignKey(
        Category,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("matter of a request filed from here"),
    )
    reviewed_on = models.DateField(_("last reviewed"))
    review_due_on = models.DateField(_("next review"), blank=True)
    is_published = models.BooleanField(_("published"), default=True)
    # Fingerprint of the values last loaded from the file: tells an edit made here.
    loaded_hash = models.CharField(max_length=64, blank=True, editable=False)
    search = models.GeneratedField(
        expression=SearchVector(
            _plain("title", "question", "keywords"), config="russian", weight="A"
        )
        + SearchVector(_plain("summary"), config="russian", weight="B")
        + SearchVector(_plain("body"), config="russian", weight="D"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    # What misspelt words are compared with.
    words = models.GeneratedField(
        expression=_plain("title", "question", "keywords"),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        ordering = ["title"]
        indexes = [
            GinIndex("search", name="guide_search", fastupdate=False),
            GinIndex(OpClass("words", "gin_trgm_ops"), name="guide_words", fastupdate=False),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(clauses="") & ~Q(sources=""), name="guide_rests_on_a_clause"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        """Set the day of the next review where nobody chose one."""
        if not self.review_due_on:
            self.review_due_on = next_review(self.reviewed_on)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        """Return the guide's page."""
        return reverse("outreach:guide", args=[self.slug])

    def is_review_due(self, day: date) -> bool:
        """Return whether somebody should read it again."""
        return self.review_due_on <= day


def next_review(reviewed_on: date) -> date:
    """Return the day by which a guide reviewed on `reviewed_on` is read again."""
    return reviewed_on + REVIEW_EVERY


class Opinion(models.Model):
    """Whether a guide helped one reader; the reader is a hash of a cookie, no person."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="opinions")
    reader_hash = models.CharField(max_length=64)
    helped = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("guide", "reader_hash", name="opinion_once_per_reader")
        ]

    def __str__(self) -> str:
        return f"{self.guide_id}: {self.helped}"


class UnansweredSearch(models.Model):
    """Words that found no guide, without what could name a person; how often and when last."""

    words = models.CharField(_("what was looked for"), max_length=80, unique=True)
    times = models.PositiveIntegerField(_("times"), default=1)
    last_at = models.DateTimeField(_("last time"))

    objects = UnansweredQuerySet.as_manager()

    class Meta:
        verbose_name = _("search without an answer")
        verbose_name_plural = _("searches without an answer")
        ordering = ["-times", "-last_at"]

    def __str__(self) -> str:
        return self.words
