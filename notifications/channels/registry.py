"""The channels of this portal: classes named in settings, one object of each."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.channels import Channel

CHANNELS: dict[str, Channel] = {
    code: import_string(path)() for code, path in settings.MESSAGE_CHANNELS.items()
}


def offered() -> list[str]:
    """Return the codes of the channels that people may choose: those that are set up."""
    return [code for code, channel in CHANNELS.items() if channel.is_set_up]
