"""Erasures at the desk: how each stands, and the way for an application on paper."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from contact_center.own_data import erasing
from contact_center.own_data.models import Erasure


class ApplicationForm(forms.ModelForm):
    """A written application: whose account, and under which number it came in."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail of the account"),
        help_text=gettext_lazy("Make sure first that the applicant is its holder."),
    )

    class Meta:
        model = Erasure
        fields = ("application",)
        help_texts: ClassVar = {"application": gettext_lazy("Number and day only, no names.")}

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["application"].required = True

    def clean_email(self) -> str:
        """Find the account; say why it cannot be erased."""
        person = User.objects.filter(email=self.cleaned_data["email"].strip().lower()).first()
        if person is None:
            raise forms.ValidationError(_("There is no account with this address."))
        try:
            erasing.check(person)
        except erasing.Refused as refused:
            raise forms.ValidationError(str(refused)) from None
        self.instance.user = person
        return person.email


@admin.register(Erasure)
class ErasureAdmin(admin.ModelAdmin):
    """Who asked is a number here; nobody edits or deletes a row."""

    list_display = ("id", "account", "state", "asked_at", "due_at", "left", "ended_at", "asked_by")
    list_filter = ("state",)
    list_select_related = ("asked_by",)
    show_full_result_count = False
    actions = ("call_off",)

    @admin.display(description=gettext_lazy("account"), ordering="user")
    def account(self, row: Erasure) -> str:
        """Return the account's number: its name is nobody's to read in a list."""
        return f"#{row.user_id}"

    def get_fields(self, request: HttpRequest, obj: Erasure | None = None) -> tuple[str, ...]:
        """Ask for an address once; afterwards show how it stands."""
        if obj is None:
            return ("email", "application")
        return (
            *("account", "state", "application", "asked_by", "asked_at", "due_at", "began_at"),
            *("looked_at", "left", "ended_at"),
        )

    def get_form(
        self,
        request: HttpRequest,
        obj: Erasure | None = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> Any:
        """Take a new application in by its own form; what is written is only shown."""
        if obj is None:
            kwargs["form"] = ApplicationForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(
        self,
        request: HttpRequest,
        obj: Erasure,
        form: Any,
        change: bool,  # noqa: FBT001
    ) -> None:
        """Ask as the person would; a second application finds the first."""
        assert isinstance(request.user, User)
        row = erasing.ask(obj.user, at=now(), taken_in_by=request.user, application=obj.application)
        obj.pk, obj.due_at, obj.state = row.pk, row.due_at, row.state

    def has_change_permission(self, request: HttpRequest, obj: Erasure | None = None) -> bool:
        """Return False: an erasure is asked for or called off, never edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Erasure | None = None) -> bool:
        """Return False: that somebody was erased must stay."""
        return False

    @admin.action(
        description=gettext_lazy("Call off, on the applicant's word"), permissions=["add"]
    )
    def call_off(self, request: HttpRequest, rows: QuerySet[Erasure]) -> None:
        """Call off those that have not begun."""
        done = sum(erasing.call_off(row.pk, at=now()) for row in rows)
        messages.info(request, _("Called off: %(count)d.") % {"count": done})
