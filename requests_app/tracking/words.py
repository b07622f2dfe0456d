"""What the pages of a resident's own steps say: question, button, answer."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# verb: (question, button, whether the button warns)
ASKED: dict[str, tuple[Promise, Promise, bool]] = {
    "comment": (_("Add a message or a photo"), _("Send the message"), False),
    "answer": (_("Answer the question"), _("Send the answer"), False),
    "confirm": (_("Is it really fixed?"), _("Yes, it is fixed"), False),
    "object": (_("It is not fixed"), _("Send it back to work"), False),
    "reopen": (_("The fault came back"), _("Send it back to work"), False),
    "withdraw": (_("Withdraw the request?"), _("Yes, withdraw it"), True),
}
DONE: dict[str, Promise] = {
    "comment": _("Your message is added."),
    "answer": _("Thank you: the answer is passed on, the clock goes on."),
    "confirm": _("Thank you! The request is closed as fixed."),
    "object": _("The request is back in work. The executor is told."),
    "reopen": _("The request is back in work. The executor is told."),
    "withdraw": _("The request is withdrawn."),
}
