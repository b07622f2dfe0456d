"""People and what belongs to them: accounts, representatives, tokens, uploads, consent."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.fields import LowercaseEmailField


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the e-mail address is the only name of one."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the account of this address in any letter case."""
        return self.get(email=username)

    def create_user(self, email: str, password: str | None = None, **values: Any) -> User:
        """Store and return an account; without `password` it can only log in by code."""
        if not email:
            raise ValueError("an account needs an e-mail address")
        user = self.model(email=email, **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> User:
        """Store and return an account that may do everything."""
        return self.create_user(
            email, password, **{**values, "is_staff": True, "is_superuser": True}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A resident, a member of staff or a company's representative."""

    email = LowercaseEmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    phone = models.CharField(
        _("phone"), max_length=16, blank=True, help_text=_("International form: +78422123456")
    )
    language = models.CharField(_("language"), max_length=8, default="ru")
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May enter the operators' workplace.")
    )
    is_active = models.BooleanField(
        pgettext_lazy("account", "active"),
        default=True,
        help_text=_("Switch off instead of deleting the account."),
    )
    date_joined = models.DateTimeField(
        pgettext_lazy("account", "joined"), default=timezone.now, editable=False
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="user_email_is_lowercase", condition=models.Q(email=Lower("email"))
            ),
            # Also serves Django's `iexact`, which compares UPPER(email).
            models.UniqueConstraint(Upper("email"), name="user_email_in_any_case"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email

    def has_usable_password(self) -> bool:
        """Tell whether there is a password; Django takes an empty hash for one."""
        return bool(self.password) and super().has_usable_password()

    def get_full_name(self) -> str:
        """Return the name, or the address of somebody who gave none."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """Return the name as the page header shows it."""
        return self.name or self.email.partition("@")[0]


class RepresentativeQuerySet(models.QuerySet["CompanyRepresentative"]):
    """Accounts that act for organisations."""

    def reading(self, *inns: str) -> Self:
        """Return whoever gets the letters of these organisations, with `user`; in a fixed order."""
        rows = self.filter(inn__in=inns, user__is_active=True).select_related("user")
        return rows.order_by("inn", "user_id")


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True
)
class CompanyRepresentative(models.Model):
    """An account that acts for the organisation with this ИНН; its history is kept."""

    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="representations",
        verbose_name=_("account"),
    )
    inn = models.CharField(_("INN"), max_length=12, db_index=True)
    is_head = models.BooleanField(
        _("heads the organisation"),
        default=False,
        db_default=False,
        help_text=_("Is told when the organisation lets deadlines pass."),
    )
    created_at = models.DateTimeField(
        pgettext_lazy("representative", "added"), default=timezone.now, editable=False
    )

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("company representative")
        verbose_name_plural = _("company representatives")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "inn"], name="representative_once_per_inn"),
            models.CheckConstraint(
                name="representative_inn_digits",
                condition=models.Q(inn__regex=r"^(\d{10}|\d{12})$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inn}: {self.user_id}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Keys of programs."""

    def live(self, *, at: datetime) -> Self:
        """Return the tokens that open the portal at `at`."""
        return self.filter(revoked_at=None).exclude(expires_at__lte=at)

    def shown_to(self, user: User) -> Self:
        """Return the tokens of `user` that they have not revoked, newest first."""
        return self.filter(user=user, revoked_at=None).order_by("-created_at", "-pk")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    append_only=True,
    exclude=["key_hash", "last_used_at", "reminded_at"],
)
class ApiToken(models.Model):
    """
    A key of a program that acts for an account; only the key's hash is kept.

    `scopes` are names of `accounts.scopes`; a revoked token stays, so that it can be accounted for.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("account")
    )
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(_("what it is for"), max_length=100)
    created_at = models.DateTimeField(pgettext_lazy("token", "made"), editable=False)
    scopes = ArrayField(
        models.CharField(max_length=32), verbose_name=_("what it may"), default=list, db_default=[]
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(
        pgettext_lazy("token", "revoked"), null=True, blank=True, editable=False
    )
    # When its owner was told that it soon expires.
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Consent(models.Model):
    """What an account holder agreed to, which wording, and when."""

    class Kind(models.TextChoices):
        """What the agreement is about."""

        PERSONAL_DATA = "personal_data", _("processing of personal data")

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="consents", verbose_name=_("account")
    )
    kind = models.CharField(_("about"), max_length=32, choices=Kind.choices)
    text_version = models.CharField(_("wording"), max_length=32)
    given_at = models.DateTimeField(pgettext_lazy("consent", "given"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "kind", "text_version"], name="consent_once_per_wording"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.text_version}"


class IdempotentCall(models.Model):
    """One accepted call and its result, so that a repeat is answered and not done again."""

    scope = models.CharField(max_length=100)
    key_hash = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("idempotent call")
        verbose_name_plural = _("idempotent calls")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "key_hash"], name="idempotent_call_once")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.pk}"


class ThrottleCounter(models.Model):
    """How often one key of one bucket was hit in its current window; see throttling.py."""

    id = models.UUIDField(primary_key=True)
    hits = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("rate limit counter")
        verbose_name_plural = _("rate limit counters")

    def __str__(self) -> str:
        return str(self.id)


class Upload(models.Model):
    """A sanitised file on storage; whoever attaches it sets `claimed_at`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    media_type = models.CharField(_("type"), max_length=32)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=120, unique=True)
    thumbnail_key = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    pages = models.PositiveIntegerField(null=True)
    uploaded_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="uploads",
        verbose_name=_("sent by"),
    )
    # The form that took the file in, as «draft:<key>»; "" for the API, where the id itself is the
    # sender's secret: told once, shown nowhere before the file is attached.
    holder = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(pgettext_lazy("file", "received"))
    claimed_at = models.DateTimeField(pgettext_lazy("file", "attached"), null=True)

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                name="upload_unclaimed",
                condition=models.Q(claimed_at=None),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_image(self) -> bool:
        """Whether a browser shows the file as a picture."""
        return self.media_type.startswith("image/")


class ContactLook(models.Model):
    """
    Somebody saw a contact or the file of a court case; kept as evidence.

    `looked_by` is empty for who came without an account, by the code of a request.
    """

    looked_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contact_looks",
        verbose_name=_("who looked"),
    )
    subject = models.CharField(
        _("whose contact"), max_length=64, help_text=_("Kind and number: request:123, court:17")
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("look at a contact")
        verbose_name_plural = _("looks at contacts")
        indexes: ClassVar = [
            models.Index(fields=["subject", "at"], name="contact_look_subject"),
            models.Index(fields=["looked_by", "at"], name="contact_look_person"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.at:%Y-%m-%d %H:%M}"
