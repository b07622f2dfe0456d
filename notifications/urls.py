"""Pages of this room."""

from django.urls import path

from notifications import callbacks, follow_pages, push_views, views

app_name = "notifications"
urlpatterns = [
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("reports/sms/<str:token>/", callbacks.sms_report, name="sms_report"),
    path("push/key/", push_views.key, name="push_key"),
    path("push/subscribe/", push_views.subscribe, name="push_subscribe"),
    path("push/unsubscribe/", push_views.unsubscribe, name="push_unsubscribe"),
    path("receipts/<str:token>/", callbacks.receipt, name="receipt"),
    path("follow/<str:token>/", follow_pages.confirm, name="confirm_follow"),
]
