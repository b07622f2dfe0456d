"""The desk's address for what is said about times of a request."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import idempotency
from requests_app import lifecycle
from requests_app.admin import access, request_page
from requests_app.desk import clock_forms


@require_POST
@access.needs(access.CHANGE)
def make(http: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Write down one time; a refusal comes back beside its field."""
    if verb not in clock_forms.FORMS:
        raise Http404
    at, by, item = timezone.now(), access.operator_of(http), access.find(http, pk)
    form = clock_forms.FORMS[verb](http.POST)
    if form.is_valid():
        try:
            form.make(item, by=by, at=at)
        except lifecycle.Refused as refused:
            form.refuse(refused)
        except idempotency.KeyReused:
            form.add_error(None, _("This form was already sent with other words. Look again."))
        else:
            messages.success(http, _("Done: %(step)s.") % {"step": form.title})
            return request_page.to_page(http, item)
    return request_page.page(http, item, bound={request_page.CLOCK: form}, status=422)
