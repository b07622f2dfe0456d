"""Pages of this room."""

from django.urls import path

from outreach import what_now
from outreach.calendar import views as calendar
from outreach.guides import views
from outreach.hotline import views as hotline
from outreach.meetings import views as meetings
from outreach.questions import views as questions
from outreach.reception import views as reception
from outreach.seminars import check_in, paper_views
from outreach.seminars import views as seminars
from outreach.tos import views as tos

app_name = "outreach"
urlpatterns = [
    path("guides/", views.index, name="guides"),
    path("guides/<slug:slug>/", views.guide, name="guide"),
    path("guides/<slug:slug>/helped/", views.helped, name="helped"),
    path("questions/", questions.index, name="questions"),
    path("questions/ask/", questions.ask, name="ask"),
    path("questions/<int:pk>/", questions.question, name="question"),
    path("questions/mine/<str:token>/", questions.own, name="own_question"),
    path("help/", what_now.show, name="help"),
    path("consultations/", hotline.index, name="consultations"),
    path("consultations/call-back/", hotline.book, name="book_call"),
    path("consultations/call-back/<str:token>/", hotline.call_back, name="call_back"),
    path("consultations/call-back/<str:token>/change/", hotline.change, name="change_call"),
    path("reception/", reception.index, name="reception"),
    path("reception/<int:pk>/", reception.host, name="host"),
    path("reception/<int:pk>/wait/", reception.wait, name="wait"),
    path("reception/times/<int:pk>/", reception.book, name="book"),
    path("reception/bookings/<str:token>/", reception.booking, name="booking"),
    path(
        "reception/bookings/<str:token>/reception.ics",
        reception.booking_calendar,
        name="booking_calendar",
    ),
    path("reception/bookings/<str:token>/change/", reception.change, name="change_booking"),
    path("tos/", tos.index, name="tos_list"),
    path("tos/boundaries.geojson", tos.areas, name="tos_areas"),
    path("tos/mine/", tos.mine, name="mine"),
    path("tos/how-to/", tos.how_to, name="how_to"),
    path("tos/<int:pk>/", tos.page, name="tos"),
    path("tos/<int:pk>/charter.pdf", tos.charter, name="tos_charter"),
    path("tos/meeting/", meetings.kit, name="kit"),
    path("tos/meeting/<slug:name>.<slug:ext>", meetings.paper, name="paper"),
    path("tos/votes/", meetings.votes, name="votes"),
    path("tos/votes/table/", meetings.votes_table, name="votes_table"),
    path("tos/votes/table/template.xlsx", meetings.votes_template, name="votes_template"),
    path("calendar/", calendar.index, name="calendar"),
    path("calendar.ics", calendar.feed, name="calendar_feed"),
    path("calendar/schedule.pdf", calendar.paper, name="schedule"),
    path("seminars/", seminars.index, name="seminars"),
    path("seminars/figures/", seminars.taught, name="taught"),
    path("seminars/<int:pk>/", seminars.seminar, name="seminar"),
    path("seminars/<int:pk>/seminar.ics", seminars.seminar_calendar, name="seminar_calendar"),
    path("seminars/<int:pk>/join/", seminars.join, name="join"),
    path("seminars/<int:pk>/files/<int:number>/", seminars.material, name="material"),
    path("seminars/<int:pk>/check-in/", check_in.check_in, name="check_in"),
    path("seminars/<int:pk>/check-in/marks/", check_in.marks, name="check_in_marks"),
    path("seminars/<int:pk>/check-in/sheet/", check_in.attendance_sheet, name="check_in_sheet"),
    path("seminars/mine/<str:token>/", seminars.sign_up, name="sign_up"),
    path("seminars/mine/<str:token>/change/", seminars.change, name="change_sign_up"),
    path(
        "seminars/mine/<str:token>/seminar.ics", seminars.sign_up_calendar, name="sign_up_calendar"
    ),
    path(
        "seminars/mine/<str:token>/certificate.pdf",
        paper_views.own_certificate,
        name="own_certificate",
    ),
    path("seminars/certificates/", paper_views.search, name="certificates"),
    path("seminars/certificates/<str:number>/", paper_views.certificate, name="certificate"),
]
