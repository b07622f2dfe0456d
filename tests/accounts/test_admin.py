"""The workplace's pages about people open, search, and give no rank away."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import roles, tokens
from accounts.models import ApiToken, CompanyRepresentative, Consent, User
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client, admin_user: User) -> Client:
    client.force_login(admin_user)
    return client


@pytest.mark.parametrize(
    "model", ["user", "companyrepresentative", "apitoken", "contactlook", "consent"]
)
def test_lists_open_and_search(boss: Client, model: str, company_user: User) -> None:
    tokens.issue(company_user, name="x")
    Consent.objects.create(user=company_user, kind="personal_data", text_version="1", given_at=NOON)
    assert boss.get(f"/admin/accounts/{model}/").status_code == 200
    found = boss.get(f"/admin/accounts/{model}/?q=company@example.org")
    assert found.status_code == 200


def test_list_of_accounts_costs_the_same_however_many(
    boss: Client, django_assert_max_num_queries
) -> None:
    for place in range(30):
        User.objects.create_user(f"person{place}@example.org")
    with django_assert_max_num_queries(12):
        boss.get("/admin/accounts/user/")


def test_account_is_made_by_hand(boss: Client) -> None:
    response = boss.post(
        "/admin/accounts/user/add/",
        {
            "email": "New@Example.org",
            "name": "Новый",
            "usable_password": "false",
            "representations-TOTAL_FORMS": "0",
            "representations-INITIAL_FORMS": "0",
        },
    )
    assert response.status_code == 302
    assert not User.objects.get(email="new@example.org").has_usable_password()


def test_address_taken_in_other_letters_is_told_in_the_form(boss: Client, resident: User) -> None:
    page = boss.post(
        "/admin/accounts/user/add/",
        {
            "email": "RESIDENT@example.org",
            "usable_password": "false",
            "representations-TOTAL_FORMS": "0",
            "representations-INITIAL_FORMS": "0",
        },
    )
    assert page.status_code == 200
    assert page.context["adminform"].form.errors["email"]


def test_inn_with_a_slip_opens_no_cabinet(boss: Client, resident: User) -> None:
    page = boss.post(
        "/admin/accounts/companyrepresentative/add/", {"user": resident.pk, "inn": "7325000011"}
    )
    assert page.status_code == 200
    assert not CompanyRepresentative.objects.exists()


def test_token_is_revoked_and_never_made_here(boss: Client, company_user: User) -> None:
    key = tokens.issue(company_user, name="x", scopes={"cabinet:read"})
    pk = ApiToken.objects.get().pk
    assert boss.get("/admin/accounts/apitoken/add/").status_code == 403
    card = boss.get(f"/admin/accounts/apitoken/{pk}/change/").content.decode()
    assert "Видеть заявки моей организации" in card
    assert tokens.digest(key) not in card
    boss.post("/admin/accounts/apitoken/", {"action": "revoke", "_selected_action": [pk]})
    assert ApiToken.objects.get().revoked_at is not None
    history = boss.get(f"/admin/accounts/apitoken/{pk}/history/").content.decode()
    assert "Админ" in history
    for state, found in (("live", 0), ("expired", 0), ("revoked", 1)):
        page = boss.get(f"/admin/accounts/apitoken/?state={state}")
        assert page.context["cl"].result_count == found


def test_operators_see_no_tokens(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert client.get("/admin/accounts/apitoken/").status_code == 403


def test_evidence_is_changed_by_nobody(boss: Client, resident: User) -> None:
    row = Consent.objects.create(
        user=resident, kind="personal_data", text_version="1", given_at=NOON
    )
    assert (
        boss.post(f"/admin/accounts/consent/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    assert boss.get("/admin/accounts/consent/add/").status_code == 403
    assert Consent.objects.exists()


def test_who_may_edit_accounts_cannot_raise_themselves(client: Client, clerk: User) -> None:
    from django.contrib.auth.models import Permission

    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(clerk)
    values = {
        "name": "Я",
        "phone": "",
        "language": "ru",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "email": "boss@example.org",
        "representations-TOTAL_FORMS": "0",
        "representations-INITIAL_FORMS": "0",
    }
    assert client.post(f"/admin/accounts/user/{clerk.pk}/change/", values).status_code == 302
    clerk.refresh_from_db()
    assert (clerk.name, clerk.is_superuser, clerk.email) == ("Я", False, "clerk@example.org")


def test_password_of_a_higher_rank_is_out_of_reach(
    client: Client, clerk: User, admin_user: User
) -> None:
    from django.contrib.auth.models import Permission

    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(clerk)
    response = client.post(
        f"/admin/accounts/user/{admin_user.pk}/password/",
        {"password1": "stolen password", "password2": "stolen password", "usable_password": "true"},
    )
    assert response.status_code == 403
    assert (
        client.post(f"/admin/accounts/user/{admin_user.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )
    admin_user.refresh_from_db()
    assert admin_user.check_password("a long password")


def test_operators_see_no_list_of_people(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert client.get("/admin/accounts/user/").status_code == 403
    assert roles.OPERATORS in set(operator.groups.values_list("name", flat=True))
