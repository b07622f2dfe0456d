"""Pages of certificates: the paper for its holder, the confirmation for everybody."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from outreach.models import Certificate
from outreach.seminars import certificates, letters, signing_up
from outreach.seminars.views import private
from requests_app.limits import too_many


@require_safe
def search(http: ActorRequest) -> HttpResponse:
    """Ask for the number of a certificate."""
    asked = http.GET.get("number", "")[:60]
    number = certificates.typed(asked)
    if number:
        return redirect("outreach:certificate", number)
    return render(
        http,
        "outreach/seminars/certificates.html",
        {"asked": asked},
        status=422 if asked.strip() else 200,
    )


@never_cache
@require_safe
def certificate(http: ActorRequest, number: str) -> HttpResponse:
    """Say whether a certificate was given and holds; the whole name by the holder's link only."""
    try:
        found = certificates.find(number, address=client_address(http), at=now())
    except certificates.TooMany as many:
        return too_many(http, str(many), many.retry_after_seconds)
    if found is None:
        values = {"asked": number[:60], "is_unknown": True}
        return render(http, "outreach/seminars/certificates.html", values, status=404)
    row = found.sign_up
    is_holders = certificates.is_holders(found, http.GET.get("holder", ""))
    values = {
        "certificate": found,
        "seminar": row.seminar,
        "name": row.name if is_holders else certificates.initials_of(row.name),
        "is_holders": is_holders and bool(row.name),
        "holds": found.annulled_at is None,
    }
    return private(render(http, "outreach/seminars/certificate.html", values))


@never_cache
@require_safe
def own_certificate(http: ActorRequest, token: str) -> HttpResponse:
    """Hand the paper out to whoever has the link of the sign-up."""
    sign_up = signing_up.find(letters.uid_in(token))
    rows = Certificate.objects.select_related("sign_up__seminar").filter(annulled_at=None)
    found = rows.filter(sign_up=sign_up).first() if sign_up else None
    if found is None:
        raise Http404
    answer = HttpResponse(certificates.pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="certificate-{found.number}.pdf"'
    return private(answer)
