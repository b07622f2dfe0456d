"""Addresses of Open311, below /open311/v2/; the format is the extension."""

from django.urls import path, register_converter

from requests_app.open311.discovery import discovery
from requests_app.open311.endpoint import Format, endpoint
from requests_app.open311.filing import file
from requests_app.open311.searching import one, search, token
from requests_app.open311.services import definition, services
from requests_app.open311.telling import tell
from requests_app.open311.updates import updates

register_converter(Format, "open311")

app_name = "open311"
urlpatterns = [
    # Without a charset: public validators compare the whole header here.
    path("discovery.<open311:form>", endpoint(discovery, bare_type=True), name="discovery"),
    path("services.<open311:form>", endpoint(services), name="services"),
    path("services/<str:category>.<open311:form>", endpoint(definition), name="service"),
    path("requests.<open311:form>", endpoint(search, file), name="requests"),
    path("requests/<str:number>.<open311:form>", endpoint(one), name="request"),
    path("tokens/<str:token>.<open311:form>", endpoint(token), name="token"),
    path("servicerequestupdates.<open311:form>", endpoint(updates, tell), name="updates"),
]
