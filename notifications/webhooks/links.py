"""Links that letters carry; see settings.MESSAGE_LINKS."""

from __future__ import annotations

from django.urls import reverse


def page_link(subscription_id: int) -> str:
    """Return the page of a subscription, for its owner who is signed in."""
    return reverse("inbox:webhook", args=[subscription_id])
