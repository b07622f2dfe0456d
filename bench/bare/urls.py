"""One address: a recorded call, done again."""

from django.urls import path

from bench.bare.views import again

urlpatterns = [path("again/<str:name>/", again)]
