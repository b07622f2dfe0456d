"""Pages below /requests/<number>/money/."""

from django.urls import path

from claims.of_request import views

app_name = "claims_of_request"

urlpatterns = [
    path("", views.money, name="money"),
    path("count/", views.count, name="count"),
    path("new/", views.new, name="new"),
    path("<int:place>/", views.claim, name="claim"),
    path("<int:place>/letter.pdf", views.letter, name="letter"),
    path("<int:place>/bill/<uuid:upload_id>/", views.bill, name="bill"),
    path("<int:place>/bill/<uuid:upload_id>/small/", views.bill_small, name="bill_small"),
    path("<int:place>/do/<slug:target>/", views.step, name="step"),
]
