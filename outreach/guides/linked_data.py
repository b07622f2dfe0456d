"""A guide told to search engines in schema.org's words, as JSON-LD."""

from __future__ import annotations

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from disclosure import linked_data
from outreach.models import Guide


def article(guide: Guide, *, url: str) -> SafeString:
    """Return the guide as a question with its short answer; safe inside a script element."""
    return linked_data.script(
        {
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
        },
        linked_data.crumbs(
            (_("Guides"), reverse("outreach:guides")), (guide.title, guide.get_absolute_url())
        ),
    )
