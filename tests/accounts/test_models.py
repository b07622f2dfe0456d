"""An address names one account, in whatever letters it is typed."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, connection, transaction

from accounts.models import CompanyRepresentative, CompanyRepresentativeEvent, User

pytestmark = pytest.mark.django_db


def test_address_is_kept_in_lower_case() -> None:
    user = User.objects.create_user(" Ivan@Example.ORG ")
    assert user.email == "ivan@example.org"
    assert User.objects.get(email="IVAN@example.org") == user


def test_second_account_of_one_address_is_refused() -> None:
    User.objects.create_user("ivan@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("IVAN@EXAMPLE.ORG")
    assert User.objects.count() == 1


def test_database_itself_refuses_capitals() -> None:
    user = User.objects.create_user("ivan@example.org")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET email = 'Ivan@example.org' WHERE id = %s", [user.pk]
        )


def test_account_needs_an_address() -> None:
    with pytest.raises(ValueError, match="address"):
        User.objects.create_user("")


def test_account_without_password_opens_by_none() -> None:
    User.objects.create_user("ivan@example.org")
    assert authenticate(email="ivan@example.org", password="") is None


def test_account_written_without_a_hash_has_no_password() -> None:
    user = User.objects.create(email="ivan@example.org")
    assert not user.has_usable_password()
    assert not user.check_password("")


def test_history_tells_who_could_act_for_a_company() -> None:
    user = User.objects.create_user("ivan@example.org")
    CompanyRepresentative.objects.create(user=user, inn="7325000010").delete()
    labels = CompanyRepresentativeEvent.objects.order_by("pgh_id").values_list(
        "pgh_label", flat=True
    )
    assert list(labels) == ["insert", "delete"]


@pytest.mark.parametrize("inn", ["", "12345", "73250000101", "abcdefghij"])
def test_inn_of_wrong_length_is_refused(inn: str) -> None:
    user = User.objects.create_user("ivan@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        CompanyRepresentative.objects.create(user=user, inn=inn)
