"""
Who sees what: every page × every actor, what GET writes, and where planted secrets turn up.

A new address fails here until its row says who may open it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from accounts import roles
from accounts.actors import CodeHolder, Operator, Resident
from accounts.models import ContactLook, User
from accounts.uploads import accept
from notifications.models import Message
from notifications.rendering import unsubscribe_url
from outreach.models import Guide
from requests_app import intake, lifecycle, tracking_code
from requests_app.models import Draft, Request
from tests.city_fixtures import ORDINARY
from tests.requests_app.filing_steps import picture, to_contact, to_words

pytestmark = pytest.mark.django_db

STAFF = ("operator", "chief", "editor", "admin")
DESK = ("operator", "chief", "admin")
ACTORS = ("nobody", "owner", "neighbour", "holder", "executor", "rival", *STAFF)
# Not loopback, so that /metrics sees a stranger.
ADDRESS = "203.0.113.9"


def row(everybody: int, /, **others: int) -> dict[str, int]:
    """Return the status of each actor; names of groups come before names of actors."""
    answers = dict.fromkeys(ACTORS, everybody)
    groups = {"staff": STAFF, "desk": DESK, "accounts": ACTORS[1:]}
    for name in ("accounts", "staff", "desk"):
        if name in others:
            answers |= dict.fromkeys(
                [one for one in groups[name] if name != "accounts" or one != "holder"],
                others.pop(name),
            )
    return {**answers, **others}


OPEN, POST_ONLY = row(200), row(405)
NO_CLAIM = row(404, nobody=302, holder=302)
# Whoever asked, who holds the code, who works on it, and who watches over it.
REQUEST = row(404, owner=200, holder=200, executor=200, desk=200)
DRAFT = row(302, owner=200)
STAFF_DOOR = row(302, staff=200)
# The company's people, and staff who may publish in its stead.
VERSION = "companies/<str:reference>/disclosure/<str:place>/<str:key>/<int:number>/"
CABINET = row(404, nobody=302, holder=302, executor=200, chief=200, admin=200)

# Representatives alone: staff work at the desk.
EXECUTORS = row(404, nobody=302, holder=302, executor=200, rival=200)
EXECUTORS_OWN = {**EXECUTORS, "rival": 404}

# The same for programs: nobody is asked who they are, others learn that it is not for them.
API_DESK = row(401, accounts=403, desk=200)
API_CABINET = row(401, accounts=403, executor=200, rival=404)
API_REQUEST = row(404, owner=200, executor=200, desk=200)

PAGES: dict[str, dict[str, int]] = {
    "": OPEN,
    "manifest.webmanifest": OPEN,
    "sw.js": OPEN,
    "app/icon-<slug:kind>-<int:size>.png": OPEN,
    "app/reader.json": OPEN,
    "robots.txt": OPEN,
    "sitemap.xml": OPEN,
    # The part of a section that is not there; the real ones: test_search_engines.py.
    "sitemap-<slug:section>-<int:number>.xml": row(404),
    "styleguide/": row(404),
    "theme/": POST_ONLY,
    "accounts/": row(302),
    "accounts/login/": row(302, nobody=200, holder=200),
    # No provider is set; with one: test_signing_in.py.
    "accounts/oidc/<slug:provider_id>/login/": row(404),
    "accounts/oidc/<slug:provider_id>/login/callback/": row(404),
    "accounts/3rdparty/login/error/": row(302),
    "accounts/3rdparty/login/cancelled/": row(302),
    # Old addresses of allauth's, led to its pages.
    "accounts/social/connections/": row(301),
    "accounts/social/login/cancelled/": row(301),
    "accounts/social/login/error/": row(301),
    "accounts/social/signup/": row(301),
    "accounts/profile/": row(302, accounts=200),
    "accounts/data/": row(302, accounts=200),
    "accounts/data/copy/": row(302, accounts=405),
    # Offices cannot close themselves; the others have signed in just now.
    "accounts/data/close/": row(302, owner=200, neighbour=200),
    "accounts/data/again/": row(302, accounts=200),
    "accounts/data/keep/": row(302, accounts=405),
    "accounts/data/call-off/<str:token>/": row(404),
    "accounts/tokens/": row(302, accounts=200),
    "accounts/tokens/<int:token_id>/revoke/": row(302, accounts=405),
    "accounts/notifications/": row(302, accounts=200),
    "accounts/follows/": row(302, accounts=200),
    "accounts/follows/<int:pk>/stop/": row(302, accounts=405),
    "accounts/notifications/where/": row(302, accounts=200),
    "accounts/notifications/where/phone/": row(302, accounts=405),
    "accounts/notifications/where/code/": row(302, accounts=405),
    "accounts/notifications/where/telegram/": row(302, accounts=405),
    "accounts/notifications/where/<int:pk>/remove/": row(302, accounts=405),
    "accounts/inbox/": row(302, accounts=200),
    "accounts/inbox/read/": row(302, accounts=405),
    "accounts/inbox/<int:pk>/open/": row(302, accounts=405),
    "accounts/webhooks/": row(302, accounts=200),
    "accounts/webhooks/new/": row(302, accounts=200),
    # A webhook of nobody here; one's own: tests/notifications/webhooks/test_pages.py.
    "accounts/webhooks/<int:pk>/": row(404, nobody=302, holder=302),
    "accounts/webhooks/<int:pk>/edit/": row(404, nobody=302, holder=302),
    "accounts/webhooks/<int:pk>/delete/": row(404, nobody=302, holder=302),
    "accounts/webhooks/<int:pk>/test/": row(302, accounts=405),
    "accounts/webhooks/<int:pk>/rotate/": row(302, accounts=405),
    "accounts/webhooks/<int:pk>/switch/": row(302, accounts=405),
    "accounts/webhooks/<int:pk>/replay/": row(302, accounts=405),
    "accounts/webhooks/<int:pk>/replay/<int:number>/": row(302, accounts=405),
    "notifications/unsubscribe/<str:token>/": OPEN,
    "notifications/reports/sms/<str:token>/": POST_ONLY,
    "notifications/push/key/": OPEN,
    "notifications/push/subscribe/": row(302, accounts=405),
    "notifications/push/unsubscribe/": row(302, accounts=405),
    "notifications/receipts/<str:token>/": POST_ONLY,
    # A token of another kind opens nothing; its own: tests/notifications/test_following.py.
    "notifications/follow/<str:token>/": row(404),
    "telegram/": POST_ONLY,
    "requests/": OPEN,
    "requests/points.geojson": OPEN,
    "requests/consent/": OPEN,
    "requests/new/": OPEN,
    "requests/new/matter/": DRAFT,
    "requests/new/call-first/": row(302),
    "requests/new/words/": DRAFT,
    "requests/new/contact/": DRAFT,
    "requests/new/check/": DRAFT,
    "requests/new/discard/": POST_ONLY,
    "requests/new/files/<uuid:upload_id>/": row(404, owner=200),
    "requests/new/files/<uuid:upload_id>/small/": row(404, owner=200),
    "requests/new/sent/<request_number:number>/": row(404, owner=200, holder=200),
    "requests/offline/": OPEN,
    "requests/share/": POST_ONLY,
    "requests/track/": OPEN,
    "requests/close-here/": POST_ONLY,
    # Its author lets others see it; a hidden one: tests/requests_app/test_followed.py.
    "requests/follow/<int:pk>/": OPEN,
    "requests/mine/": OPEN,
    "requests/mine/add/": POST_ONLY,
    "requests/<request_number:number>/": REQUEST,
    "requests/<request_number:number>/adopt/": POST_ONLY,
    "requests/<request_number:number>/do/<slug:verb>/": row(
        404, owner=200, holder=200, executor=200
    ),
    # Nothing is done yet: its own people are led back to the request.
    "requests/<request_number:number>/mark/": row(404, owner=302, holder=302),
    "requests/<request_number:number>/files/<uuid:upload_id>/": REQUEST,
    "requests/<request_number:number>/files/<uuid:upload_id>/small/": REQUEST,
    "requests/<slug:number>/money/": REQUEST,
    "requests/<slug:number>/money/count/": POST_ONLY,
    "requests/<slug:number>/money/new/": {
        actor: 302 if status == 200 else status for actor, status in REQUEST.items()
    },
    # There is no claim yet.
    "requests/<slug:number>/money/<int:place>/": row(404),
    "requests/<slug:number>/money/<int:place>/letter.pdf": row(404),
    # Whose bill it is: tests/claims/test_papers.py.
    "requests/<slug:number>/money/<int:place>/bill/<uuid:upload_id>/": row(404),
    "requests/<slug:number>/money/<int:place>/bill/<uuid:upload_id>/small/": row(404),
    "requests/<slug:number>/money/<int:place>/do/<slug:target>/": POST_ONLY,
    "requests/<slug:number>/money/<int:place>/anew/": row(404),
    # No court case here; who opens one, and its papers: tests/claims/test_court_pages.py.
    "requests/<slug:number>/money/<int:place>/court/": row(404),
    "requests/<slug:number>/money/<int:place>/court/do/<slug:name>/": POST_ONLY,
    "requests/<slug:number>/money/<int:place>/court/hearings.ics": row(404),
    "requests/<slug:number>/money/<int:place>/court/papers/<slug:which>.pdf": row(404),
    "requests/<slug:number>/money/<int:place>/court/files/": POST_ONLY,
    "requests/<slug:number>/money/<int:place>/court/files/<uuid:upload_id>/": row(404),
    "requests/<slug:number>/money/<int:place>/court/files/<uuid:upload_id>/remove/": POST_ONLY,
    "court/": row(302, accounts=200),
    "court/hearings.ics": row(302, accounts=200),
    "court/new/": row(404, nobody=302, holder=302, desk=200),
    "court/open/<slug:number>/<int:place>/": POST_ONLY,
    "court/<int:pk>/": row(404),
    "court/<int:pk>/assign/": POST_ONLY,
    "court/<int:pk>/do/<slug:name>/": POST_ONLY,
    "court/<int:pk>/edit/": row(404),
    "court/<int:pk>/files/": POST_ONLY,
    "court/<int:pk>/files/<uuid:upload_id>/": row(404),
    "court/<int:pk>/files/<uuid:upload_id>/remove/": POST_ONLY,
    "court/<int:pk>/hearings.ics": row(404),
    "court/<int:pk>/hearings/": POST_ONLY,
    "court/<int:pk>/hearings/<int:hearing>/": POST_ONLY,
    "court/<int:pk>/papers/<slug:which>.pdf": row(404),
    "court/<int:pk>/parties/": POST_ONLY,
    "court/<int:pk>/parties/<int:party>/": POST_ONLY,
    "dashboard/": OPEN,
    "dashboard/record/": OPEN,
    "dashboard/record/record.csv": OPEN,
    "dashboard/head/": row(404, chief=200, admin=200),
    # Nothing is counted here; what the files hold: test_dashboard.py.
    "dashboard/head/<month:period>/report.xlsx": row(404),
    "dashboard/head/<month:period>/report.pdf": row(404),
    "recalculation/": OPEN,
    "recalculation/legal-aid/": OPEN,
    "recalculation/won/": OPEN,
    "recalculation/won/rows/": OPEN,
    "recalculation/won/rows.csv": OPEN,
    # The rival speaks for nobody who is in the register: only requests are theirs.
    "cabinet/": row(302, accounts=200, executor=302, rival=302),
    "cabinet/requests/": EXECUTORS,
    "cabinet/requests/requests.csv": EXECUTORS,
    "cabinet/requests/table/": EXECUTORS,
    "cabinet/requests/table/do/": row(405, nobody=302, holder=302),
    "cabinet/requests/batches/": EXECUTORS,
    "cabinet/requests/batches/<uuid:batch_id>/": row(404, nobody=302, holder=302),
    "cabinet/requests/batches/<uuid:batch_id>/refused.csv": row(404, nobody=302, holder=302),
    "cabinet/requests/<request_number:number>/": EXECUTORS_OWN,
    "cabinet/requests/<request_number:number>/contact/": row(405, nobody=302, holder=302),
    "cabinet/claims/": EXECUTORS,
    # No claim is there; whose is: tests/claims/test_cabinet.py.
    "cabinet/claims/together/<int:incident>/": NO_CLAIM,
    "cabinet/claims/<request_number:number>/<int:place>/": NO_CLAIM,
    "cabinet/claims/<request_number:number>/<int:place>/letter.pdf": NO_CLAIM,
    "cabinet/claims/<request_number:number>/<int:place>/bill/<uuid:upload_id>/": NO_CLAIM,
    "cabinet/claims/<request_number:number>/<int:place>/bill/<uuid:upload_id>/small/": NO_CLAIM,
    "cabinet/claims/<request_number:number>/<int:place>/do/<slug:target>/": row(
        405, nobody=302, holder=302
    ),
    # The work has not begun: back to the card.
    "cabinet/requests/<request_number:number>/act/": {**EXECUTORS_OWN, "executor": 302},
    "cabinet/requests/<request_number:number>/act/scan/": {**EXECUTORS_OWN, "executor": 302},
    # Nobody has said that the work is theirs: back to the card.
    "cabinet/requests/<request_number:number>/link/": {**EXECUTORS_OWN, "executor": 302},
    "cabinet/requests/<request_number:number>/link/<int:link_id>/close/": row(
        405, nobody=302, holder=302
    ),
    # No such link; who opens one, and to what: tests/requests_app/test_repair_links.py.
    "repair/<str:token>/": row(404),
    "repair/<str:token>/start/": POST_ONLY,
    "repair/<str:token>/act/": row(404),
    "repair/<str:token>/photos/<uuid:upload_id>/": row(404),
    # «Comment» is no verb here; each verb: tests/requests_app/test_cabinet.py.
    "cabinet/requests/<request_number:number>/do/<slug:verb>/": row(404, nobody=302, holder=302),
    # No rating here; who sees its rows: tests/ratings/test_comments.py.
    "cabinet/<str:inn>/rating/<month:period>/": row(404, nobody=302, holder=302),
    "cabinet/<str:inn>/rating/<month:period>/rows.csv": row(404, nobody=302, holder=302),
    "cabinet/<str:inn>/rating/<month:period>/<str:number>/": row(404, nobody=302, holder=302),
    "cabinet/<str:inn>/": CABINET,
    "cabinet/<str:inn>/houses/": CABINET,
    "cabinet/<str:inn>/houses/sheet/": CABINET,
    "cabinet/<str:inn>/houses/houses.xlsx": CABINET,
    "cabinet/<str:inn>/<int:pk>/": CABINET,
    "cabinet/<str:inn>/<str:place>/<str:key>/": CABINET,
    # Nothing is filled in: back to the form.
    "cabinet/<str:inn>/<str:place>/<str:key>/preview/": {
        actor: 302 if status == 200 else status for actor, status in CABINET.items()
    },
    "cabinet/<str:inn>/<str:place>/<str:key>/publish/": row(405, nobody=302, holder=302),
    "cabinet/<str:inn>/<str:place>/<str:key>/conflict/<int:stale_id>/": row(
        404, nobody=302, holder=302
    ),
    "cabinet/<str:inn>/<str:place>/<str:key>/upload/": CABINET,
    "cabinet/<str:inn>/<str:place>/<str:key>/template.<str:ext>": CABINET,
    "cabinet/<str:inn>/<str:place>/<str:key>/files/<uuid:upload_id>/": row(
        404, nobody=302, holder=302
    ),
    "open-data/": OPEN,
    "feeds/": OPEN,
    "feeds/requests.atom": OPEN,
    "feeds/requests.json": OPEN,
    "feeds/outages.atom": OPEN,
    "feeds/outages.json": OPEN,
    "feeds/outages.ics": OPEN,
    "feeds/publications.atom": OPEN,
    "feeds/publications.json": OPEN,
    "feeds/ratings.atom": OPEN,
    "feeds/ratings.json": OPEN,
    "open-data/catalog.jsonld": OPEN,
    "open-data/changes.atom": OPEN,
    "open-data/everything/": OPEN,
    # No day is published yet.
    "open-data/everything/<str:day>.zip": row(404),
    "open-data/latest/<str:name>.<str:ext>": row(404),
    "open-data/<str:day>/<str:name>.csv-metadata.json": row(404),
    "open-data/<str:day>/<str:name>.<str:ext>": row(404),
    "companies/<str:reference>/disclosure/": OPEN,
    "companies/<str:reference>/follow/": OPEN,
    VERSION: row(404),
    f"{VERSION}files/<uuid:upload_id>/": row(404),
    "api/v1/recalculation/": POST_ONLY,
    "outages/": OPEN,
    "outages/points.geojson": OPEN,
    "outages/confirm/<str:token>/": row(404),
    "outages/subscribe/<int:pk>/": OPEN,
    "outages/follow/street/<int:pk>/": OPEN,
    "outages/follow/district/<str:name>/": row(404),
    "outages/<int:pk>/": row(404),
    # No incident here; what anybody reads of one: tests/claims/test_incident_page.py.
    "outages/<int:pk>/money/": row(404),
    "outages/<int:pk>/money/claim/": row(404),
    "outages/<int:pk>/points.geojson": OPEN,
    "outages/<int:pk>/follow/": POST_ONLY,
    "buildings/": OPEN,
    "buildings/suggest/": OPEN,
    "buildings/<int:pk>/point/": OPEN,
    "buildings/<int:pk>/": OPEN,
    "buildings/<int:pk>/poster.pdf": OPEN,
    "buildings/<int:pk>/wrong/": OPEN,
    "companies/<str:reference>/wrong/": OPEN,
    "companies/map/": OPEN,
    "companies/map/points/": OPEN,
    "companies/compare/": OPEN,
    "companies/": OPEN,
    "companies/<str:reference>/": OPEN,
    "ratings/": OPEN,
    "ratings/methodology/": OPEN,
    "ratings/compare/": OPEN,
    "ratings/follow/": OPEN,
    "ratings/map/": OPEN,
    "ratings/map/points/": OPEN,
    "ratings/badge/<str:reference>.svg": row(404),
    "ratings/<month:period>/results.xlsx": row(404),
    "ratings/<month:period>/<str:reference>/picture.png": row(404),
    "ratings/<month:period>/<str:reference>/meeting.pdf": row(404),
    # No rating here; who sees drafts and what is published: tests/ratings/test_pages.py.
    "ratings/<month:period>/": row(404),
    "ratings/<month:period>/inputs.csv": row(404),
    "ratings/<month:period>/results.csv": row(404),
    "ratings/<month:period>/results.json": row(404),
    "ratings/<month:period>/methodology.json": row(404),
    "ratings/<month:period>/manifest.json": row(404),
    "ratings/<month:period>/rows.csv": row(404),
    "ratings/<month:period>/objections/": row(404),
    "ratings/<month:period>/<str:reference>/rows.csv": row(404),
    "ratings/<month:period>/signature.json": row(404),
    "ratings/<month:period>/verify.py": row(404),
    "ratings/<month:period>/<str:reference>/": row(404),
    "guides/": OPEN,
    "questions/": OPEN,
    "questions/ask/": OPEN,
    # Nothing is asked or published.
    "questions/<int:pk>/": row(404),
    "questions/mine/<str:token>/": row(404),
    "admin/outreach/question/": row(302, editor=403, desk=200),
    "admin/outreach/question/<int:pk>/do/": row(302, staff=405),
    "help/": OPEN,
    "consultations/": OPEN,
    "consultations/call-back/": OPEN,
    "consultations/call-back/<str:token>/": row(404),
    "consultations/call-back/<str:token>/change/": POST_ONLY,
    "admin/outreach/call/": row(302, editor=403, desk=200),
    "admin/outreach/call/add/": row(302, editor=403, desk=200),
    "admin/outreach/call/<path:object_id>/change/": row(302, editor=403, desk=404),
    "admin/outreach/call/<path:object_id>/delete/": row(302, staff=403),
    "admin/outreach/call/guides/": row(302, editor=403, desk=200),
    "admin/outreach/call/figures/": row(302, editor=403, operator=403, chief=200, admin=200),
    "admin/outreach/call/<int:pk>/caller/": row(302, staff=405),
    "admin/outreach/call/<int:pk>/request/": row(302, editor=403, desk=404),
    "admin/outreach/call/<int:pk>/contact/": row(302, staff=405),
    "admin/outreach/call/<int:pk>/done/": row(302, staff=405),
    "admin/outreach/callback/": row(302, editor=403, desk=200),
    "admin/outreach/callback/<int:pk>/call/": row(302, staff=405),
    "admin/outreach/callback/<path:object_id>/change/": row(302, staff=302),
    "calendar/": OPEN,
    "calendar.ics": OPEN,
    "calendar/schedule.pdf": OPEN,
    "seminars/": OPEN,
    "seminars/figures/": OPEN,
    "seminars/certificates/": OPEN,
    # There is no seminar, sign-up or certificate; who stands at the door:
    # tests/outreach/test_seminars.py.
    "seminars/certificates/<str:number>/": row(404),
    "seminars/<int:pk>/": row(404),
    "seminars/<int:pk>/seminar.ics": row(404),
    "seminars/<int:pk>/join/": row(404),
    "seminars/<int:pk>/files/<int:number>/": row(404),
    "seminars/<int:pk>/check-in/": row(404, nobody=302, holder=302),
    "seminars/<int:pk>/check-in/marks/": POST_ONLY,
    "seminars/<int:pk>/check-in/sheet/": row(404, nobody=302, holder=302),
    "seminars/mine/<str:token>/": row(404),
    "seminars/mine/<str:token>/change/": POST_ONLY,
    "seminars/mine/<str:token>/seminar.ics": row(404),
    "seminars/mine/<str:token>/certificate.pdf": row(404),
    "api/v1/seminars/": OPEN,
    "api/v1/seminars/<int:pk>/": row(404),
    "api/v1/seminars/<int:pk>/sign-ups/": POST_ONLY,
    "admin/outreach/seminar/": STAFF_DOOR,
    "admin/outreach/seminar/<int:pk>/copy/": row(302, staff=405),
    "admin/outreach/seminar/<int:pk>/call-off/": row(302, staff=405),
    "admin/outreach/seminar/<int:pk>/file/": row(302, staff=405),
    "admin/outreach/seminar/<int:pk>/list.xlsx": row(302, staff=404),
    "admin/outreach/signup/": row(302, editor=403, desk=200),
    "admin/outreach/signup/<int:pk>/contact/": row(302, staff=405),
    "admin/outreach/signup/<int:pk>/do/": row(302, staff=405),
    "admin/outreach/certificate/": row(302, editor=403, desk=200),
    "admin/outreach/feedback/": STAFF_DOOR,
    "reception/": OPEN,
    # There is no host, time or booking.
    "reception/<int:pk>/": row(404),
    "reception/<int:pk>/wait/": POST_ONLY,
    "reception/times/<int:pk>/": row(404),
    "reception/bookings/<str:token>/": row(404),
    "reception/bookings/<str:token>/reception.ics": row(404),
    "reception/bookings/<str:token>/change/": POST_ONLY,
    "api/v1/reception/slots/": OPEN,
    "api/v1/reception/bookings/": POST_ONLY,
    "admin/outreach/booking/": row(302, editor=403, desk=200),
    "admin/outreach/booking/<int:pk>/contact/": row(302, staff=405),
    "admin/outreach/booking/<int:pk>/do/": row(302, staff=405),
    "admin/outreach/booking/<int:pk>/request/": row(302, editor=403, desk=404),
    "tos/": OPEN,
    "tos/boundaries.geojson": OPEN,
    "tos/mine/": OPEN,
    "tos/how-to/": OPEN,
    # There is no ТОС: who sees which, and whose contacts: tests/outreach/test_tos.py.
    "tos/<int:pk>/": row(404),
    "tos/<int:pk>/charter.pdf": row(404),
    "tos/meeting/": OPEN,
    # A paper is made of the address alone; this one says nothing.
    "tos/meeting/<slug:name>.<slug:ext>": row(404),
    "tos/votes/": OPEN,
    "tos/votes/table/": OPEN,
    "tos/votes/table/template.xlsx": OPEN,
    "api/v1/tos/": OPEN,
    "api/v1/tos/mine/": row(400),
    "api/v1/tos/<int:pk>/": row(404),
    "admin/outreach/tos/import/": row(302, staff=403, editor=200, admin=200),
    # There is no ТОС.
    "admin/outreach/tos/<int:pk>/boundary/": row(302, staff=404),
    "admin/outreach/tos/<int:pk>/charter/": row(302, staff=403, editor=404, admin=404),
    "guides/<slug:slug>/": OPEN,
    "guides/<slug:slug>/helped/": POST_ONLY,
    "api/v1/uploads/": POST_ONLY,
    "api/v1/buildings/": OPEN,
    "api/v1/buildings/<int:pk>/": OPEN,
    "api/v1/buildings/<int:pk>/disclosure/": OPEN,
    "api/v1/companies/": OPEN,
    "api/v1/companies/<str:reference>/": OPEN,
    "api/v1/companies/<str:reference>/disclosure/": OPEN,
    "api/v1/companies/<str:reference>/publications/": OPEN,
    # Nothing is published, nobody is rated, no question is answered.
    "api/v1/publications/<int:pk>/": row(404),
    "api/v1/disclosure/forms/": OPEN,
    "api/v1/disclosure/forms/<str:code>/": row(404),
    "api/v1/ratings/": OPEN,
    "api/v1/ratings/methodologies/": OPEN,
    "api/v1/ratings/methodologies/<int:version>/": row(404),
    "api/v1/ratings/<month:period>/": row(404),
    "api/v1/ratings/<month:period>/<str:reference>/": row(404),
    "api/v1/recalculation/utilities/": OPEN,
    "api/v1/tariffs/": OPEN,
    "api/v1/won/": OPEN,
    "api/v1/won/rows/": OPEN,
    "api/v1/legal-aid/": OPEN,
    "api/v1/legal-aid/check/": POST_ONLY,
    "api/v1/questions/": OPEN,
    "api/v1/questions/<int:pk>/": row(404),
    "api/v1/calendar/": OPEN,
    "api/v1/statistics/": OPEN,
    "api/v1/statistics/record/": OPEN,
    "api/v1/categories/": OPEN,
    # The tree of the page's tests has no such matter.
    "api/v1/categories/<slug:slug>/": row(404),
    "api/v1/guides/": OPEN,
    "api/v1/inbox/": row(401, accounts=200),
    "api/v1/inbox/read/": POST_ONLY,
    "api/v1/webhooks/": row(401, accounts=200),
    "api/v1/webhooks/<int:pk>/": row(404, nobody=401, holder=401),
    "api/v1/webhooks/<int:pk>/test/": POST_ONLY,
    "api/v1/webhooks/<int:pk>/rotate/": POST_ONLY,
    "api/v1/webhooks/<int:pk>/replay/": POST_ONLY,
    "api/v1/webhooks/<int:pk>/deliveries/": row(404, nobody=401, holder=401),
    "api/v1/webhooks/<int:pk>/deliveries/<int:number>/replay/": POST_ONLY,
    "api/v1/incidents/": OPEN,
    "api/v1/incidents/<int:pk>/": row(404),
    "api/v1/guides/<slug:slug>/": OPEN,
    "api/v1/desk/requests/": row(401, accounts=403, desk=200),
    "api/v1/requests/": OPEN,
    # No batch was sent; whose is: tests/requests_app/test_exchange_api.py.
    "api/v1/cabinet/batch/": row(401, accounts=403, executor=200, rival=200),
    "api/v1/cabinet/batch/<uuid:batch_id>/": row(401, accounts=403, executor=404, rival=404),
    "api/v1/outside/<str:source>/requests/": row(401, accounts=403, desk=200),
    "api/v1/outside/<str:source>/batches/<uuid:batch_id>/": row(401, accounts=403, desk=404),
    # By account: a code goes into the query, its cookie is for the pages.
    "api/v1/requests/<str:number>/": row(404, owner=200, executor=200, desk=200),
    "api/v1/requests/<str:number>/confirm/": POST_ONLY,
    "api/v1/requests/<str:number>/object/": POST_ONLY,
    "api/v1/requests/<str:number>/withdraw/": POST_ONLY,
    "api/v1/requests/<str:number>/comment/": POST_ONLY,
    "api/v1/requests/<str:number>/mark/": POST_ONLY,
    "api/v1/requests/<str:number>/transitions/": POST_ONLY,
    "open311/v2/discovery.<open311:form>": OPEN,
    "open311/v2/services.<open311:form>": OPEN,
    "open311/v2/services/<str:category>.<open311:form>": OPEN,
    "open311/v2/requests.<open311:form>": OPEN,
    # Its author lets others see it; a hidden one: tests/requests_app/open311/test_searching.py.
    "open311/v2/requests/<str:number>.<open311:form>": OPEN,
    # No token: the number stands for it.
    "open311/v2/tokens/<str:token>.<open311:form>": row(404),
    "open311/v2/servicerequestupdates.<open311:form>": OPEN,
    "api/v1/requests/mine/": row(401, accounts=200),
    "api/v1/requests/<int:pk>/follow/": row(401, accounts=200),
    "api/v1/requests/<str:number>/files/<uuid:upload>/": API_REQUEST,
    "api/v1/requests/<str:number>/files/<uuid:upload>/small/": API_REQUEST,
    "api/v1/cabinet/requests/": row(401, accounts=403, executor=200, rival=200),
    "api/v1/cabinet/requests/<str:number>/": API_CABINET,
    "api/v1/cabinet/requests/<str:number>/acts/": API_CABINET,
    "api/v1/cabinet/requests/<str:number>/links/": API_CABINET,
    "api/v1/cabinet/requests/<str:number>/links/<int:pk>/": POST_ONLY,
    **{
        f"api/v1/cabinet/requests/<str:number>/{verb}/": POST_ONLY
        for verb in (
            *("contact", "plan", "visit", "harm-stopped", "inspections", "written-answer"),
            *("more-time", "pass-on"),
        )
    },
    **{
        f"api/v1/desk/requests/<str:number>/{verb}/": POST_ONLY
        for verb in (
            *("plan", "visit", "harm-stopped", "inspections", "written-answer", "extend", "take"),
            *("release", "assign", "aside", "bring-back", "notes", "category", "incident"),
            *("incident/open", "contact", "presence", "merge", "split", "links"),
            "links/<str:other>",
        )
    },
    "api/v1/desk/requests/<str:number>/": API_DESK,
    "api/v1/desk/requests/file/": POST_ONLY,
    "api/v1/cabinet/claims/": row(401, accounts=403, executor=200, rival=200),
    "api/v1/cabinet/claims/<str:number>/<int:place>/": row(
        401, accounts=403, executor=404, rival=404
    ),
    "api/v1/desk/claims/": API_DESK,
    "api/v1/desk/claims/<str:number>/<int:place>/": row(401, accounts=403, desk=404),
    "api/v1/desk/calls/": API_DESK,
    # No card is open here; whose is: tests/outreach/test_hotline_api.py.
    "api/v1/desk/calls/<int:pk>/": row(401, accounts=403, desk=404),
    "api/v1/desk/calls/<int:pk>/experts/": POST_ONLY,
    "api/v1/desk/calls/<int:pk>/request/": POST_ONLY,
    "api/v1/desk/calls/<int:pk>/end/": POST_ONLY,
    "api/v1/desk/calls/<int:pk>/done/": POST_ONLY,
    "api/v1/desk/calls/<int:pk>/contact/": POST_ONLY,
    "api/v1/desk/call-backs/": API_DESK,
    "api/v1/desk/call-backs/<int:pk>/take/": POST_ONLY,
    "api/v1/desk/questions/": API_DESK,
    "api/v1/desk/questions/<int:pk>/": row(401, accounts=403, desk=404),
    **{
        f"api/v1/desk/questions/<int:pk>/{verb}/": POST_ONLY
        for verb in ("take", "give-back", "draft", "answer", "publish", "hide", "decline")
    },
    "api/v1/desk/reception/bookings/": API_DESK,
    "api/v1/desk/reception/bookings/<int:pk>/": row(401, accounts=403, desk=404),
    **{
        f"api/v1/desk/reception/bookings/<int:pk>/{verb}/": POST_ONLY
        for verb in ("move", "cancel", "mark", "record", "contact")
    },
    "api/v1/desk/intake/answer/": API_DESK,
    "api/v1/desk/intake/caller/": POST_ONLY,
    "api/v1/desk/intake/words/": POST_ONLY,
    "api/v1/desk/queue/": API_DESK,
    "api/v1/desk/queue/next/": POST_ONLY,
    "api/v1/desk/filters/": API_DESK,
    # No filter is kept here; whose is: tests/requests_app/test_api_desk_filters.py.
    "api/v1/desk/filters/<int:pk>/": row(401, accounts=403, desk=404),
    "api/v1/desk/proposals/": API_DESK,
    # No burst here.
    "api/v1/desk/proposals/<int:pk>/": row(401, accounts=403, desk=404),
    **{
        f"api/v1/desk/proposals/<int:pk>/{verb}/": POST_ONLY
        for verb in ("accept", "dismiss", "attach")
    },
    "api/v1/desk/quality-calls/": API_DESK,
    "api/v1/desk/quality-calls/figures/": API_DESK,
    # None is drawn here.
    "api/v1/desk/quality-calls/<int:pk>/": row(401, accounts=403, desk=404),
    "api/v1/desk/quality-calls/<int:pk>/record/": POST_ONLY,
    "api/v1/desk/outside-letters/": API_DESK,
    # None came here.
    "api/v1/desk/outside-letters/<int:pk>/": row(401, accounts=403, desk=404),
    "api/v1/desk/outside-letters/<int:pk>/file/": POST_ONLY,
    "api/v1/desk/outside-letters/<int:pk>/decline/": POST_ONLY,
    "api/v1/desk/bulk/": POST_ONLY,
    "api/v1/desk/bulk/undo/": POST_ONLY,
    "api/v1/desk/operators/": API_DESK,
    "api/v1/desk/organisations/": API_DESK,
    "api/v1/desk/buildings/<int:pk>/": API_DESK,
    "api/v1/desk/incidents/": POST_ONLY,
    "api/v1/desk/incidents/preview/": POST_ONLY,
    "api/v1/desk/incidents/<int:pk>/": row(401, accounts=403, desk=404),
    **{
        f"api/v1/desk/incidents/<int:pk>/{verb}/": POST_ONLY
        for verb in ("news", "end", "cancel", "merge", "houses", "jobs/<int:job>")
    },
    "api/v1/schema/": OPEN,
    "api/v1/docs/": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "metrics": row(404),
    "admin/": STAFF_DOOR,
    "admin/login/": row(302),
    "admin/logout/": row(302, staff=405),
    "admin/password_change/": STAFF_DOOR,
    "admin/password_change/done/": STAFF_DOOR,
    "admin/autocomplete/": row(302, staff=403),
    "admin/jsi18n/": STAFF_DOOR,
    "admin/r/<path:content_type_id>/<path:object_id>/": row(302, staff=404),
    "admin/(?P<url>.*)$": row(302, staff=404),
    # Elsewhere than in a drill there is no storm: tests/contact_center/test_drill.py.
    "admin/drill/": row(302, editor=403, operator=403, chief=200, admin=200),
    "admin/drill/start/": row(302, staff=405),
    "admin/drill/<int:pk>/stop/": row(302, staff=405),
    "admin/drill/<int:pk>/report/": row(302, editor=403, operator=403, chief=404, admin=404),
    "admin/requests_app/request/": row(302, editor=403, desk=200),
    "admin/requests_app/request/add/": row(302, editor=403, desk=200),
    "admin/requests_app/request/<path:object_id>/change/": row(302, editor=403, desk=200),
    "admin/requests_app/request/<path:object_id>/history/": row(
        302, editor=403, operator=403, chief=200, admin=200
    ),
    "admin/requests_app/request/<path:object_id>/delete/": row(302, staff=403),
    "admin/requests_app/request/<path:object_id>/": row(302),
    "admin/requests_app/request/search/": row(302, staff=405),
    "admin/requests_app/request/queue/": row(302, editor=403, desk=200),
    "admin/requests_app/request/board/": row(302, editor=403, desk=200),
    "admin/requests_app/request/queue/take/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/take/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/release/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/aside/": row(302, staff=405),
    "admin/requests_app/request/filters/": row(302, staff=405),
    "admin/requests_app/request/filters/<int:pk>/": row(302, staff=405),
    "admin/requests_app/answertemplate/preview/": row(302, staff=405),
    "admin/requests_app/request/organisations/": row(302, editor=403, desk=200),
    "admin/requests_app/request/add/addresses/": row(302, editor=403, desk=200),
    "admin/requests_app/request/add/matters/": row(302, editor=403, desk=200),
    "admin/requests_app/request/add/answer/": row(302, editor=403, desk=200),
    "admin/requests_app/request/add/words/": row(302, staff=405),
    "admin/requests_app/request/add/caller/": row(302, staff=405),
    # Only for the operator who has just typed it in.
    "admin/requests_app/request/<int:pk>/filed/": row(302, editor=403, desk=404),
    "admin/requests_app/request/<int:pk>/merge/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/split/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/link/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/preview/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/move/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/comment/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/note/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/clock/<slug:verb>/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/assign/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/matter/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/incident/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/incident/open/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/contact/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/presence/": row(302, staff=405),
    "admin/requests_app/request/<int:pk>/files/<uuid:upload>/": row(302, editor=403, desk=200),
    "admin/requests_app/request/<int:pk>/files/<uuid:upload>/small/": row(
        302, editor=403, desk=200
    ),
    "admin/requests_app/incident/houses.geojson": row(
        302, editor=403, operator=403, chief=200, admin=200
    ),
    "admin/requests_app/incident/notice/": row(302, editor=403, operator=403, chief=200, admin=200),
    # No such incident here; who may end one: tests/requests_app/test_desk_rooms.py.
    "admin/requests_app/incident/<int:pk>/next/": row(
        302, editor=403, operator=403, chief=404, admin=404
    ),
    # Who may hold its work: tests/requests_app/test_incident_holding.py.
    "admin/requests_app/incident/<int:pk>/jobs/<int:job>/<slug:deed>/": row(
        302, editor=403, operator=403, chief=404, admin=404
    ),
    "admin/requests_app/incident/<int:pk>/offers/<slug:deed>/": row(
        302, editor=403, operator=403, chief=404, admin=404
    ),
    "admin/notifications/fanout/<int:pk>/<slug:deed>/": row(
        302, editor=403, operator=403, chief=404, admin=404
    ),
    "admin/requests_app/escalation/": row(302, editor=403, desk=200),
    "admin/requests_app/escalation/<int:pk>/letter.pdf": row(302, editor=403, desk=404),
    "admin/requests_app/qualitycall/": row(302, editor=403, desk=200),
    "admin/requests_app/qualitycall/<path:object_id>/change/": row(302, editor=403, desk=404),
    "admin/requests_app/qualitycall/<path:object_id>/": row(302),
    "admin/requests_app/qualitycall/add/": row(302, staff=403),
    "admin/requests_app/qualitycall/<path:object_id>/delete/": row(302, staff=403),
    "admin/requests_app/incidentproposal/": row(302, editor=403, desk=200),
    # No burst here; its page: tests/requests_app/test_proposals.py.
    "admin/requests_app/incidentproposal/<path:object_id>/change/": row(302, editor=403, desk=404),
    "admin/requests_app/incidentproposal/add/": row(302, staff=403),
    "admin/requests_app/incidentproposal/<path:object_id>/delete/": row(302, staff=403),
    "admin/requests_app/incidentproposal/<int:pk>/accept/": row(302, staff=405),
    "admin/requests_app/incidentproposal/<int:pk>/dismiss/": row(302, staff=405),
    "admin/requests_app/incidentproposal/<int:pk>/attach/": row(302, staff=405),
    "admin/requests_app/outsideletter/": row(302, editor=403, desk=200),
    # No letter here; its page: tests/requests_app/test_outside.py.
    "admin/requests_app/outsideletter/<path:object_id>/change/": row(302, editor=403, desk=404),
    "admin/requests_app/outsideletter/add/": row(302, staff=403),
    "admin/requests_app/outsideletter/<path:object_id>/delete/": row(302, staff=403),
    "admin/requests_app/outsideletter/<int:pk>/file/": row(302, staff=405),
    "admin/requests_app/outsideletter/<int:pk>/decline/": row(302, staff=405),
    "admin/requests_app/outsideletter/answers/<slug:source>.csv": row(302, editor=403, desk=200),
    "admin/requests_app/outsideletter/upload/": row(302, editor=403, desk=200),
    "admin/requests_app/outsideletter/batches/<uuid:batch_id>/": row(302, editor=403, desk=404),
    "admin/requests_app/outsideletter/batches/<uuid:batch_id>/go/": row(302, staff=405),
    "admin/requests_app/outsideletter/batches/<uuid:batch_id>/refused.csv": row(
        302, editor=403, desk=404
    ),
    "admin/notifications/message/act/": row(302, staff=405),
    "admin/notifications/message/channels/": row(302, staff=403, chief=200, admin=200),
    # A case is opened from its claim, or on the page of the lawyers' work.
    "admin/claims/courtcase/add/": row(302, staff=403),
    # There is no such letter; the real ones: tests/notifications/test_texts.py.
    "admin/notifications/lettertext/letter/<path:template>/<slug:language>/": row(
        302, staff=403, chief=404, admin=404
    ),
    # Letters as sent are shown in the demo only.
    "admin/notifications/sentletter/<int:pk>/html/": row(302, staff=404),
    "admin/disclosure/importrun/<int:run_id>/report/": row(302, staff=404),
    "admin/disclosure/importrun/<int:run_id>/differences/": row(302, staff=404),
    "admin/disclosure/correctionrequest/<int:pk>/decide/": row(302, staff=404, operator=403),
    "admin/disclosure/publication/<int:pk>/return/": row(302, staff=403, chief=404, admin=404),
    "admin/outreach/guide/<int:pk>/preview/": row(302, staff=403, editor=200, admin=200),
    "admin/claims/tariff/load/": row(302, staff=403, editor=200, admin=200),
    "admin/accounts/user/<id>/password/": row(302, staff=403, admin=200),
}


@dataclass(frozen=True)
class Page:
    """An address of the project: its pattern, and the view's name and module."""

    route: str
    name: str
    module: str

    @property
    def is_allauth(self) -> bool:
        return self.module.startswith("allauth.")

    @property
    def model(self) -> tuple[str, str] | None:
        """The model of one of admin's own addresses."""
        parts = self.route.split("/")
        labels = {app.label for app in apps.get_app_configs()}
        is_model = parts[0] == "admin" and len(parts) > 3 and parts[1] in labels
        return (parts[1], parts[2]) if is_model else None


def pages() -> Iterator[Page]:
    """Walk the resolver."""

    def walk(resolver: Any, before: str) -> Iterator[Page]:
        for pattern in resolver.url_patterns:
            route = before + str(pattern.pattern).lstrip("^")
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route)
            else:
                view = pattern.callback
                yield Page(route, pattern.name or "", getattr(view, "__module__", ""))

    return walk(get_resolver(), "")


@dataclass
class World:
    """One request with everything in it, and who looks at it."""

    item: Request
    draft_upload: str
    upload: str
    clients: dict[str, Client]
    secrets: dict[str, str] = field(default_factory=dict)

    def address(self, page: Page) -> str:
        """Return the page's address for the request of this world."""
        values = {
            "<int:token_id>": "1",
            "<str:code>": "9.9",
            "<int:version>": "9",
            "<str:token>": self.stop_token,
            "<request_number:number>": self.item.number,
            "<open311:form>": "json",
            "<str:category>": ORDINARY,
            "<str:number>": self.item.number,
            "<slug:number>": self.item.number,
            "<int:place>": "1",
            "<slug:target>": "withdrawn",
            "<slug:deed>": "pause",
            "<int:job>": "1",
            "<str:other>": "26-999999",
            "<slug:name>": "file",
            "<slug:which>": "statement",
            "<int:hearing>": "1",
            "<int:party>": "1",
            "<str:inn>": self.item.company.inn,
            "<str:place>/<str:key>": "company/1.1",
            "<int:stale_id>": "1",
            "<int:link_id>": "1",
            "<int:number>": "1",
            "<str:ext>": "csv",
            "<str:day>": "latest",
            "<str:name>": "houses",
            "<slug:verb>": "comment",
            "<slug:slug>": "guide-to-read",
            "<slug:name>.<slug:ext>": "notice.pdf",
            "<slug:kind>-<int:size>": "plain-192",
            "<path:template>/<slug:language>": "no/letter/ru",
            "<uuid:upload_id>": self.draft_upload if "/new/" in page.route else self.upload,
            "<uuid:upload>": self.upload,
            "<int:pk>": str(self.number_in(page.route)),
            "<str:reference>": self.item.company.inn,
            "<path:content_type_id>/<path:object_id>": "999999/1",
            "<int:run_id>": "999999",
            "<str:source>": "pos",
            "<slug:source>": "pos",
            "<uuid:batch_id>": "00000000-0000-4000-8000-000000000000",
            "<month:period>": "2026-03",
            "<id>": str(self.item.resident_id),
            "(?P<url>.*)$": "nowhere",
            "(?P<app_label>": "requests_app/",
            "<path:object_id>": str(self.of_model(page)),
        }
        route = page.route
        if "(?P<app_label>" in route:
            return "/admin/requests_app/"
        if "(?P<uidb36>" in route:
            return "/accounts/password/reset/key/1-abc/"
        for mark, value in values.items():
            route = route.replace(mark, value)
        query = {"buildings/": "?q=Садовая", "api/v1/buildings/": "?q=Садовая"}
        return f"/{route}{query.get(page.route, '')}"

    @cached_property
    def stop_token(self) -> str:
        """The signed part of a letter's link that stops such letters."""
        return unsubscribe_url(Message.objects.first()).rstrip("/").rsplit("/", 1)[1]

    def number_in(self, route: str) -> int:
        """Return the row that a bare number in the address means there."""
        if route.startswith("outages/follow/street"):
            return self.item.building.street_id
        houses = ("buildings", "api/v1/buildings", "api/v1/desk/buildings", "cabinet")
        if route.startswith((*houses, "outages/subscribe")):
            return self.item.building_id
        if route.startswith("admin/outreach/guide/"):
            return Guide.objects.get(slug="guide-to-read").pk
        return self.item.pk

    def of_model(self, page: Page) -> object:
        if page.model is None:
            return ""
        if page.model == ("requests_app", "request"):
            return self.item.pk
        first = apps.get_model(*page.model)._default_manager.first()
        return first.pk if first else 1


def second_factor_of(client: Client, user: User) -> Client:
    """Sign in as allauth leaves it after password and authenticator."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "at": time.time(), "type": "totp"},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


@pytest.fixture(autouse=True)
def _earnest(settings, tmp_path) -> None:
    settings.DEMO = False
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }


@pytest.fixture
def editor(roles_loaded) -> User:
    user = User.objects.create_user("editor@example.org", "a long password", is_staff=True)
    user.groups.add(Group.objects.get(name=roles.EDITORS))
    return user


@pytest.fixture
def world(
    building, categories, resident, neighbour, company_user, rival, operator, chief, editor,
    admin_user,
) -> World:  # fmt: skip
    at = timezone.now()
    call_command("load_forms", stdout=StringIO())
    owner = Resident(id=resident.pk)
    upload = accept(picture(), by=owner, address=ADDRESS, at=at)
    item = intake.file(
        intake.NewRequest(
            category=ORDINARY,
            building=building.pk,
            flat="к7731",
            description="Ржавчина описывает секрет описания",
            contact=intake.Contact(
                name="Аристарх Звездочётов", email="zvezda@secret.example", phone="+79005557733"
            ),
            consent=True,
            public=True,
            uploads=(upload.pk,),
            resident_id=resident.pk,
        ),
        by=owner,
        at=at,
    ).request
    staff = Operator(id=operator.pk, sees_contacts=True, is_admin=False)
    item = lifecycle.comment(item, by=owner, at=at, text="Открытая реплика жителя")
    item = lifecycle.internal_note(item, by=staff, at=at, text="Внутренняя пометка операторов")
    users = {
        "owner": resident,
        "neighbour": neighbour,
        "executor": company_user,
        "rival": rival,
        "operator": operator,
        "chief": chief,
        "editor": editor,
        "admin": admin_user,
    }
    clients = {"nobody": Client(REMOTE_ADDR=ADDRESS), "holder": Client(REMOTE_ADDR=ADDRESS)}
    for name, user in users.items():
        # As signing up leaves it; allauth would make the row up on a page of its own.
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        clients[name] = second_factor_of(Client(REMOTE_ADDR=ADDRESS), user)
    code = tracking_code.of(item) or ""
    assert clients["holder"].get(f"/requests/{item.number}/", {"code": code}).status_code == 302
    to_contact(clients["owner"], building.pk, description="Черновик хранит секрет черновика")
    photo = SimpleUploadedFile("IMG.jpg", picture(colour=(9, 9, 9)).read(), "image/jpeg")
    clients["owner"].post(
        "/requests/new/words/",
        {"description": "Черновик хранит секрет черновика", "photos": [photo], "add": ""},
    )
    clients["owner"].post(
        "/requests/new/contact/",
        {"name": "Черновик Черновиков", "email": "draft@secret.example", "consent": "on"},
    )
    drafted = Draft.objects.get().uploads.get()
    Guide.objects.create(
        slug="guide-to-read", title="Памятка", question="Что делать?", topic="house",
        summary="Позвоните.", body="Текст", clauses="п. 1", sources="Акт", reviewed_on=at.date(),
    )  # fmt: skip
    return World(
        item=item,
        draft_upload=str(drafted.pk),
        upload=str(upload.pk),
        clients=clients,
        secrets={
            "name": "Звездочётов",
            "e-mail": "zvezda@secret.example",
            "phone": "9005557733",
            "phone in words": "555-77-33",
            "flat": "к7731",
            "text": "секрет описания",
            "comment": "Открытая реплика",
            "note": "Внутренняя пометка",
            "code": code,
            "code's hash": item.code_hash,
            "file": str(upload.pk),
            "draft": "секрет черновика",
            "draft's name": "Черновиков",
            "draft's e-mail": "draft@secret.example",
            "draft's file": str(drafted.pk),
        },
    )


PAGE = "requests/<request_number:number>/"
SENT = "requests/new/sent/<request_number:number>/"
AT_DESK = "admin/requests_app/request/<path:object_id>/change/"
CALL = "api/v1/requests/<str:number>/"
OUTBOX = "admin/notifications/message/<path:object_id>/change/"
SHEET = "cabinet/requests/requests.csv"
CARD = "cabinet/requests/<request_number:number>/"
API_MINE = "api/v1/requests/mine/"
API_LIST = "api/v1/cabinet/requests/"
API_CARD = "api/v1/cabinet/requests/<str:number>/"
API_AT_DESK = "api/v1/desk/requests/<str:number>/"
PARTIES = {"owner", "holder", "executor"}
OFFICE = {*DESK}

# Where each secret may be read, and by whom; nowhere else by anybody.
READERS: dict[str, dict[str, set[str]]] = {
    "name": {},
    "e-mail": {OUTBOX: {"chief", "admin"}},
    "phone": {},
    "phone in words": {},
    "flat": {
        PAGE: PARTIES | OFFICE,
        AT_DESK: OFFICE,
        CARD: {"executor"},
        SHEET: {"executor"},
        API_MINE: {"owner"},
        API_LIST: {"executor"},
        API_CARD: {"executor"},
        API_AT_DESK: OFFICE,
    },
    "text": {
        PAGE: PARTIES | OFFICE,
        AT_DESK: OFFICE,
        CARD: {"executor"},
        SHEET: {"executor"},
        API_CARD: {"executor"},
        API_AT_DESK: OFFICE,
    },
    "comment": {
        PAGE: PARTIES | OFFICE,
        AT_DESK: OFFICE,
        CARD: {"executor"},
        CALL: {"owner", "executor", *OFFICE},
        API_CARD: {"executor"},
        API_AT_DESK: OFFICE,
    },
    "note": {PAGE: OFFICE, AT_DESK: OFFICE, API_AT_DESK: OFFICE},
    "code": {PAGE: {"owner", "holder"}, SENT: {"owner", "holder"}},
    "code's hash": {},
    "file": {
        PAGE: PARTIES | OFFICE,
        AT_DESK: OFFICE,
        CARD: {"executor"},
        CALL: {"owner", "executor", *OFFICE},
        API_CARD: {"executor"},
        API_AT_DESK: OFFICE,
    },
    "draft": {
        "requests/new/words/": {"owner"},
        "requests/new/check/": {"owner"},
    },
    "draft's name": {
        "requests/new/contact/": {"owner"},
        "requests/new/check/": {"owner"},
    },
    "draft's e-mail": {
        "requests/new/contact/": {"owner"},
        "requests/new/check/": {"owner"},
    },
    "draft's file": {
        "requests/new/words/": {"owner"},
        "requests/new/check/": {"owner"},
    },
}


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return f"{headers}\n{body.decode(errors='replace')}"


def rows_of_everything() -> dict[str, Any]:
    """Return what GET must leave as it is; the documented counters are left out."""
    # Sessions keep messages, limits count, and a look at a full address is evidence.
    counted = {"Session", "ThrottleCounter", "ContactLook", "LogEntry"}
    found: dict[str, Any] = {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy and model.__name__ not in counted
    }
    for model in (Request, Message, Draft, User):
        found[f"{model.__name__} rows"] = list(model.objects.order_by("pk").values())
    return found


def test_every_address_is_in_the_table():
    named = {page.route for page in pages() if not (page.is_allauth or page.model)}
    own = {page.route for page in pages() if page.model and page.route in PAGES}
    missing = sorted(
        route for route in named if route not in PAGES and "(?P<app_label>" not in route
    )
    assert missing == []
    assert sorted(set(PAGES) - named - own) == [], "rows of addresses that are gone"
    foreign = [
        page.route
        for page in pages()
        if page.model
        and page.route not in PAGES
        and page.name
        and not page.name.endswith(("_changelist", "_add", "_change", "_delete", "_history"))
    ]
    assert foreign == [], "an address of admin's that no rule covers"


def expected_of_admin(page: Page, actor: str) -> set[int]:
    """Return what one of admin's own addresses answers, by the table of permissions."""
    if actor not in STAFF:
        return {302}
    if page.name == "":
        return {302}  # an old address of a row, led to its page
    if actor == "admin":
        return {200, 302, 403, 404}
    app, model = page.model
    group = {
        "operator": roles.OPERATORS,
        "chief": roles.CHIEF_OPERATORS,
        "editor": roles.EDITORS,
    }[actor]
    held = set(roles.PERMISSIONS[group])
    verb = page.name.rsplit("_", 1)[1]
    needed = {
        "changelist": ("view", "change"),
        "change": ("view", "change"),
        "history": ("view", "change"),
        "add": ("add",),
        "delete": ("delete",),
    }[verb]
    if held & {f"{app}.{one}_{model}" for one in needed}:
        # A row that is not there leads back to the list.
        return {200} if verb in {"changelist", "add"} else {200, 302, 404}
    # Admin looks for a row before it asks who may read its history.
    return {302, 403, 404} if verb == "history" else {403, 404}


def expected(page: Page, actor: str) -> set[int]:
    if page.route in PAGES:
        return {PAGES[page.route][actor]}
    if page.is_allauth:
        # Its own pages of one's own account: shown, refused, or led elsewhere; never an error.
        return {200, 302, 403, 404, 405, 409}
    if "(?P<app_label>" in page.route:
        return {302} if actor not in STAFF else {200, 404}
    return expected_of_admin(page, actor)


@pytest.mark.parametrize("actor", ACTORS)
def test_each_page_answers_each_actor_as_the_table_says(actor, world, caplog, capsys):
    before = rows_of_everything()
    looks = ContactLook.objects.count()
    wrong, leaks = [], []
    client = world.clients[actor]
    client.raise_request_exception = False
    for page in pages():
        answer = client.get(world.address(page))
        if answer.status_code not in expected(page, actor):
            wrong.append((page.route, answer.status_code, sorted(expected(page, actor))))
        text = text_of(answer)
        if answer.status_code == 302:
            # The way to sign in says back the address that was asked for.
            for safe in ("", "/"):
                text = text.replace(quote(world.address(page), safe=safe), "")
        leaks += [
            (page.route, name)
            for name, secret in world.secrets.items()
            # A file is called by the id that its address holds.
            if secret in text.replace(f'filename="{secret}', "")
            and actor not in READERS[name].get(page.route, set())
        ]
        if answer.status_code == 302 and "://" in answer["Location"]:
            wrong.append((page.route, "leads away", answer["Location"]))
    assert wrong == []
    assert leaks == []
    assert rows_of_everything() == before
    if actor not in ("chief", "admin"):
        assert ContactLook.objects.count() == looks
    logged = caplog.text + "".join(capsys.readouterr())
    assert [name for name, secret in world.secrets.items() if secret in logged] == []
    assert world.item.number not in logged


def test_what_the_table_of_secrets_allows_is_really_shown(world):
    """A secret that nobody can read any more would make the search above prove nothing."""
    by_route = {page.route: page for page in pages()}
    for name, places in READERS.items():
        for route, actors in places.items():
            for actor in sorted(actors):
                text = text_of(world.clients[actor].get(world.address(by_route[route])))
                if (name, route) in UNSHOWN.get(actor, set()):
                    assert world.secrets[name] not in text
                else:
                    assert world.secrets[name] in text, (name, route, actor)


# Allowed by the reader's right, not shown by the page.
UNSHOWN: dict[str, set[tuple[str, str]]] = {}


@pytest.mark.parametrize("actor", ["owner", "operator", "admin"])
def test_head_writes_nothing(actor, world):
    before = rows_of_everything()
    for page in pages():
        assert world.clients[actor].head(world.address(page)).status_code < 500, page.route
    assert rows_of_everything() == before


# The one-click stop of a mail program is authorised by its signed token, so is what a device or a
# gateway reports, a choice of colours by nothing; what a phone's share sheet sends is led on and
# kept nowhere. No session is used by any.
NO_SESSION = {
    "requests/share/",
    "theme/",
    "notifications/unsubscribe/<str:token>/",
    "notifications/reports/sms/<str:token>/",
    "notifications/receipts/<str:token>/",
    "telegram/",
}


@pytest.mark.parametrize("actor", ["owner", "holder", "executor", "admin"])
def test_no_unsafe_method_passes_without_its_token(actor, world):
    before = rows_of_everything()
    client = world.clients[actor]
    client.handler.enforce_csrf_checks = True
    passed = []
    for page, method in product(pages(), ("post", "put", "patch", "delete")):
        if page.route in NO_SESSION or (actor == "holder" and page.route.startswith("api/")):
            continue
        answer = getattr(client, method)(world.address(page), {"text": "x", "code": ""})
        # Turned away at a door, before anything is read of what was sent.
        turned = answer.status_code == 302 and (
            answer["Location"].startswith("/accounts/") or page.name == "login"
        )
        if answer.status_code not in {403, 404, 405, 415} and not turned:
            passed.append((method, page.route, answer.status_code))
    assert passed == []
    assert rows_of_everything() == before


def test_the_holder_of_a_foreign_code_is_nobody(world):
    browser = Client()
    other = CodeHolder(number=world.item.number, code_hash="0" * 64)
    assert not Request.objects.visible_to(other).exists()
    answer = browser.get(f"/requests/{world.item.number}/", {"code": "AAAA-AAAA-AAAA-AAAA"})
    assert answer.status_code == 404
    assert "opened" not in answer.cookies


def test_whoever_opens_the_words_first_has_no_draft(world, building):
    """Two people at one browser: a draft of an account is not shown without it."""
    to_words(world.clients["neighbour"], building.pk)
    world.clients["neighbour"].logout()
    assert world.clients["neighbour"].get("/requests/new/words/").status_code == 302
