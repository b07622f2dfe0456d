"""No letter is lost, whatever dies; what leaves twice is counted; the urgent ones overtake."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.parse
import urllib.request

import pytest
from django.db.models import Sum
from django.utils.timezone import now

from accounts.models import User
from notifications.models import Message, Priority, State
from tests.live import LivePortal, wait_for
from tests.service.city import (
    body_of,
    database_away,
    file,
    in_state,
    run_out_leases,
    write_letters,
)

pytestmark = pytest.mark.service
THREADS = 4


def all_sent(count: int) -> bool:
    return in_state(State.SENT) == count


def arrived_twice(portal: LivePortal) -> int:
    addresses = [letter["X-Envelope-To"] for letter in portal.mailbox.letters]
    return len(addresses) - len(set(addresses))


def test_worker_killed_amid_500_letters_loses_none_and_counts_what_may_be_double(live_portal):
    write_letters(500)
    wait_for(lambda: len(live_portal.mailbox.letters) >= 100, what="the first hundred letters")
    live_portal.kill("worker")
    assert len(live_portal.mailbox.letters) < 500
    # What was in the dead worker's hands comes back once its lease is over.
    run_out_leases()
    wait_for(lambda: not Message.objects.filter(claimed_at__isnull=False).exists())
    live_portal.restart("worker")
    wait_for(lambda: all_sent(500), seconds=90, what="500 letters")
    assert len({letter["X-Envelope-To"] for letter in live_portal.mailbox.letters}) == 500
    doubts = Message.objects.aggregate(sum=Sum("doubts"))["sum"]
    assert arrived_twice(live_portal) <= doubts <= THREADS


def test_relay_killed_amid_letters_loses_none_and_sends_none_twice(live_portal):
    write_letters(800, priority=Priority.BULK)
    wait_for(lambda: len(live_portal.mailbox.letters) >= 50, what="the first letters")
    live_portal.kill("relay")
    assert in_state(State.QUEUED) > 0
    live_portal.restart("relay")
    run_out_leases_of_the_unclaimed()
    wait_for(lambda: all_sent(800), seconds=90, what="800 letters")
    assert len(live_portal.mailbox.letters) == 800
    assert arrived_twice(live_portal) == 0


def run_out_leases_of_the_unclaimed() -> None:
    """Let pass the leases that nobody was told of; two relays now speak of the same rows."""
    Message.objects.filter(state=State.LEASED, claimed_at=None).update(lease_until=now())


def test_redis_lost_with_all_it_held_amid_letters_loses_none(live_portal):
    write_letters(500)
    wait_for(lambda: len(live_portal.mailbox.letters) >= 50, what="the first letters")
    with live_portal.stopped_redis():
        # The worker finishes what it has in hand.
        wait_for(lambda: not Message.objects.filter(claimed_at__isnull=False).exists())
    # Whatever the worker drops while it finds its broker again comes back lease by lease; one that
    # has gone deaf over it ends itself and is started anew.
    wait_for(lambda: after_a_lease(500), seconds=90, what="500 letters")
    assert arrived_twice(live_portal) == 0
    assert all(child.is_running for child in live_portal.children.values())


def after_a_lease(count: int) -> bool:
    """Return whether all are sent, a lease's time later."""
    run_out_leases_of_the_unclaimed()
    until = time.monotonic() + 6
    while time.monotonic() < until and not all_sent(count):
        time.sleep(0.1)
    return all_sent(count)


def test_login_code_overtakes_a_mass_letter(live_portal):
    User.objects.create_user("anna@example.org")
    write_letters(2000, priority=Priority.BULK)
    wait_for(lambda: len(live_portal.mailbox.letters) >= 20, what="the mass letter's beginning")
    ask_for_code(live_portal, "anna@example.org")
    # Seconds on a quiet machine; what counts is how much of the mass letter still waits.
    (letter,) = live_portal.mailbox.wait_for("anna@example.org")
    assert in_state(State.QUEUED, State.LEASED) > 500, "the mass letter was over: nothing shown"
    assert re.search(r"\b[A-Z0-9]{4,}-?[A-Z0-9]*\b", letter.get_body(("plain",)).get_content())
    message = wait_for(
        lambda: Message.objects.filter(topic="account", state=State.SENT).first(), what="record"
    )
    assert message.context == {}


def a_browser() -> urllib.request.OpenerDirector:
    """Return a browser that nobody is signed in with."""
    jar = http.cookiejar.CookieJar()
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))


def ask_for_code(portal: LivePortal, address: str) -> None:
    browser = a_browser()
    page = browser.open(f"{portal.url}/accounts/login/code/", timeout=30).read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": found[1], "email": address})
    browser.open(
        urllib.request.Request(
            f"{portal.url}/accounts/login/code/", form.encode(), {"Referer": portal.url}
        ),
        timeout=30,
    )


def test_letter_leaves_within_seconds_and_its_link_opens_the_timeline(
    live_portal, categories, building
):
    status, filed, _seconds = file(live_portal, body_of(building))
    assert status == 201
    (letter,) = live_portal.mailbox.wait_for("anna@example.org")
    assert filed["number"] in letter["Subject"]
    text = letter.get_body(("plain",)).get_content()
    link = re.search(rf"{live_portal.url}/requests/\S+", text)
    assert link
    with a_browser().open(link[0], timeout=10) as page:
        assert filed["number"] in page.read().decode()
    one_click = letter["List-Unsubscribe"].strip().strip("<>")
    with urllib.request.urlopen(one_click, b"List-Unsubscribe=One-Click", timeout=10) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("fault", ["stopped_redis", "frozen_redis"])
def test_filing_stays_fast_without_redis_and_letters_leave_after(
    live_portal, categories, building, fault
):
    usual = min(file(live_portal, body_of(building))[2] for _ in range(5))
    live_portal.mailbox.wait_for("anna@example.org", 5)
    with getattr(live_portal, fault)():
        filings = [
            file(live_portal, body_of(building, contact={"email": "boris@example.org"}))
            for _ in range(5)
        ]
        assert [status for status, _filed, _seconds in filings] == [201] * 5
        assert max(seconds for *_rest, seconds in filings) < 2
        assert min(seconds for *_rest, seconds in filings) < 3 * usual
        assert not live_portal.mailbox.to("boris@example.org")
        assert live_portal.children["relay"].is_running
    live_portal.mailbox.wait_for("boris@example.org", 5)
    assert all(child.is_running for child in live_portal.children.values())


def test_relay_stops_at_once_while_redis_is_frozen(live_portal):
    with live_portal.frozen_redis():
        write_letters(10)
        relay = live_portal.children["relay"]
        began = time.monotonic()
        relay.stop_seconds, usual = 20, relay.stop_seconds
        relay.stop()
        relay.stop_seconds = usual
        assert time.monotonic() - began < 12
        assert relay.process is not None
        assert relay.process.returncode == 0
        assert in_state(State.QUEUED) == 10, "it held leases of what it could not hand over"
    live_portal.restart("relay")
    wait_for(lambda: all_sent(10), what="ten letters")


def test_mail_server_down_for_a_while_delays_and_blames_no_letter(live_portal):
    live_portal.mailbox.stop()
    write_letters(1, priority=Priority.EMERGENCY)
    write_letters(60, name="other")
    wait_for(
        lambda: Message.objects.filter(last_error__startswith="no connection").count() >= 2,
        what="notes of the outage",
    )
    wait_for(lambda: in_state(State.QUEUED) == 61, what="rest of all letters")
    assert set(Message.objects.values_list("attempts", flat=True)) == {0}
    live_portal.mailbox.start()
    # The urgent one needs no help: it rests only seconds.
    live_portal.mailbox.wait_for("person0@example.org")
    run_out_leases()
    wait_for(lambda: all_sent(61), what="the rest of the letters")
    assert len(live_portal.mailbox.letters) == 61


def test_refused_address_is_a_dead_letter_and_holds_up_nobody(live_portal):
    live_portal.mailbox.answers = {
        "person0@example.org": "550 5.1.1 no such user",
        "person1@example.org": "451 4.7.1 come back later",
    }
    write_letters(5)
    wait_for(lambda: in_state(State.SENT) == 3, what="the other letters")
    dead = wait_for(lambda: Message.objects.filter(state=State.DEAD).first(), what="a dead letter")
    assert dead.recipient == "person0@example.org"
    assert "550" in dead.last_error
    waiting = wait_for(
        lambda: Message.objects.filter(state=State.QUEUED, attempts=1).first(), what="a pause"
    )
    assert waiting.recipient == "person1@example.org"
    live_portal.mailbox.answers.clear()
    run_out_leases()
    live_portal.mailbox.wait_for("person1@example.org")
    assert not live_portal.mailbox.to("person0@example.org")


def test_relay_and_worker_come_back_by_themselves_when_the_database_does(live_portal):
    write_letters(1)
    wait_for(lambda: all_sent(1), what="the first letter")
    processes = {name: live_portal.children[name].process for name in ("relay", "worker")}
    with database_away():
        time.sleep(0.5)
    write_letters(5, name="after")
    wait_for(lambda: all_sent(6), what="letters after the database's return")
    for name, process in processes.items():
        assert live_portal.children[name].process is process
        assert live_portal.children[name].is_running
