"""The work list's filters: matter, executor, district, operator, channel, dates."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from disclosure.models import Building, ManagementCompany, ResourceSupplier
from requests_app.desk import organisations
from requests_app.models import Category, Request
from requests_app.querysets import RequestQuerySet
from requests_app.statuses import Channel, Status

NOBODY = "none"


def category_choices() -> list[tuple[str, Any]]:
    """Return the tree as a select shows it: each top matter whole, then its leaves."""
    tree: dict[int, tuple[Category, list[Category]]] = {}
    leaves = []
    for matter in Category.objects.order_by("position", "slug"):
        if matter.parent_id is None:
            tree[matter.pk] = (matter, [])
        else:
            leaves.append(matter)
    for matter in leaves:
        tree[matter.parent_id or 0][1].append(matter)
    return [
        (
            top.name,
            [
                (top.slug, _("%(matter)s: all") % {"matter": top.name}),
                *((leaf.slug, leaf.name) for leaf in below),
            ],
        )
        for top, below in tree.values()
    ]


def operator_choices() -> list[tuple[str, str]]:
    """Return the staff who may be answerable for a request, and «nobody»."""
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("name", "email")
    return [(NOBODY, _("Nobody")), *((str(user.pk), user.get_full_name()) for user in staff)]


def district_choices() -> list[tuple[str, str]]:
    """Return the districts of the register."""
    names = Building.objects.exclude(district="").order_by("district")
    return [(name, name) for name in names.values_list("district", flat=True).distinct()]


class WorkListFilter(django_filters.FilterSet):
    """Narrows the work list; what it cannot read it says beside the field."""

    status = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Status"),
        choices=Status.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    category = django_filters.ChoiceFilter(
        label=gettext_lazy("Matter"), choices=category_choices, method="by_category"
    )
    executor = django_filters.CharFilter(
        label=gettext_lazy("Executor"), method="by_executor", max_length=100
    )
    district = django_filters.ChoiceFilter(
        label=gettext_lazy("District"), choices=district_choices, field_name="building__district"
    )
    operator = django_filters.ChoiceFilter(
        label=gettext_lazy("Operator"), choices=operator_choices, method="by_operator"
    )
    channel = django_filters.ChoiceFilter(label=gettext_lazy("Channel"), choices=Channel.choices)
    emergency = django_filters.BooleanFilter(
        label=gettext_lazy("Emergencies only"), method="by_emergency", widget=forms.CheckboxInput
    )
    since = django_filters.DateFilter(
        label=gettext_lazy("Filed from"),
        method="by_since",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = django_filters.DateFilter(
        label=gettext_lazy("Filed until"),
        method="by_until",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = Request
        fields = ()

    def by_category(self, rows: RequestQuerySet, _name: str, slug: str) -> RequestQuerySet:
        """Keep a matter, or all matters below a top one."""
        return rows.about(slug)

    def by_executor(self, rows: RequestQuerySet, _name: str, words: str) -> RequestQuerySet:
        """Keep the requests of the organisations that the words name."""
        found = [organisations.read(choice.code) for choice in organisations.named(words)]
        companies = [new.company for new in found if new and new.company]
        suppliers = [new.supplier for new in found if new and new.supplier]
        inns = [
            *ManagementCompany.objects.filter(pk__in=companies).values_list("inn", flat=True),
            *ResourceSupplier.objects.filter(pk__in=suppliers).values_list("inn", flat=True),
        ]
        if all(inns):
            # One column, so that an index gives the rows in order.
            return rows.filter(executor_inn__in=inns)
        return rows.filter(Q(company__in=companies) | Q(supplier__in=suppliers))

    def by_operator(self, rows: RequestQuerySet, _name: str, chosen: str) -> RequestQuerySet:
        """Keep one operator's requests, or those of nobody."""
        if chosen == NOBODY:
            return rows.filter(assigned_to=None)
        return rows.assigned_to(int(chosen))

    def by_emergency(self, rows: RequestQuerySet, _name: str, only: object) -> RequestQuerySet:
        """Keep emergencies when asked to."""
        return rows.filter(is_emergency=True) if only else rows

    def by_since(self, rows: RequestQuerySet, _name: str, day: Any) -> RequestQuerySet:
        """Keep what was filed on the day or later, in the city's zone."""
        return rows.filed_between(day, None)

    def by_until(self, rows: RequestQuerySet, _name: str, day: Any) -> RequestQuerySet:
        """Keep what was filed on the day or before."""
        return rows.filed_between(None, day)
