"""Pages below /court/, and the plaintiff's below the claim's own address."""

from __future__ import annotations

from django.urls import URLPattern, path

from claims.court.pages import case, work

app_name = "court"

# Both people's, wherever the case is opened.
shared: list[URLPattern] = [
    path("", case.case, name="case"),
    path("do/<slug:name>/", case.step, name="step"),
    path("hearings.ics", case.calendar, name="case_calendar"),
    path("papers/<slug:which>.pdf", case.paper, name="paper"),
    path("files/", case.put_file, name="put_file"),
    path("files/<uuid:upload_id>/", case.file, name="file"),
    path("files/<uuid:upload_id>/remove/", case.remove_file, name="remove_file"),
]
# The lawyer's alone.
lawyers: list[URLPattern] = [
    path("edit/", case.edit, name="edit"),
    path("hearings/", case.put_hearing, name="put_hearing"),
    path("hearings/<int:hearing>/", case.put_hearing, name="change_hearing"),
    path("parties/", case.put_party, name="put_party"),
    path("parties/<int:party>/", case.put_party, name="change_party"),
]
urlpatterns = [
    path("", work.work, name="work"),
    path("hearings.ics", work.calendar, name="calendar"),
    path("new/", work.new, name="new"),
    path("open/<slug:number>/<int:place>/", work.open_for, name="open_for"),
    path("<int:pk>/assign/", work.assign, name="assign"),
    *(path(f"<int:pk>/{one.pattern}", one.callback, name=one.name) for one in (*shared, *lawyers)),
]
of_claim = (shared, "court_of_claim")
