"""Calls of this room, below /api/v1/."""

from django.urls import path

from outreach.calendar import api as calendar
from outreach.guides import api
from outreach.hotline import api as hotline
from outreach.hotline import api_card as cards
from outreach.questions import api as questions
from outreach.questions import desk_api as experts
from outreach.reception import api as reception
from outreach.reception import desk_api as visits
from outreach.seminars import api as seminars
from outreach.tos import api as tos

urlpatterns = [
    path("desk/calls/", hotline.Calls.as_view(), name="api-desk-calls"),
    path("desk/calls/<int:pk>/", cards.OneCall.as_view(), name="api-desk-call"),
    path("desk/calls/<int:pk>/experts/", cards.ToExperts.as_view()),
    path("desk/calls/<int:pk>/request/", cards.TurnCall.as_view()),
    path("desk/calls/<int:pk>/end/", cards.EndCall.as_view()),
    path("desk/calls/<int:pk>/done/", hotline.FollowUpDone.as_view()),
    path("desk/calls/<int:pk>/contact/", hotline.CallContact.as_view()),
    path("desk/call-backs/", hotline.CallBacks.as_view(), name="api-desk-call-backs"),
    path("desk/call-backs/<int:pk>/take/", hotline.TakeCallBack.as_view()),
    path("desk/questions/", experts.DeskQuestions.as_view(), name="api-desk-questions"),
    path("desk/questions/<int:pk>/", experts.OneDeskQuestion.as_view()),
    path("desk/questions/<int:pk>/take/", experts.TakeQuestion.as_view()),
    path("desk/questions/<int:pk>/give-back/", experts.GiveBackQuestion.as_view()),
    path("desk/questions/<int:pk>/draft/", experts.DraftQuestion.as_view()),
    path("desk/questions/<int:pk>/answer/", experts.AnswerQuestion.as_view()),
    path("desk/questions/<int:pk>/publish/", experts.PublishQuestion.as_view()),
    path("desk/questions/<int:pk>/hide/", experts.HideQuestion.as_view()),
    path("desk/questions/<int:pk>/decline/", experts.DeclineQuestion.as_view()),
    path("desk/reception/bookings/", visits.DeskBookings.as_view(), name="api-desk-bookings"),
    path("desk/reception/bookings/<int:pk>/", visits.OneDeskBooking.as_view()),
    path("desk/reception/bookings/<int:pk>/move/", visits.MoveBooking.as_view()),
    path("desk/reception/bookings/<int:pk>/cancel/", visits.CancelBooking.as_view()),
    path("desk/reception/bookings/<int:pk>/mark/", visits.MarkBooking.as_view()),
    path("desk/reception/bookings/<int:pk>/record/", visits.RecordBooking.as_view()),
    path("desk/reception/bookings/<int:pk>/contact/", visits.BookingContact.as_view()),
    path("guides/", api.Guides.as_view(), name="api-guides"),
    path("guides/<slug:slug>/", api.OneGuide.as_view(), name="api-guide"),
    path("questions/", questions.Questions.as_view(), name="api-questions"),
    path("questions/<int:pk>/", questions.OneQuestion.as_view(), name="api-question"),
    path("calendar/", calendar.Calendar.as_view(), name="api-calendar"),
    path("reception/slots/", reception.Slots.as_view(), name="api-reception-slots"),
    path("reception/bookings/", reception.Bookings.as_view(), name="api-reception-bookings"),
    path("tos/", tos.AllTos.as_view(), name="api-tos"),
    path("tos/mine/", tos.WhatIsMine.as_view(), name="api-tos-mine"),
    path("tos/<int:pk>/", tos.OneTos.as_view(), name="api-tos-one"),
    path("seminars/", seminars.Seminars.as_view(), name="api-seminars"),
    path("seminars/<int:pk>/", seminars.OneSeminar.as_view(), name="api-seminar"),
    path("seminars/<int:pk>/sign-ups/", seminars.SignUps.as_view(), name="api-seminar-sign-ups"),
]
