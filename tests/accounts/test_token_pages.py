"""The page of tokens, as its owner uses it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts import tokens
from accounts.models import ApiToken, User
from accounts.views import MADE_A_DAY
from notifications.models import Message

pytestmark = pytest.mark.django_db
PAGE = "/accounts/tokens/"


def values(**changed) -> dict:
    return {"name": "Программа", "scopes": ["requests:read"], "days": "90", **changed}


def test_token_is_shown_once(client: Client, company_user: User) -> None:
    client.force_login(company_user)
    page = client.post(PAGE, values(scopes=["cabinet:read", "cabinet:write"])).content.decode()
    key = page.partition(tokens.PREFIX)[2].partition("<")[0]
    token = ApiToken.objects.get()
    assert token.key_hash == tokens.digest(tokens.PREFIX + key)
    assert token.scopes == ["cabinet:read", "cabinet:write"]
    assert timedelta(days=89) < token.expires_at - now() < timedelta(days=90)
    assert "data-copy" in page
    again = client.get(PAGE)
    assert tokens.PREFIX not in again.content.decode()
    assert "Вести заявки моей организации" in again.content.decode()
    assert again["Cache-Control"].count("no-store")
    assert Message.objects.filter(event="account.email.token_made").count() == 1


def test_resident_makes_one_for_what_is_theirs(client: Client, resident: User) -> None:
    client.force_login(resident)
    page = client.get(PAGE).content.decode()
    assert "Ключей пока нет" in page
    assert "requests:write" in page
    assert "cabinet:" not in page
    assert "desk:" not in page
    assert client.post(PAGE, values(days="0")).status_code == 200
    token = ApiToken.objects.get()
    assert (token.user, token.expires_at) == (resident, None)


@pytest.mark.parametrize(
    "changed",
    [
        {"scopes": ["desk:read"]},
        {"scopes": ["requests:read", "cabinet:write"]},
        {"scopes": ["*"]},
        {"scopes": []},
        {"name": ""},
        {"name": "x" * 101},
        {"name": "a\x00b"},
        {"days": "36500"},
        {"days": "-1"},
    ],
)
def test_what_may_not_be_asked_makes_nothing(client: Client, resident: User, changed) -> None:
    client.force_login(resident)
    page = client.post(PAGE, values(**changed))
    assert page.status_code == 200
    assert 'class="error-summary"' in page.content.decode()
    assert not ApiToken.objects.exists()
    assert not Message.objects.exists()


def test_staff_show_their_second_factor_first(client: Client, operator: User, settings) -> None:
    settings.DEMO = False
    client.force_login(operator)
    for response in (client.get(PAGE), client.post(PAGE, values())):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/2fa/totp/activate/?next=")
    assert not ApiToken.objects.exists()


def test_there_is_an_end_of_tokens(client: Client, resident: User) -> None:
    for place in range(tokens.MOST):
        tokens.issue(resident, name=str(place))
    client.force_login(resident)
    page = client.post(PAGE, values()).content.decode()
    assert "слишком много ключей" in page
    assert ApiToken.objects.count() == tokens.MOST


def test_letters_do_not_flood(client: Client, resident: User) -> None:
    client.force_login(resident)
    for _ in range(MADE_A_DAY + 2):
        page = client.post(PAGE, values()).content.decode()
        ApiToken.objects.update(revoked_at=now())
    assert "попробуйте завтра" in page
    assert Message.objects.count() == MADE_A_DAY


def test_page_costs_the_same_however_many(
    client: Client, resident: User, django_assert_max_num_queries
) -> None:
    client.force_login(resident)
    for place in range(20):
        tokens.issue(resident, name=str(place))
    with django_assert_max_num_queries(6):
        client.get(PAGE)


def test_token_is_revoked_by_its_holder_only(
    client: Client, company_user: User, resident: User
) -> None:
    key = tokens.issue(company_user, name="x")
    url = f"{PAGE}{ApiToken.objects.get().pk}/revoke/"
    client.force_login(resident)
    assert client.post(url).status_code == 404
    client.force_login(company_user)
    assert client.get(url).status_code == 405
    assert tokens.holder(key, at=now()) == company_user
    assert 'data-confirm="' in client.get(PAGE).content.decode()
    assert client.post(url).status_code == 302
    assert tokens.holder(key, at=now()) is None
    assert client.post(url).status_code == 404
    assert "Ключей пока нет" in client.get(PAGE).content.decode()


def test_name_with_markup_is_only_words(client: Client, resident: User) -> None:
    client.force_login(resident)
    client.post(PAGE, values(name='"><script>alert(1)</script>'))
    assert "<script>alert" not in client.get(PAGE).content.decode()
