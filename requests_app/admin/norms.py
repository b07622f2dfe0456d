"""Norms at the desk of the editors: dated rules, a new one closing the one before."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.contrib.postgres.forms import DateRangeField, RangeWidget
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.audit import AuditedAdmin, Table
from requests_app.admin.titles import PluralTitle
from requests_app.deadlines import Limit, Unit
from requests_app.models import Category, Norm
from requests_app.reference.reading import LIMITS

MOVES_NOTHING = _(
    "An edit holds for requests filed from now on. Those already filed keep the norm, the text and "
    "the due time they were promised."
)
NEW_LIMIT = _(
    "To change a limit, add a norm with the day from which it holds: the one in force until then "
    "is closed on that day by itself."
)


class NormForm(forms.ModelForm):
    """A norm; says in words what the database would only refuse."""

    in_force = DateRangeField(
        label=_("In force"),
        required=True,
        widget=RangeWidget(AdminDateWidget()),
        help_text=_("From which day, and before which one; the second is empty while it holds."),
    )

    class Meta:
        model = Norm
        fields = (
            "category",
            "in_force",
            "answers",
            "second_answers",
            "utility",
            *(f"{name}_{part}" for name in LIMITS for part in ("amount", "unit")),
            "window_start",
            "window_end",
            "clause",
            "text",
            "source",
            "confidence",
        )

    # The norm that this one follows; closed on its first day when it is saved.
    follows: Norm | None = None

    def clean_category(self) -> Category:
        """Return the matter; only exact ones have norms."""
        category: Category = self.cleaned_data["category"]
        if category.parent_id is None:
            raise forms.ValidationError(_("A norm belongs to an exact matter, not to a top."))
        return category

    def clean(self) -> dict[str, Any]:
        """Check limits and period, each with its error beside the field."""
        values = super().clean() or {}
        self._check_limits(values)
        opens, closes = values.get("window_start"), values.get("window_end")
        if (opens is None) != (closes is None) or (opens and closes and opens >= closes):
            self.add_error("window_end", _("Name both ends of the window, the earlier one first."))
        if values.get("in_force") and values.get("category"):
            self._check_period(values["category"], values["in_force"])
        return values

    def _check_limits(self, values: dict[str, Any]) -> None:
        if all(values.get(f"{name}_amount") is None for name in LIMITS):
            self.add_error("fix_amount", _("Name at least one time limit."))
        for name in LIMITS:
            amount, unit = values.get(f"{name}_amount"), values.get(f"{name}_unit")
            if amount == 0:
                self.add_error(f"{name}_amount", _("No time at all is no limit."))
            if (amount is None) != (not unit):
                self.add_error(f"{name}_amount", _("Give the number together with its unit."))

    def _check_period(self, category: Category, period: DateRange) -> None:
        if period.lower is None:
            self.add_error("in_force", _("Name the first day."))
            return
        others = Norm.objects.filter(category=category, in_force__overlap=period).exclude(
            pk=self.instance.pk
        )
        for other in others:
            starts = other.in_force.lower
            if self.instance.pk is None and other.in_force.upper is None and starts < period.lower:
                self.follows = other
            else:
                self.add_error(
                    "in_force",
                    _("Another norm is in force then: %(period)s.")
                    % {"period": period_words(other.in_force)},
                )

    def _get_validation_exclusions(self) -> set[str]:
        # Periods are compared above, in words; the model would count the norm about to be closed.
        excluded = super()._get_validation_exclusions()  # type: ignore[misc]
        return {*excluded, "in_force"}


class InForceFilter(admin.SimpleListFilter):
    """Show the norms of today, or what was and what will be."""

    title = _("in force")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the three times."""
        return [("today", _("today")), ("over", _("no longer")), ("ahead", _("not yet"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Norm]) -> QuerySet[Norm]:
        """Return the norms of the chosen time."""
        today = timezone.localdate()
        match self.value():
            case "today":
                return rows.filter(in_force__contains=today)
            case "over":
                return rows.filter(in_force__fully_lt=DateRange(today, None))
            case "ahead":
                return rows.filter(in_force__startswith__gt=today)
        return rows


@admin.register(Norm)
class NormAdmin(AuditedAdmin, PluralTitle):
    """Dated rules; a new one closes the one before on its first day."""

    audits = (Table("requests_app.NormAudit"),)
    form = NormForm
    list_display = ("category", "period", "answers", "limits", "clause", "confidence")
    list_filter = (InForceFilter, "confidence", "answers", "category__parent")
    search_fields = ("category__name", "=category__slug", "clause", "text")
    ordering = ("category__position", "-in_force")
    list_per_page = 200
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("category",)
    show_full_result_count = False
    autocomplete_fields = ("category",)
    fieldsets = (
        (None, {"fields": ("category", "in_force"), "description": NEW_LIMIT}),
        (_("Who answers"), {"fields": ("answers", "second_answers", "utility")}),
        (
            _("Time limits"),
            {
                "fields": (
                    *((f"{name}_amount", f"{name}_unit") for name in LIMITS),
                    ("window_start", "window_end"),
                ),
                "description": MOVES_NOTHING,
            },
        ),
        (_("What the law says"), {"fields": ("clause", "text", "source", "confidence")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Norm | None = None) -> Any:
        """Tell whoever only reads the period in words."""
        parts = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return parts
        return [(None, {"fields": ("category", "period"), "description": NEW_LIMIT}), *parts[1:]]

    def get_readonly_fields(self, request: HttpRequest, obj: Norm | None = None) -> Any:
        """Name the period among what is only read."""
        return ("period",)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Norm, form: Any, change: bool) -> None:  # noqa: FBT001
        """Close the norm that this one follows, then save."""
        follows: Norm | None = getattr(form, "follows", None)
        if follows is not None:
            follows.in_force = DateRange(follows.in_force.lower, obj.in_force.lower)
            follows.save(update_fields=["in_force"])
            messages.info(
                request,
                _("The norm before is now in force %(period)s.")
                % {"period": period_words(follows.in_force)},
            )
        super().save_model(request, obj, form, change)

    @admin.display(description=_("in force"), ordering="in_force")
    def period(self, norm: Norm) -> str:
        """Return the period in words."""
        return period_words(norm.in_force)

    @admin.display(description=_("time limits"))
    def limits(self, norm: Norm) -> str:
        """Return the limits in words."""
        return limits_words(norm)


def period_words(period: DateRange) -> str:
    """Return «с 01.01.2020 по 31.08.2026»: the last day is named, not the one after."""
    first = f"{period.lower:%d.%m.%Y}"
    if period.upper is None:
        return str(_("from %(first)s") % {"first": first})
    last = date.fromordinal(period.upper.toordinal() - 1)
    return str(_("from %(first)s to %(last)s") % {"first": first, "last": f"{last:%d.%m.%Y}"})


def limits_words(norm: Norm) -> str:
    """Return «осмотреть за 2 часа, устранить за 16 часов»."""
    limits = norm.limits()
    said = [
        (_("react within %(length)s"), limits.react),
        (_("inspect within %(length)s"), limits.inspect),
        (_("fix within %(length)s"), limits.fix),
        (_("answer within %(length)s"), limits.answer),
    ]
    return ", ".join(str(words % {"length": _length(limit)}) for words, limit in said if limit)


def _length(limit: Limit) -> str:
    count = limit.amount
    match limit.unit:
        case Unit.MINUTES:
            words = ngettext("%(count)d minute", "%(count)d minutes", count)
        case Unit.HOURS:
            words = ngettext("%(count)d hour", "%(count)d hours", count)
        case Unit.DAYS:
            words = ngettext("%(count)d day and night", "%(count)d days and nights", count)
        case Unit.WORKING_DAYS:
            words = ngettext("%(count)d working day", "%(count)d working days", count)
        case Unit.CALENDAR_DAYS:
            words = ngettext("%(count)d calendar day", "%(count)d calendar days", count)
    return words % {"count": count}
