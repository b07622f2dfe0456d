"""A line of an incident's news on a page and in a letter."""

from django import template

from requests_app.incidents.words import words_of

register = template.Library()
register.simple_tag(words_of)
