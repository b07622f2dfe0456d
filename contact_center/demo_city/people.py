"""Invented people: the demo's accounts, the staff, companies' dispatchers, residents."""

from __future__ import annotations

import base64
import hmac
import json
import random  # noqa: TID251 - seeded, draws an invented city
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password
from django.contrib.auth.models import Group

from accounts import roles, scopes, tokens
from accounts.models import ApiToken, CompanyRepresentative, Consent, User
from requests_app.intake import CONSENT_VERSION

_NAMES = json.loads((Path(__file__).parent / "names.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Part:
    """One account that `seed_demo` prints: what it is called, how to enter."""

    role: str
    email: str
    password: str
    name: str


PARTS = {
    part.role: part
    for part in (
        Part("operator", "operator@svetlorechye.example", "operator-demo", "Вера Ильина"),
        Part("resident", "resident@svetlorechye.example", "resident-demo", "Анна Петрова"),
        Part("company", "company@svetlorechye.example", "company-demo", "Диспетчер Олег Кузнецов"),
        Part("admin", "admin@svetlorechye.example", "admin-demo", "Администратор"),
        Part("chief", "chief@svetlorechye.example", "chief-demo", "Галина Орлова"),
    )
}
_OTHER_OPERATORS = ("Ирина Соколова", "Павел Никитин", "Наталья Егорова", "Роман Захаров")


def token_of(part: Part) -> str:
    """Return the account's API token: the same on every run while the server's secret stays."""
    mark = hmac.digest(settings.SECRET_KEY.encode(), f"demo token {part.email}".encode(), "sha256")
    return tokens.PREFIX + base64.urlsafe_b64encode(mark).decode().rstrip("=")


def issue_tokens(*, at: datetime) -> dict[str, str]:
    """Make the token of each part work again, whatever happened to it; return them by role."""
    found = {}
    users = {user.email: user for user in User.objects.filter(email__in=_addresses())}
    for role, part in PARTS.items():
        key = token_of(part)
        whole = {
            "user": users[part.email],
            "name": "Демо",
            "scopes": sorted(scopes.ALL),
            "expires_at": None,
            "revoked_at": None,
        }
        ApiToken.objects.update_or_create(
            key_hash=tokens.digest(key),
            defaults=whole,
            create_defaults={**whole, "created_at": at},
        )
        found[role] = key
    return found


def are_here() -> bool:
    """Return whether the demo's accounts exist, all of them: they commit with the city."""
    return User.objects.filter(email__in=_addresses()).count() == len(PARTS)


def _addresses() -> list[str]:
    return [part.email for part in PARTS.values()]


@dataclass(frozen=True)
class Cast:
    """Ids of the accounts that act in the city's stories."""

    resident: int
    operators: tuple[int, ...]
    dispatchers: dict[str, int]  # by ИНН
    residents: tuple[int, ...]


def make(*, inns: list[str], company_inn: str, residents: int, at: datetime) -> Cast:
    """Store all accounts; `company_inn` is whom the demo's company account speaks for."""
    made: dict[str, User] = {}
    for role, part in PARTS.items():
        made[role] = User(
            email=part.email,
            name=part.name,
            password=hashed(part.password),
            is_staff=role in {"operator", "chief", "admin"},
            is_superuser=role == "admin",
            date_joined=at,
        )
    others = [
        User(email=f"operator{n}@svetlorechye.example", name=name, is_staff=True, date_joined=at)
        for n, name in enumerate(_OTHER_OPERATORS, 2)
    ]
    dispatchers = [
        User(email=f"dispatcher-{inn}@svetlorechye.example", name="Диспетчер", date_joined=at)
        for inn in inns
        if inn != company_inn
    ]
    dice = random.Random(3)
    tenants = []
    for n in range(residents):
        name, phone, email = contact(dice, n)
        tenants.append(User(email=f"r{n}.{email}", name=name, phone=phone, date_joined=at))
    for user in (*others, *dispatchers, *tenants):
        user.set_unusable_password()
    everybody = [*made.values(), *others, *dispatchers, *tenants]
    User.objects.bulk_create(everybody, batch_size=2_000)
    EmailAddress.objects.bulk_create(
        (EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in everybody),
        batch_size=2_000,
    )
    Consent.objects.bulk_create(
        (
            Consent(
                user=u,
                kind=Consent.Kind.PERSONAL_DATA,
                text_version=CONSENT_VERSION,
                given_at=at,
            )
            for u in (made["resident"], *tenants)
        ),
        batch_size=2_000,
    )
    for user in (made["operator"], *others):
        user.groups.add(Group.objects.get(name=roles.OPERATORS))
    made["chief"].groups.add(Group.objects.get(name=roles.CHIEF_OPERATORS))
    speakers = {company_inn: made["company"].pk}
    speakers |= {
        inn: user.pk
        for inn, user in zip((inn for inn in inns if inn != company_inn), dispatchers, strict=True)
    }
    CompanyRepresentative.objects.bulk_create(
        CompanyRepresentative(user_id=user, inn=inn, created_at=at)
        for inn, user in speakers.items()
    )
    return Cast(
        resident=made["resident"].pk,
        operators=(made["operator"].pk, *(user.pk for user in others)),
        dispatchers=speakers,
        residents=tuple(user.pk for user in tenants),
    )


def hashed(password: str) -> str:
    """Return the hash of a demo password."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        # Few rounds: the password is on the screen anyway, and a login strengthens the hash.
        return hasher.encode(password, hasher.salt(), iterations=1_000)
    return make_password(password)


def contact(dice: random.Random, order: int) -> tuple[str, str, str]:
    """Return an invented person's name, phone of a range without subscribers, and e-mail."""
    family = dice.choice(_NAMES["families"])
    if dice.random() < 0.62:
        name = f"{dice.choice(_NAMES['women'])} {family}а"
    else:
        name = f"{dice.choice(_NAMES['men'])} {family}"
    return name, f"+7900000{order % 10_000:04d}", f"p{dice.randrange(1_000_000)}@post.example"
