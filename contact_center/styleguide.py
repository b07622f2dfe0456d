"""What the style guide shows: each component with sample values, in each of its states."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext as _

from contact_center.context import emergency_phones
from requests_app.statuses import Outcome, Status, plain_words


class SampleForm(forms.Form):
    """One field of each kind."""

    use_required_attribute = False
    street = forms.CharField()
    matter = forms.ChoiceField(widget=forms.RadioSelect)
    words = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), required=False)
    company = forms.ChoiceField()
    email = forms.EmailField()
    agree = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "street": (_("Address"), _("Street and house, as on the bill")),
            "matter": (_("What happened"), ""),
            "words": (
                _("Tell more"),
                _("No names or phones here: the text may be shown to others"),
            ),
            "company": (_("Company"), ""),
            "email": (_("E-mail"), _("The letter with the number goes here")),
            "agree": (_("I agree to the processing of my data"), ""),
        }
        for name, (label, hint) in words.items():
            self.fields[name].label, self.fields[name].help_text = label, hint
        self.fields["matter"].choices = [  # type: ignore[attr-defined]
            ("none", _("No hot water")),
            ("cold", _("Hot water is lukewarm")),
            (
                "long",
                _("Hot water smells, is rusty, or comes only after it has run for a long time"),
            ),
        ]
        self.fields["company"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            ("1", "ООО «Берег»"),
            ("2", "ТСЖ «Сиреневый, 14»"),
        ]


def _statuses() -> list[dict[str, str]]:
    shown = [{"status": code, "outcome": "", "word": str(plain_words(code))} for code in Status]
    shown += [
        {"status": Status.CLOSED, "outcome": code, "word": str(plain_words(Status.CLOSED, code))}
        for code in Outcome
    ]
    return shown


def _clocks(at: datetime) -> list[dict[str, Any]]:
    return [
        {"state": "left", "words": _("by 18:00 tomorrow"), "due_at": at + timedelta(days=3)},
        {"state": "soon", "words": _("40 min left"), "due_at": at + timedelta(minutes=40)},
        {"state": "late", "words": _("2 days late"), "due_at": at - timedelta(days=2, hours=1)},
        {"state": "paused", "words": _("paused: waiting for your answer"), "due_at": None},
        {"state": "kept", "words": _("done in time"), "due_at": None},
    ]


def _timeline(at: datetime) -> list[dict[str, Any]]:
    return [
        {"title": _("Request received"), "status": "new", "at": at - timedelta(hours=30)},
        {
            "title": _("Accepted by the company"),
            "status": "accepted",
            "at": at - timedelta(hours=29),
            "who": "ООО «Берег»",
        },
        {
            "title": _("A note of the operator"),
            "status": "in_progress",
            "icon": "lock",
            "tone": "wait",
            "internal": True,
            "at": at - timedelta(hours=5),
            "text": _("The dispatcher says the pump is on its way."),
        },
        {
            "title": _("Work is done, the act is presented"),
            "status": "done",
            "at": at - timedelta(hours=1),
            "who": "ООО «Берег»",
            "text": _("The riser is repaired. Please check the water and answer."),
        },
        {
            "title": _("The resident objected"),
            "status": "reopened",
            "text": _("Still lukewarm."),
        },
        {
            "title": _("Next: the company answers by 18:00"),
            "status": "in_progress",
            "icon": "clock",
            "is_next": True,
        },
    ]


def _progress() -> list[list[dict[str, str]]]:
    words = [_("Received"), _("Accepted"), _("Being fixed"), _("Please check"), _("Closed")]
    middle = ["passed", "passed", "now", "next", "next"]
    back = ["passed", "passed", "bad", "next", "next"]
    return [
        [{"word": word, "state": state} for word, state in zip(words, states, strict=True)]
        for states in (middle, back, ["passed"] * 5)
    ]


def _files() -> list[dict[str, Any]]:
    picture = static("img/river.svg")
    return [
        {"id": 1, "url": picture, "thumb": picture, "words": _("Photo of the riser")},
        {"id": 2, "url": picture, "thumb": picture, "words": _("Photo of the cellar")},
        {"id": 3, "url": picture, "thumb": "", "words": "akt-26-000123.pdf"},
    ]


def _table() -> dict[str, Any]:
    columns = [
        {"word": _("Company"), "number": False},
        {"word": _("Buildings"), "number": True},
        {"word": _("Late"), "number": True},
    ]
    companies = [("ООО «Берег»", "128", "2 %"), ("ТСЖ «Сиреневый, 14»", "1", "0 %")]
    rows = [
        [
            {"text": text, "label": column["word"], "number": column["number"]}
            for text, column in zip(row, columns, strict=True)
        ]
        for row in companies
    ]
    return {"columns": columns, "rows": rows}


def _icons() -> list[str]:
    sprite = settings.BASE_DIR / "static" / "img" / "icons.svg"
    return re.findall(r'symbol id="([^"]+)"', sprite.read_text(encoding="utf-8"))


def examples(at: datetime) -> dict[str, Any]:
    """Return the sample values of every component at the moment `at`."""
    address = "ул. Мира, д. 5, корп. 2"
    long_address = (
        "Приволжская область, город Светлоречье, район Береговой, улица Красноармейская, "
        "дом 128, корпус 3, строение 2"
    )
    long_matter = _("Hot water smells, is rusty, or comes only after it has run for a long time")
    steps = [_("House"), _("Matter"), _("Details"), _("Contact"), _("Check")]
    states = ["passed", "passed", "now", "next", "next"]
    return {
        "tones": ["quiet", "info", "work", "good", "wait", "bad"],
        "swatches": ["paper", "surface", "surface-2", "ink", "river", "frame", "sun"],
        "statuses": _statuses(),
        "clocks": _clocks(at),
        "timeline": _timeline(at),
        "progresses": _progress(),
        "sample_form": SampleForm(auto_id="good_%s"),
        "wrong_form": SampleForm({"email": "ivanova", "street": ""}, auto_id="wrong_%s"),
        "phones": emergency_phones(),
        "rows": [
            {
                "href": "/styleguide/",
                "title": f"{_('No hot water')}: {address}",
                "meta": ["26-000123", "ООО «Берег»"],
                "status": "in_progress",
                "word": plain_words("in_progress"),
                "clock": _clocks(at)[1],
            },
            {
                "href": "/styleguide/",
                "title": f"{long_matter}: {long_address}",
                "meta": [
                    "26-000124",
                    "МУП «Светлореченские городские тепловые и водопроводные сети»",
                ],
                "status": "reopened",
                "word": plain_words("reopened"),
                "clock": _clocks(at)[2],
            },
            {
                "href": "/styleguide/",
                "title": f"{_('Lift stands')}: {address}",
                "meta": ["26-000120"],
                "status": "closed",
                "outcome": "fixed",
                "word": plain_words("closed", "fixed"),
            },
        ],
        "steps": [
            {"word": word, "state": state, "href": "/styleguide/"}
            for word, state in zip(steps, states, strict=True)
        ],
        "files": _files(),
        "trail": [{"href": "/requests/", "word": _("Requests")}],
        "facts": [
            {"term": _("Address"), "value": long_address, "change": "/styleguide/"},
            {"term": _("Company"), "value": "ООО «Берег»", "href": "/styleguide/"},
            {"term": _("Dispatcher"), "value": "8 800 555-00-12"},
        ],
        "table": _table(),
        "tabs": [
            {"href": "/styleguide/", "word": _("New"), "count": 12, "now": True},
            {"href": "/styleguide/", "word": _("Late"), "count": 3},
            {"href": "/styleguide/", "word": _("Mine"), "count": 0},
            {"href": "/styleguide/", "word": _("All")},
        ],
        "icons": _icons(),
    }
