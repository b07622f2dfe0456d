"""Accounts, representatives and tokens in the operators' workplace."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from stdnum.exceptions import ValidationError as BadNumber
from stdnum.ru import inn

from accounts.audit import AuditedAdmin, Table
from accounts.forms import PhoneField
from accounts.models import ApiToken, CompanyRepresentative, Consent, ContactLook, User
from accounts.scopes import in_words


class NewUserForm(AdminUserCreationForm):
    """A new account; without a password its holder signs in by code."""

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("email", "name")
        field_classes: ClassVar = {}


class ChangedUserForm(UserChangeForm):
    """An account as staff edit it."""

    phone = PhoneField(label=_("Phone"), required=False, max_length=40)

    class Meta(UserChangeForm.Meta):
        model = User
        fields = "__all__"
        field_classes: ClassVar = {}


class RepresentativeForm(forms.ModelForm):
    """Checks the check digits, so that a slip of the hand opens no other company's cabinet."""

    def clean_inn(self) -> str:
        """Return the ИНН without spaces."""
        try:
            return str(inn.validate(self.cleaned_data["inn"]))
        except BadNumber:
            raise forms.ValidationError(
                _("This is not an INN: its check digit is wrong.")
            ) from None


class RepresentativeInline(admin.TabularInline):
    """The organisations an account acts for."""

    model = CompanyRepresentative
    form = RepresentativeForm
    extra = 0


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Accounts; who may give rights is a superuser only."""

    form = ChangedUserForm
    add_form = NewUserForm
    list_display = ("email", "name", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("=email", "name", "=phone")
    ordering = ("-id",)
    show_full_result_count = False
    list_per_page = 50
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ("groups", "user_permissions")
    inlines = (RepresentativeInline,)
    fieldsets = (
        (None, {"fields": ("email", "name", "phone", "language", "password")}),
        (
            _("Rights"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "name", "usable_password", "password1", "password2"),
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody but a superuser makes staff, or staff of a higher rank."""
        fields = tuple(super().get_readonly_fields(request, obj))
        if request.user.is_superuser:
            return fields
        if obj is None:
            return (*fields, "is_staff", "is_superuser", "groups", "user_permissions")
        return (*fields, "is_staff", "is_superuser", "groups", "user_permissions", "email")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff of no higher rank set no password of their equals, or they would become them."""
        return super().has_change_permission(request, obj) and self._is_within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """As for a change."""
        return super().has_delete_permission(request, obj) and self._is_within_reach(request, obj)

    @staticmethod
    def _is_within_reach(request: HttpRequest, obj: User | None) -> bool:
        if obj is None or request.user.is_superuser or obj.pk == request.user.pk:
            return True
        return not (obj.is_staff or obj.is_superuser)


@admin.register(CompanyRepresentative)
class CompanyRepresentativeAdmin(AuditedAdmin):
    """Who acts for which organisation."""

    audits = (Table("accounts.CompanyRepresentativeEvent"),)
    form = RepresentativeForm
    list_display = ("inn", "user", "is_head", "created_at")
    list_select_related = ("user",)
    search_fields = ("=inn", "=user__email", "user__name")
    autocomplete_fields = ("user",)
    show_full_result_count = False


admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """
    Second factors: can be taken off whoever lost the phone, never read.

    allauth's own page shows the secret itself, with which anybody makes the codes.
    """

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("=user__email",)
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only its holder sets one up."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


# The provider is the environment's, and no tokens of its are kept.
admin.site.unregister([SocialAccount, SocialApp, SocialToken])


@admin.register(SocialAccount)
class SocialAccountAdmin(admin.ModelAdmin):
    """Who signs in through the provider: can be taken off, joined by its holder only."""

    list_display = ("user", "provider", "date_joined", "last_login")
    list_select_related = ("user",)
    search_fields = ("=user__email",)
    fields = readonly_fields = ("user", "provider", "date_joined", "last_login")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only its holder joins it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class TokenState(admin.SimpleListFilter):
    """Which tokens open the portal now."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [
            ("live", pgettext_lazy("token", "works")),
            ("expired", pgettext_lazy("token", "expired")),
            ("revoked", pgettext_lazy("token", "revoked")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
        """Return the rows of the choice."""
        at = now()
        match self.value():
            case "live":
                return queryset.filter(pk__in=ApiToken.objects.live(at=at))
            case "expired":
                return queryset.filter(revoked_at=None, expires_at__lte=at)
            case "revoked":
                return queryset.exclude(revoked_at=None)
        return queryset


@admin.register(ApiToken)
class ApiTokenAdmin(AuditedAdmin):
    """Tokens can be seen and revoked here; each holder makes their own on the account page."""

    audits = (Table("accounts.ApiTokenEvent"),)
    list_display = ("name", "user", "state", "created_at", "expires_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = (TokenState,)
    search_fields = ("name", "=user__email")
    fields = readonly_fields = (
        *("user", "name", "may", "state", "created_at", "expires_at", "last_used_at", "revoked_at"),
    )
    actions = ("revoke",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody makes a key that another person answers for."""
        return False

    @admin.display(description=_("state"))
    def state(self, token: ApiToken) -> str:
        """Return whether the token works, in words."""
        if token.revoked_at:
            return pgettext("token", "revoked")
        if token.expires_at and token.expires_at <= now():
            return pgettext("token", "expired")
        return pgettext("token", "works")

    @admin.display(description=_("what it may"))
    def may(self, token: ApiToken) -> str:
        """Return what the token allows, a line each."""
        return format_html_join(
            mark_safe("<br>"), "{}", ((word,) for word in in_words(token.scopes))
        )

    @admin.action(description=_("Revoke: the program is let in no more"), permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiToken]) -> None:
        """End the chosen tokens; their rows and their history stay."""
        ended = chosen.filter(revoked_at=None).update(revoked_at=now())
        self.message_user(request, _("Tokens revoked: %(count)s") % {"count": ended})


class ReadOnly(admin.ModelAdmin):
    """Evidence: shown, never changed by hand."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Written by the portal only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(ContactLook)
class ContactLookAdmin(ReadOnly):
    """Who looked at whose contact."""

    list_display = ("at", "looked_by", "subject")
    list_select_related = ("looked_by",)
    search_fields = ("=subject", "=looked_by__email")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContactLook]:
        """Join the person, shown in each row."""
        return super().get_queryset(request).select_related("looked_by")


@admin.register(Consent)
class ConsentAdmin(ReadOnly):
    """Who agreed to what."""

    list_display = ("given_at", "user", "kind", "text_version")
    list_select_related = ("user",)
    search_fields = ("=user__email",)
    ordering = ("-id",)
