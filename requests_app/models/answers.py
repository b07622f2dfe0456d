"""What operators keep for themselves and their colleagues: filters and ready answers."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.desk import answers


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Saved filters."""

    def usable_by(self, user_id: int) -> models.QuerySet[SavedFilter]:
        """Return the operator's own filters and those that colleagues share."""
        return self.filter(Q(owner_id=user_id) | Q(is_shared=True))


class SavedFilter(models.Model):
    """A set of the work list's filters under a name; never a person's words or phone."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField(_("colleagues see it"), default=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once")
        ]
        indexes = [
            models.Index(fields=["name"], condition=Q(is_shared=True), name="saved_filter_shared")
        ]

    def __str__(self) -> str:
        return self.name


class AnswerTemplate(models.Model):
    """A ready answer with fields in braces, offered in the steps it names."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    steps = ArrayField(
        models.CharField(max_length=24),
        verbose_name=_("where it is offered"),
        help_text=_("Nothing chosen: everywhere."),
        blank=True,
        default=list,
    )
    text = models.TextField(_("text"), max_length=3000)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_used = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("answer template")
        verbose_name_plural = _("answer templates")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a field that does not exist."""
        try:
            answers.check(self.text)
        except answers.UnknownFields as unknown:
            raise ValidationError({"text": str(unknown)}) from None
