"""A front of another system: an account, its key, and a form in which nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts import tokens
from accounts.models import User
from tests.city_fixtures import ORDINARY


@pytest.fixture
def front(db) -> User:
    return User.objects.create_user("front@fixmystreet.example", name="Внешний портал")


@pytest.fixture
def key(front: User) -> str:
    """Return a key whose holder vouches for whom it sends."""
    return tokens.issue(front, name="front", scopes=["open311:write"])


@pytest.fixture
def form(key: str, building: Any, categories: Any) -> Callable[..., dict[str, Any]]:
    """Return a maker of forms; a value None leaves its field out."""

    def make(**fields: Any) -> dict[str, Any]:
        values = {
            "api_key": key,
            "service_code": ORDINARY,
            "address_string": building.address,
            "first_name": "Аристарх",
            "last_name": "Звездочётов",
            "email": "zvezda@secret.example",
            "phone": "+7 900 555-77-33",
            "description": "Ржавчина описывает секрет описания",
            "attribute[flat]": "к7731",
            **fields,
        }
        return {name: value for name, value in values.items() if value is not None}

    return make
