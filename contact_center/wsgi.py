"""The WSGI door: one callable that any WSGI server serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

application = get_wsgi_application()
