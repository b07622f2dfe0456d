"""One's own inbox: pages, marks, the number in the header, the API, and what it never shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from notifications import inbox, outbox, tasks
from notifications.models import InboxItem
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
LIST = "/accounts/inbox/"


@pytest.fixture
def tell(db):
    """Return a writer of news: `tell(user, title="…", count=1, **fields of a letter)`."""

    def write(user, title="Заявка принята", count=1, **fields) -> list[InboxItem]:
        before = InboxItem.objects.count()
        outbox.enqueue_many(
            [
                outbox.Letter(
                    **{
                        "event": "request.start",
                        "template": "account/mail/letter",
                        "to": user.email,
                        "user_id": user.pk,
                        "context": {
                            "subject": title,
                            "paragraphs": ["Слова письма."],
                            "link": {"link": "outage", "id": 7},
                        },
                        "topic": "request:26-000001",
                        "dedupe_key": f"news:{user.pk}:{before + number}",
                        "why": "Вы подали заявку.",
                        **fields,
                    }
                )
                for number in range(count)
            ],
            at=NOON,
        )
        return list(InboxItem.objects.filter(user=user).order_by("-pk")[:count])

    return write


def test_news_stands_in_the_inbox_and_its_number_in_the_header(client, resident, tell):
    tell(resident, count=2)
    client.force_login(resident)
    page = client.get(LIST).content.decode()
    assert page.count("Заявка принята") >= 2
    assert "Вы подали заявку." in page
    assert '<span class="hidden-words">, непрочитанных: </span>2' in page


def test_the_header_counts_to_nine_and_costs_one_query(
    client, resident, tell, django_assert_num_queries
):
    client.force_login(resident)
    tell(resident, count=30)
    assert "</span>9+" in client.get("/accounts/profile/").content.decode()
    with django_assert_num_queries(1):
        assert inbox.unread(resident.pk) == inbox.MOST_COUNTED


def test_a_visitor_has_no_bell(client, db):
    assert 'class="bell"' not in client.get("/").content.decode()


def test_one_persons_number_is_never_shown_to_another(client, resident, neighbour, tell):
    tell(resident, count=3)
    client.force_login(resident)
    assert "bell__count" in client.get(LIST).content.decode()
    client.force_login(neighbour)
    page = client.get(LIST).content.decode()
    assert "bell__count" not in page
    assert "Заявка принята" not in page


def test_looking_marks_nothing(client, resident, tell):
    tell(resident)
    client.force_login(resident)
    client.get(LIST)
    client.get(f"{LIST}?show=unread")
    assert InboxItem.objects.get().read_at is None


def test_opening_marks_and_leads_to_the_subject_however_often(client, resident, tell):
    (item,) = tell(resident)
    client.force_login(resident)
    for _again in range(2):
        answer = client.post(reverse("inbox:open", args=[item.pk]))
        assert answer["Location"] == "/outages/7/"
    item.refresh_from_db()
    assert item.read_at is not None


def test_news_whose_subject_is_gone_leads_back_to_the_list(client, resident, tell):
    (item,) = tell(resident, context={"subject": "x", "link": {"link": "tracking", "id": 999}})
    client.force_login(resident)
    assert client.post(reverse("inbox:open", args=[item.pk]))["Location"] == LIST


def test_a_link_out_of_the_portal_is_not_followed(client, resident, tell):
    (item,) = tell(resident, context={"subject": "x", "link": "https://evil.example/"})
    client.force_login(resident)
    assert client.post(reverse("inbox:open", args=[item.pk]))["Location"] == LIST


def test_a_strangers_news_looks_like_none_and_stays_unread(client, resident, neighbour, tell):
    (item,) = tell(resident)
    client.force_login(neighbour)
    assert client.post(reverse("inbox:open", args=[item.pk])).status_code == 404
    client.post(reverse("inbox:read_all"))
    item.refresh_from_db()
    assert item.read_at is None


def test_all_is_read_by_one_press(client, resident, tell):
    tell(resident, count=25)
    client.force_login(resident)
    answer = client.post(reverse("inbox:read_all"), follow=True)
    assert "25 сообщений отмечены прочитанными" in answer.content.decode()
    assert not InboxItem.objects.unread().exists()
    assert "Всё прочитано" in client.get(f"{LIST}?show=unread").content.decode()


def test_list_pages_by_key_with_a_constant_number_of_queries(
    client, resident, tell, django_assert_max_num_queries
):
    tell(resident, count=1)
    client.force_login(resident)
    client.get(LIST)
    with django_assert_max_num_queries(6):
        client.get(LIST)
    tell(resident, count=44)
    with django_assert_max_num_queries(6):
        first = client.get(LIST).content.decode()
    assert first.count('class="row news') == inbox.SIZE
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(older).content.decode().count('class="row news') == inbox.SIZE
    assert client.get(f"{LIST}?cursor=rubbish")["Location"] == LIST


def test_news_without_a_page_is_told_in_full(client, resident, tell):
    tell(resident, context={"subject": "SMS отключены", "paragraphs": ["Номер не отвечает."]})
    client.force_login(resident)
    page = client.get(LIST).content.decode()
    assert "Номер не отвечает." in page
    assert "Не присылать" not in page


def test_markup_in_news_is_only_text(client, resident, tell):
    tell(resident, title="<script>alert(1)</script>")
    client.force_login(resident)
    assert "<script>alert" not in client.get(LIST).content.decode()


def test_news_of_an_older_release_is_named_by_its_event(client, resident, tell):
    tell(resident, template="gone/mail/letter")
    client.force_login(resident)
    assert "Работа начата" in client.get(LIST).content.decode()


def test_old_news_goes_whether_read_or_not(resident, tell, monkeypatch):
    tell(resident, count=3)
    late = NOON + tasks.KEPT_FOR
    assert inbox.prune(before=late - tasks.KEPT_FOR) == 0
    assert inbox.prune(before=late - tasks.KEPT_FOR + timedelta(seconds=1)) == 3


def test_programs_read_the_inbox(client, resident, tell):
    tell(resident, count=52)
    assert client.get("/api/v1/inbox/").status_code == 401
    client.force_login(resident)
    page = client.get("/api/v1/inbox/").json()
    assert (page["unread"], len(page["results"])) == (10, 50)
    news = page["results"][0]
    assert (news["title"], news["topic"], news["read_at"]) == (
        "Заявка принята",
        "request:26-000001",
        None,
    )
    rest = client.get("/api/v1/inbox/", {"cursor": page["next"]}).json()
    assert len(rest["results"]) == 2
    assert client.get("/api/v1/inbox/", {"cursor": "x"}).status_code == 400


def test_programs_mark_what_was_read(client, resident, neighbour, tell):
    mine = tell(resident, count=3)
    (other,) = tell(neighbour)
    client.force_login(resident)
    ids = [mine[0].pk, other.pk]

    def post(body):
        return client.post("/api/v1/inbox/read/", body, content_type="application/json")

    assert post({"ids": ids}).json() == {"marked": 1}
    assert post({"ids": ids}).json() == {"marked": 0}
    assert post({"ids": ["x"]}).status_code == 400
    assert post({}).json() == {"marked": 2}
    other.refresh_from_db()
    assert other.read_at is None
    client.logout()
    assert post({}).status_code in {401, 403}
