"""The portal's settings with nothing between the server and the view."""

from contact_center.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.bare.urls"
WSGI_APPLICATION = "bench.bare.wsgi.application"
# The statements come ready made: not even models are needed.
INSTALLED_APPS: list[str] = []
