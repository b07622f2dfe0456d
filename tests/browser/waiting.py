"""Waiting in the page as a person does: until it answers, however busy the machine is."""

from __future__ import annotations

import time

from playwright.sync_api import Error, Page


def until(page: Page, question: str, *, seconds: float = 10) -> None:
    """
    Return once `question`, a JavaScript expression or promise, is true; fail after `seconds`.

    Playwright's own wait asks a second time by `eval` in the page, which the portal's
    Content-Security-Policy refuses; this asks anew from outside.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            if page.evaluate(question):
                return
        except Error as moved:
            # A page that is just being left answers nothing.
            if "context was destroyed" not in str(moved):
                raise
        assert time.monotonic() < end, f"not true after {seconds} s: {question}"
        page.wait_for_timeout(50)


def ready(page: Page) -> None:
    """Return once the page's scripts have run: before that no letter of the keyboard works."""
    until(page, "document.readyState === 'complete'")
