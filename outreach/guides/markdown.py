"""Markdown of the editors as HTML that can do no harm."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
# «20 °C», «3 часа»: a number and what it counts stay on one line.
_AMOUNT = re.compile(r"(\d) (?=[°%₽а-яё])")
_reader = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


@lru_cache(maxsize=512)
def to_html(text: str) -> SafeString:
    """
    Return the HTML of `text`: words, lists, tables and links; neither pictures nor scripts.

    HTML typed into the text is shown as typed; what is left is cleaned once more, so that a
    mistake of one of the two libraries opens nothing.
    """
    cleaned = nh3.clean(
        _reader.render(_AMOUNT.sub("\\1\u00a0", text)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )
    return mark_safe(cleaned)  # noqa: S308 - cleaned a line above
