"""The ready answers of a request's page: which are offered in a step, and the one asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from requests_app.desk import answers
from requests_app.models import AnswerTemplate, Request


@dataclass(frozen=True)
class ReadyAnswers:
    """The templates with the values of one request."""

    templates: list[AnswerTemplate]
    values: dict[str, str]
    asked: QueryDict

    def offered(self, step: str) -> list[dict[str, str]]:
        """Return name, address and filled text of each template meant for the step."""
        found = []
        for one in answers.offered(self.templates, step):
            query = self.asked.copy()
            query["answer"], query["to"] = str(one.pk), step
            found.append(
                {
                    "name": one.name,
                    "href": f"?{query.urlencode()}#{step}-text",
                    "fill": json.dumps({f"{step}-text": self._filled(one)}),
                }
            )
        return found

    def chosen(self, step: str) -> str:
        """Return the text that the address asks to put into the step, "" for none."""
        if self.asked.get("to") != step:
            return ""
        wanted = self.asked.get("answer", "")
        return next((self._filled(one) for one in self.templates if str(one.pk) == wanted), "")

    def _filled(self, template: AnswerTemplate) -> str:
        return answers.fill(template.text, self.values)


def of(http: HttpRequest, item: Request) -> ReadyAnswers:
    """Return the ready answers for the page of `item`."""
    return ReadyAnswers(
        templates=list(AnswerTemplate.objects.filter(is_used=True)),
        values=answers.values_of(item, operator=http.user.get_short_name()),  # type: ignore[union-attr]
        asked=http.GET,
    )
