"""Models of suggestions in admin: what each version was measured at, and where it errs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from requests_app.admin.titles import PluralTitle
from requests_app.models import Category, SuggestionModel

CONFUSED = 25
RARE = 5


@dataclass(frozen=True)
class Pair:
    """A matter taken for another one."""

    true: str
    said: str
    count: int
    percent: int


@dataclass(frozen=True)
class Line:
    """A line of the table by service: the true one, and what was said, column by column."""

    name: str
    cells: tuple[tuple[int, bool], ...]
    percent: int


@dataclass(frozen=True)
class Matter:
    """A matter with its F1."""

    name: str
    texts: int
    f1: str


@admin.register(SuggestionModel)
class SuggestionModelAdmin(PluralTitle, admin.ModelAdmin):
    """Read only: a version is made by the nightly lesson alone, and uploaded by nobody."""

    list_display = ("trained_at", "used", "accuracy", "macro_f1", "in_best", "learnt", "held_out")
    list_display_links = ("trained_at",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave the megabytes of numbers where they are."""
        return super().get_queryset(request).defer("vocabulary", "weights", "bias", "classes")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: a model from elsewhere is no model."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: figures are what they were measured at."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: old versions go by themselves."""
        return False

    @admin.display(description=_("in use"), boolean=True, ordering="is_used")
    def used(self, version: SuggestionModel) -> bool:
        """Whether this version suggests now."""
        return version.is_used

    @admin.display(description=_("right at once"))
    def accuracy(self, version: SuggestionModel) -> str:
        """Accuracy."""
        return percent(version.metrics["accuracy"])

    @admin.display(description=_("macro-F1"))
    def macro_f1(self, version: SuggestionModel) -> str:
        """The mean F1 of all matters."""
        return percent(version.metrics["macro_f1"])

    @admin.display(description=_("among three"))
    def in_best(self, version: SuggestionModel) -> str:
        """How often the true matter is one of the three suggested."""
        return percent(version.metrics["in_best_three"])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the figures, the table of confusion and the F1 of each matter."""
        if not self.has_view_permission(request):
            return super().change_view(request, object_id, form_url, extra_context)
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        names, tops, top_names = _tree()
        confusion = [(true, said, count) for true, said, count in version.metrics["confusion"]]
        columns, lines = _by_service(confusion, tops, top_names)
        rows = [
            (label, percent(version.metrics[key]), percent(version.before[key]))
            for key, label in (
                ("accuracy", _("The first suggestion is right")),
                ("in_best_three", _("The true matter is among the three")),
                ("macro_f1", _("Macro-F1: every matter weighs the same")),
            )
        ]
        return TemplateResponse(
            request,
            "admin/requests_app/suggestionmodel/version.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("Model of suggestions"),
                "version": version,
                "rows": rows,
                "columns": columns,
                "lines": lines,
                "pairs": _confused(confusion, names),
                "matters": _matters(version, confusion, names),
                "rare": RARE,
            },
        )


def percent(share: float) -> str:
    """Return a share as a percentage with one decimal."""
    return f"{formats.number_format(share * 100, 1)} %"


def _tree() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return names by code, the service of each matter, and the services in their order."""
    names: dict[str, str] = {}
    tops: dict[str, str] = {}
    top_names: dict[str, str] = {}
    for slug, name, top in Category.objects.order_by("position", "slug").values_list(
        "slug", "name", "parent__slug"
    ):
        names[slug] = name
        tops[slug] = top or slug
        if not top:
            top_names[slug] = name
    return names, tops, top_names


def _by_service(
    confusion: list[tuple[str, str, int]], tops: dict[str, str], top_names: dict[str, str]
) -> tuple[list[str], list[Line]]:
    counts: Counter[tuple[str, str]] = Counter()
    for true, said, count in confusion:
        counts[tops.get(true, true), tops.get(said, said)] += count
    order = [slug for slug in top_names if any(slug in pair for pair in counts)]
    if any(said == "" for _true, said in counts):
        order.append("")
    lines = []
    for true in order:
        whole = sum(counts[true, said] for said in order)
        if whole:
            cells = tuple((counts[true, said], true == said) for said in order)
            name = top_names.get(true, true)
            lines.append(Line(name, cells, round(counts[true, true] * 100 / whole)))
    return [str(top_names.get(slug, _("nothing"))) for slug in order], lines


def _confused(confusion: list[tuple[str, str, int]], names: dict[str, str]) -> list[Pair]:
    wholes: Counter[str] = Counter()
    for true, _said, count in confusion:
        wholes[true] += count
    wrong = sorted(
        (one for one in confusion if one[0] != one[1]), key=lambda one: (-one[2], one[0], one[1])
    )
    return [
        Pair(
            names.get(true, true),
            str(names.get(said, said) or _("nothing")),
            count,
            round(count * 100 / wholes[true]),
        )
        for true, said, count in wrong[:CONFUSED]
    ]


def _matters(
    version: SuggestionModel, confusion: list[tuple[str, str, int]], names: dict[str, str]
) -> list[Matter]:
    texts: Counter[str] = Counter()
    for true, _said, count in confusion:
        texts[true] += count
    worst_first = sorted(version.metrics["f1"].items(), key=lambda one: (one[1], one[0]))
    return [Matter(names.get(slug, slug), texts[slug], percent(f1)) for slug, f1 in worst_first]
