"""Links that letters carry; see settings.MESSAGE_LINKS."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from claims.models import Claim, CourtCase
from requests_app import tracking_code
from requests_app.models import Request


def claim_link(claim_id: int) -> str:
    """Return the path that opens a claim for its resident without logging in."""
    claim = Claim.objects.select_related("request").get(pk=claim_id)
    code = tracking_code.of(claim.request)
    path = claim.get_absolute_url()
    return f"{path}?{urlencode({'code': code})}" if code else path


def claim_of_executor(claim_id: int) -> str:
    """Return the claim's page in its executor's cabinet, for who is signed in."""
    number, place = Claim.objects.values_list("number", flat=True).get(pk=claim_id).split("/")
    return reverse("claims_cabinet:card", args=[number, int(place)])


def money_of_request(request_id: int) -> str:
    """Return the path that opens what a request's resident is offered, without logging in."""
    item = Request.objects.only("number", "uid", "code_hash").get(pk=request_id)
    path = reverse("claims_of_request:money", args=[item.number])
    code = tracking_code.of(item)
    return f"{path}?{urlencode({'code': code})}" if code else path


def money_of_incident(incident_id: int) -> str:
    """Return the public page of what an incident's bills are reduced by."""
    return reverse("claims_of_incident:money", args=[incident_id])


def court_case(case_id: int) -> str:
    """Return the path of a case's file, for its lawyer."""
    return CourtCase.objects.only("pk").get(pk=case_id).get_absolute_url()


def court_case_of_plaintiff(case_id: int) -> str:
    """Return the path that opens the case for its plaintiff: by the code of its claim's request."""
    case = CourtCase.objects.select_related("claim__request").get(pk=case_id)
    if case.claim is None:
        return case.get_absolute_url()
    number, place = case.claim.number.split("/")
    path = reverse("court_of_claim:case", args=[number, int(place)])
    code = tracking_code.of(case.claim.request)
    return f"{path}?{urlencode({'code': code})}" if code else path
