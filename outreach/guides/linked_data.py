"""A guide told to search engines in schema.org's words, as JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from outreach.models import Guide

# Inside <script> only these end it or begin a comment; JSON may write any sign by its number.
_SAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def article(guide: Guide, *, url: str) -> SafeString:
    """Return the guide as a question with its short answer; safe inside a script element."""
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "url": url,
        "name": guide.title,
        "inLanguage": "ru",
        "dateModified": guide.reviewed_on.isoformat(),
        "mainEntity": [
            {
                "@type": "Question",
                "name": guide.question,
                "acceptedAnswer": {"@type": "Answer", "text": guide.summary},
            }
        ],
    }
    text = json.dumps(told, ensure_ascii=False).translate(_SAFE)
    return mark_safe(text)  # noqa: S308 - what could end the element is written by number
