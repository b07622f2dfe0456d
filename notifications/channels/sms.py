"""SMS through the gateway of SMS_URL: short words and a link, counted in parts."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import phones
from notifications import gateways, sms_parts
from notifications.channels import Limits, NoSuchAddress, OutOfOrder, Sent, as_shown
from notifications.models import Message, Report, StopReason
from notifications.rendering import Rendered
from notifications.reports import Told

# What a person reads at a glance, and what a message may cost.
MOST_PARTS = 3


class SmsChannel:
    """Hands messages to the gateway and asks it later what became of them."""

    @property
    def limits(self) -> Limits:
        """What the contract with the gateway allows."""
        return Limits(per_second=settings.SMS_PER_SECOND, burst=settings.SMS_PER_SECOND, at_once=5)

    @property
    def is_set_up(self) -> bool:
        """Whether SMS_URL names a gateway."""
        return self.gateway is not None

    @cached_property
    def gateway(self) -> gateways.Gateway | None:
        """The gateway of SMS_URL."""
        return gateways.opened(settings.SMS_URL)

    def send(self, message: Message, letter: Rendered) -> Sent:
        """Hand over one message."""
        if self.gateway is None:
            raise OutOfOrder("no gateway is set up")
        try:
            phone = phones.normalise(message.recipient)
        except ValueError:
            raise NoSuchAddress("not a phone number", reason=StopReason.BOUNCED) from None
        text = sms_parts.fitted(letter.short, url=letter.url, most=MOST_PARTS)
        gateway_id = self.gateway.send(phone=phone, text=text, key=str(message.pk))
        parts = sms_parts.parts(text)
        shown = as_shown(message, title=_("SMS, parts: %(count)d") % {"count": parts}, text=text)
        return Sent(raw=shown, gateway_id=gateway_id, parts=parts, is_awaited=True)

    def ask(self, report: Report) -> Told:
        """Return what the gateway says of a message that it took."""
        assert self.gateway is not None
        return self.gateway.ask(phone=report.message.recipient, gateway_id=report.gateway_id)

    def rest(self) -> None:
        """Nothing is kept open."""
