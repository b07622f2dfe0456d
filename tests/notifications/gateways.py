"""Two SMS gateways on this machine that speak as SMSC.RU and SMS.RU do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count

from tests.notifications.receivers import Call, Reply

LOGIN, PASSWORD = "city", "p@ss:w%rd"


def _json(**told: object) -> Reply:
    return 200, json.dumps(told).encode(), {"Content-Type": "application/json"}


@dataclass
class FakeSmsc:
    """`refuse` is the code it answers to the next messages; `fates` what it says of each later."""

    refuse: int | None = None
    fates: dict[str, int] = field(default_factory=dict)
    sent: dict[str, dict[str, str]] = field(default_factory=dict)

    def __call__(self, call: Call) -> Reply:
        form = call.form
        if call.method != "POST" or form.get("fmt") != "3":
            return 400, b"fmt"
        if (form.get("login"), form.get("psw")) != (LOGIN, PASSWORD):
            return _json(error="authorise error", error_code=2)
        if call.path == "/sys/send.php":
            if self.refuse:
                return _json(error="refused", error_code=self.refuse)
            self.sent[form["id"]] = form
            return _json(id=int(form["id"]), cnt=2)
        if call.path == "/sys/status.php":
            if form["id"] not in self.sent:
                return _json(status=-3)
            return _json(status=self.fates.get(form["id"], 0), last_date="29.11.2026 12:00:00")
        return 404, b""


@dataclass
class FakeSmsRu:
    """The same of SMS.RU; its `api_id` is LOGIN."""

    refuse: int | None = None
    fates: dict[str, int] = field(default_factory=dict)
    sent: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def __call__(self, call: Call) -> Reply:
        form = call.form
        if call.method != "POST" or form.get("json") != "1":
            return 400, b"json"
        if form.get("api_id") != LOGIN:
            return _json(status="ERROR", status_code=200, status_text="wrong api_id")
        if call.path == "/sms/send":
            if self.refuse:
                one = {"status": "ERROR", "status_code": self.refuse, "status_text": "refused"}
            else:
                gateway_id = f"000000-{next(self.numbers)}"
                self.sent[gateway_id] = form
                one = {"status": "OK", "status_code": 100, "sms_id": gateway_id}
            return _json(status="OK", status_code=100, sms={form["to"]: one}, balance=4122.56)
        if call.path == "/sms/status":
            code = self.fates.get(form["sms_id"], 102) if form["sms_id"] in self.sent else -1
            one = {"status": "OK", "status_code": code, "status_text": "…"}
            return _json(status="OK", status_code=100, sms={form["sms_id"]: one})
        return 404, b""
