"""Makes the key that web pushes are signed with, for VAPID_KEY of the environment."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from notifications import web_push_sealing as sealing


class Command(BaseCommand):
    """Print a new private key and its public half."""

    help = "Print a new VAPID_KEY. With another one every browser must subscribe anew."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        private = sealing.make_key()
        self.stdout.write(f"VAPID_KEY={private}")
        self.stderr.write(f"# public: {sealing.public_key(private)}")
