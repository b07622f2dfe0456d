"""The document of the API (OpenAPI), served as made once: a megabyte costs seconds to make."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.encoding import force_bytes
from django.utils.translation import get_language, override
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from accounts.rest import cors, etags

FRESH_SECONDS = 300
# Calls and their words change only with the code: one document a language and a format.
_made: dict[tuple[str, str], bytes] = {}


class ApiSchema(SpectacularAPIView):
    """GET /api/v1/schema/: YAML, or JSON by Accept or `?format=json`; `?lang=` is ru or en."""

    authentication_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **named: Any) -> HttpResponseBase:
        """Return the document with its tag."""
        languages = dict(settings.LANGUAGES)
        wanted = request.query_params.get("lang", "") or get_language() or ""
        language = wanted if wanted in languages else settings.LANGUAGE_CODE
        renderer = request.accepted_renderer
        key = (language, str(renderer.media_type))
        if key not in _made:
            with override(language):
                generator: Any = self.generator_class()
                document = generator.get_schema(request=None, public=True)
            _made[key] = force_bytes(renderer.render(document, renderer.media_type, {}))
        answer = HttpResponse(_made[key], content_type=str(renderer.media_type))
        answer["Content-Disposition"] = f'inline; filename="schema.{renderer.format}"'
        patch_cache_control(answer, public=True, max_age=FRESH_SECONDS)
        cors.let_read(answer)
        return etags.tagged(request._request, answer)
