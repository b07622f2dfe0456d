"""All that a text of a letter can do: show a field, choose by one, go through a list of rows."""

from __future__ import annotations

from django import template
from django.template import defaultfilters, defaulttags

register = template.Library()
register.tag("if", defaulttags.do_if)
register.tag("for", defaulttags.do_for)
# `safe` and its kin are not among them: a value never becomes markup.
for name in ("capfirst", "default", "first", "floatformat", "join", "length", "lower", "upper"):
    register.filter(name, getattr(defaultfilters, name))
register.filter("truncatechars", defaultfilters.truncatechars)
