"""Calls of this room, below /api/v1/."""

from django.urls import URLPattern, path

from disclosure.api.parts import Parts, joined
from requests_app.api import (
    acting_urls,
    batches,
    categories,
    desk,
    incidents,
    norms,
    outside,
    own,
    public,
    requests,
)

urlpatterns: list[URLPattern] = [
    # What is asked for most; «mine» is no number, nor is «file».
    path("requests/", public.Requests.as_view(), name="api-requests"),
    path("requests/mine/", own.MyRequests.as_view(), name="api-requests-mine"),
    path("requests/<str:number>/", requests.TrackRequest.as_view(), name="api-request"),
    path("desk/requests/", desk.DeskRequests.as_view(), name="api-desk-requests"),
    *acting_urls.urlpatterns,
    path("cabinet/batch/", batches.StateBatches.as_view(), name="api-cabinet-batches"),
    path("cabinet/batch/<uuid:batch_id>/", batches.StateBatch.as_view(), name="api-cabinet-batch"),
    path("categories/", categories.Categories.as_view(), name="api-categories"),
    path("incidents/", incidents.Incidents.as_view(), name="api-incidents"),
    path("incidents/<int:pk>/", incidents.OneIncident.as_view(), name="api-incident"),
    path(
        "outside/<str:source>/requests/",
        outside.OutsideRequests.as_view(),
        name="api-outside-requests",
    ),
    path(
        "outside/<str:source>/batches/<uuid:batch_id>/",
        outside.OutsideBatch.as_view(),
        name="api-outside-batch",
    ),
    path("requests/<str:number>/confirm/", requests.ConfirmRequest.as_view()),
    path("requests/<str:number>/object/", requests.ObjectToRequest.as_view()),
    path("requests/<str:number>/withdraw/", requests.WithdrawRequest.as_view()),
    path("requests/<str:number>/comment/", requests.CommentRequest.as_view()),
    path("requests/<str:number>/mark/", requests.MarkRequest.as_view()),
    path("requests/<str:number>/transitions/", requests.TransitionRequest.as_view()),
]


def with_parts(*, category: Parts) -> list[URLPattern]:
    """Return the room's calls with what higher rooms add to a matter."""
    one_category = joined(norms.OneCategory, category)
    return [
        *urlpatterns,
        path("categories/<slug:slug>/", one_category.as_view(), name="api-category"),
    ]
