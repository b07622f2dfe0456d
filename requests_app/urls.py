"""Pages of this room."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from disclosure.panels import Maker
from notifications.follow_pages import page
from requests_app import consent, followed, mine
from requests_app.filing import photos
from requests_app.filing.pages import address, check, contact, offline, words
from requests_app.filing.pages import matter as filing_matter
from requests_app.public_list import views as public_list
from requests_app.tracking import saying
from requests_app.tracking import views as tracking

app_name = "requests_app"


class NumberConverter(StringConverter):
    """A request's number: «26-000123»."""

    regex = "[0-9]{2}-[0-9]{6,12}"


register_converter(NumberConverter, "request_number")

urlpatterns = [
    path("", public_list.index, name="list"),
    path("points.geojson", public_list.points, name="points"),
    path("consent/", consent.consent, name="consent"),
    path("new/", address.new, name="new"),
    path("new/contact/", contact.contact, name="new_contact"),
    path("new/check/", check.check, name="new_check"),
    path("new/discard/", check.discard, name="discard"),
    path("new/files/<uuid:upload_id>/", photos.file, name="draft_file"),
    path("new/files/<uuid:upload_id>/small/", photos.thumbnail, name="draft_thumbnail"),
    path("offline/", offline.write, name="offline"),
    path("share/", offline.share, name="share"),
    path("track/", tracking.track, name="track"),
    path("close-here/", tracking.close_here, name="close_here"),
    path("follow/<int:pk>/", page(followed.public_request), name="follow"),
    path("mine/", mine.mine, name="mine"),
    path("mine/add/", mine.add, name="add"),
    path("<request_number:number>/adopt/", mine.adopt_opened, name="adopt"),
    path("<request_number:number>/do/<slug:verb>/", saying.say, name="say"),
    path("<request_number:number>/mark/", saying.mark, name="mark"),
    path("<request_number:number>/files/<uuid:upload_id>/", tracking.file, name="file"),
    path(
        "<request_number:number>/files/<uuid:upload_id>/small/",
        tracking.thumbnail,
        name="thumbnail",
    ),
]


def with_panels(*, matter: Sequence[Maker], own: Sequence[Maker] = ()) -> tuple[list, str]:
    """
    Return the room's addresses; pages that know the matter show what higher rooms say of it.

    `own` panels are of the request itself, on its page.
    """
    panels = {"panels": tuple(matter)}
    pages = [
        path("new/matter/", filing_matter.matter, panels, name="new_matter"),
        path("new/call-first/", filing_matter.stop, panels, name="new_stop"),
        path("new/words/", words.words, panels, name="new_words"),
        path("new/sent/<request_number:number>/", check.sent, panels, name="sent"),
        path(
            "<request_number:number>/",
            tracking.request,
            {**panels, "own": tuple(own)},
            name="request",
        ),
    ]
    return [*urlpatterns, *pages], app_name
