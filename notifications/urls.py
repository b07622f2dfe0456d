"""Pages of this room."""

from django.urls import path

from notifications import callbacks, views

app_name = "notifications"
urlpatterns = [
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("reports/sms/<str:token>/", callbacks.sms_report, name="sms_report"),
    path("receipts/<str:token>/", callbacks.receipt, name="receipt"),
]
