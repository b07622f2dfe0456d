"""A text by staff: refused if anything in it is unknown, and harmless when it runs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.template import Context, Engine, TemplateSyntaxError
from django.template.base import TokenType
from django.utils.translation import gettext as _

from notifications.texts.fields import Fields, names_in, tokens_of

_TAGS = frozenset({"if", "elif", "else", "endif", "for", "empty", "endfor"})
_DEEPEST = 2


class _Safe(Engine):
    default_builtins: ClassVar[list[str]] = ["notifications.texts.safe_tags"]


# No loaders, no libraries: nothing can be included, extended or loaded.
_ENGINE = _Safe(dirs=[], app_dirs=False, loaders=[], libraries={}, autoescape=False)


def faults(text: str, fields: Fields) -> list[str]:
    """Return what is wrong with the text, for people; nothing for one that can be published."""
    found: list[str] = []
    loops: dict[str, str] = {}
    depth = deepest = 0
    for token in tokens_of(text):
        words = token.contents.split()
        if token.token_type == TokenType.BLOCK:
            tag = words[0] if words else ""
            if tag not in _TAGS:
                found.append(_("The tag «%(tag)s» is not allowed here.") % {"tag": tag})
                continue
            if tag == "for" and "in" in words[:-1]:
                loops[words[1]] = words[words.index("in") + 1].partition("|")[0]
            depth += {"for": 1, "endfor": -1}.get(tag, 0)
            deepest = max(deepest, depth)
        found += [
            _("There is no field «%(name)s».") % {"name": name}
            for name in names_in(token)
            if not fields.has(name, loops)
        ]
    if deepest > _DEEPEST:
        found.append(_("Lists stand in lists too deeply."))
    if not found:
        try:
            _ENGINE.from_string(text)
        except TemplateSyntaxError as wrong:
            found.append(_("This is not a whole text: %(why)s.") % {"why": str(wrong)})
    return list(dict.fromkeys(found))


def filled(text: str, values: dict[str, Any]) -> str:
    """Return the text with its fields filled; values are JSON and the city's name and phone."""
    rendered = _ENGINE.from_string(text).render(Context(values, autoescape=False))
    # Django calls what it rendered safe, and `str` of that still is: here it is only text, and the
    # letter's HTML escapes it.
    return rendered + ""
