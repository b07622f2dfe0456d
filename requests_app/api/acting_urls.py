"""Calls of residents, executors and staff who act on requests and incidents."""

from django.urls import URLPattern, path

from requests_app.api import (
    cabinet,
    cabinet_acts,
    desk_bulk,
    desk_card,
    desk_filters,
    desk_incident_steps,
    desk_incidents,
    desk_intake,
    desk_quality,
    desk_queue,
    desk_steps,
    lines,
    own,
    work,
)

_ONE = "requests/<str:number>/"
_MINE = f"cabinet/{_ONE}"
_DESK = f"desk/{_ONE}"
_INCIDENT = "desk/incidents/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("requests/mine/", own.MyRequests.as_view(), name="api-requests-mine"),
    path("requests/<int:pk>/follow/", own.FollowRequest.as_view(), name="api-request-follow"),
    path(f"{_ONE}files/<uuid:upload>/", lines.RequestFile.as_view(), name="api-request-file"),
    path(
        f"{_ONE}files/<uuid:upload>/small/",
        lines.SmallRequestFile.as_view(),
        name="api-request-file-small",
    ),
    path("cabinet/requests/", cabinet.CabinetRequests.as_view(), name="api-cabinet-requests"),
    path(_MINE, cabinet.CabinetRequest.as_view(), name="api-cabinet-request"),
    path(f"{_MINE}contact/", cabinet.CabinetContact.as_view()),
    path(f"{_MINE}acts/", cabinet_acts.CabinetActs.as_view()),
    path(f"{_MINE}links/", cabinet_acts.CabinetLinks.as_view()),
    path(f"{_MINE}links/<int:pk>/", cabinet_acts.CabinetLink.as_view()),
    *(path(f"{_MINE}{verb}/", call.as_view()) for verb, call in work.OF_EXECUTORS.items()),
    path("desk/requests/file/", desk_intake.DeskFile.as_view()),
    path("desk/intake/answer/", desk_intake.DeskAnswer.as_view()),
    path("desk/intake/caller/", desk_intake.DeskCaller.as_view()),
    path("desk/intake/words/", desk_intake.DeskWords.as_view()),
    path("desk/queue/", desk_queue.Queue.as_view()),
    path("desk/queue/next/", desk_queue.TakeNext.as_view()),
    path("desk/filters/", desk_filters.Filters.as_view()),
    path("desk/filters/<int:pk>/", desk_filters.OneFilter.as_view()),
    path("desk/quality-calls/", desk_quality.QualityCalls.as_view()),
    path("desk/quality-calls/figures/", desk_quality.QualityFigures.as_view()),
    path("desk/quality-calls/<int:pk>/", desk_quality.OneQualityCall.as_view()),
    path("desk/quality-calls/<int:pk>/record/", desk_quality.RecordQualityCall.as_view()),
    path("desk/bulk/", desk_bulk.Bulk.as_view()),
    path("desk/bulk/undo/", desk_bulk.UndoBulk.as_view()),
    path("desk/incidents/", desk_incidents.OpenIncidents.as_view()),
    path("desk/incidents/preview/", desk_incidents.PreviewIncident.as_view()),
    path(_INCIDENT, desk_incidents.OneDeskIncident.as_view()),
    path(f"{_INCIDENT}news/", desk_incident_steps.TellNews.as_view()),
    path(f"{_INCIDENT}end/", desk_incident_steps.EndIncident.as_view()),
    path(f"{_INCIDENT}cancel/", desk_incident_steps.CancelIncident.as_view()),
    path(f"{_INCIDENT}merge/", desk_incident_steps.MergeIncident.as_view()),
    path(f"{_INCIDENT}houses/", desk_incident_steps.ChangeHouses.as_view()),
    path(f"{_INCIDENT}jobs/<int:job>/", desk_incident_steps.HoldJob.as_view()),
    path("desk/operators/", desk_card.DeskOperators.as_view()),
    path("desk/organisations/", desk_card.DeskOrganisations.as_view()),
    path("desk/buildings/<int:pk>/", desk_card.DeskHouse.as_view()),
    path(_DESK, desk_card.DeskRequest.as_view(), name="api-desk-request"),
    path(f"{_DESK}contact/", desk_card.DeskContact.as_view()),
    path(f"{_DESK}presence/", desk_card.DeskPresence.as_view()),
    path(f"{_DESK}merge/", desk_steps.Merge.as_view()),
    path(f"{_DESK}split/", desk_steps.Split.as_view()),
    path(f"{_DESK}links/", desk_steps.Links.as_view()),
    path(f"{_DESK}links/<str:other>/", desk_steps.OneLink.as_view()),
    *(path(f"{_DESK}{verb}/", call.as_view()) for verb, call in work.OF_STAFF.items()),
    *(path(f"{_DESK}{verb}/", call.as_view()) for verb, call in desk_steps.OF_STAFF.items()),
]
