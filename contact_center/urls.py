"""Every address of the portal: rooms bring theirs, pages that join rooms are put together here."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from claims import urls as claims_urls
from claims.cabinet import urls as claims_cabinet
from claims.cabinet.listing import of_claims
from claims.court import urls as court
from claims.panels import money_of_incident, money_of_request
from contact_center import health, sitemaps, views
from contact_center.api_schema import ApiSchema
from contact_center.installable import manifest, reader, worker
from contact_center.signing_in import views as signing_in
from disclosure import api_urls as disclosure_calls
from disclosure.cabinet import urls as forms_cabinet
from disclosure.cabinet.tabs import of_forms
from disclosure.publications.panels import disclosure_of_company, disclosure_of_house
from disclosure.urls import joined
from outreach.guides.parts import GUIDES_OF_MATTER
from outreach.panels import council_of_house, guides_for_matter, times_of_lawyers
from outreach.what_now import help_and_learning
from ratings import cabinet_urls as rating_cabinet
from ratings.api.parts import RATING_OF_COMPANY
from ratings.cabinet_tabs import of_rating
from ratings.panels import rating_of_company
from requests_app import api_urls as requests_app_calls
from requests_app.api.parts import OUTAGES_OF_HOUSE, REQUESTS_OF_COMPANY, REQUESTS_OF_HOUSE
from requests_app.cabinet import urls as requests_cabinet
from requests_app.cabinet.listing import of_requests
from requests_app.incidents.urls import with_panels as outages_with_panels
from requests_app.panels import outages_now, requests_here, requests_of_company
from requests_app.telegram.webhook import webhook as telegram_webhook
from requests_app.urls import with_panels

# Answers about a house, a company and a matter are joined as their pages are.
registry_calls = disclosure_calls.with_parts(
    house=[OUTAGES_OF_HOUSE, REQUESTS_OF_HOUSE],
    company=[RATING_OF_COMPANY, REQUESTS_OF_COMPANY],
)
request_calls = requests_app_calls.with_parts(category=[GUIDES_OF_MATTER])

api: list[URLPattern | URLResolver] = [
    # Those that programs call most stand first: an address is looked for from the top.
    path("", include(request_calls)),
    path("", include(registry_calls)),
    path("", include("accounts.api_urls")),
    path("", include("notifications.api_urls")),
    path("", include("claims.api_urls")),
    path("", include("ratings.api_urls")),
    path("", include("outreach.api_urls")),
    path("statistics/", include("contact_center.dashboard.api_urls")),
    path("schema/", ApiSchema.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]

# The pages of a house and a company join rooms: each room above the registry adds its panels.
registry = joined(
    house=[outages_now, requests_here, council_of_house, disclosure_of_house],
    company=[rating_of_company, requests_of_company, disclosure_of_company],
)

# A cabinet's rooms and their tabs; requests first: they cannot wait.
cabinet_tabs = [of_requests, of_claims, of_forms, of_rating]
cabinet = [
    requests_cabinet.joined(tabs=cabinet_tabs),
    claims_cabinet.joined(tabs=cabinet_tabs),
    rating_cabinet.joined(tabs=cabinet_tabs),
    forms_cabinet.joined(tabs=cabinet_tabs, without_forms="requests_cabinet:list"),
]

urlpatterns = [
    path("", views.Home.as_view(panels=[help_and_learning]), name="home"),
    # Before the rooms without a prefix, whose every address would be tried.
    path("api/v1/", include(api)),
    path("open311/v2/", include("requests_app.open311.urls")),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("theme/", views.theme, name="theme"),
    path("accounts/", include("accounts.urls")),
    path("accounts/data/", include("contact_center.own_data.urls")),
    path("accounts/", include("notifications.account_urls")),
    path("accounts/login/", signing_in.sign_in, name="account_login"),
    # allauth's own bare pages: here a refusal is told where it happens.
    path("accounts/3rdparty/login/error/", signing_in.back_to_the_door),
    path("accounts/3rdparty/login/cancelled/", signing_in.back_to_the_door),
    path("accounts/", include("allauth.urls")),
    path("notifications/", include("notifications.urls")),
    path("telegram/", telegram_webhook, name="telegram_webhook"),
    path("requests/<slug:number>/money/", include("claims.of_request.urls")),
    path("requests/<slug:number>/money/<int:place>/court/", include(court.of_claim)),
    path("court/", include("claims.court.urls")),
    path("requests/<slug:number>/money/<int:place>/anew/", include("claims.recounting.urls")),
    path("requests/", include(with_panels(matter=[guides_for_matter], own=[money_of_request]))),
    path("outages/<int:pk>/money/", include("claims.incidents.urls")),
    path("outages/", include(outages_with_panels(outage=[money_of_incident]))),
    path("ratings/", include("ratings.urls")),
    path("recalculation/", include(claims_urls.with_panels(lawyers=[times_of_lawyers]))),
    *(path("cabinet/", include(pages)) for pages in cabinet),
    path("repair/", include("requests_app.repair.urls")),
    path("dashboard/record/", include("contact_center.record.urls")),
    path("dashboard/", include("contact_center.dashboard.urls")),
    path("open-data/", include("disclosure.open_data.urls")),
    path("feeds/", include("contact_center.feeds")),
    path("", include("disclosure.publications.urls")),
    path("", include("disclosure.corrections.urls")),
    path("", include(registry)),
    path("", include("outreach.urls")),
    path("admin/", admin.site.urls),
    path("manifest.webmanifest", manifest.manifest, name="app-manifest"),
    path("sw.js", worker.worker, name="app-worker"),
    path("app/icon-<slug:kind>-<int:size>.png", manifest.icon, name="app-icon"),
    path("app/reader.json", reader.reader, name="app-reader"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:section>-<int:number>.xml", sitemaps.part, name="sitemap-part"),
    path("healthz", health.lives, name="healthz"),
    path("readyz", health.is_ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

handler400 = "contact_center.error_pages.bad_request"
handler403 = "contact_center.error_pages.forbidden"
handler404 = "contact_center.error_pages.not_found"
handler500 = "contact_center.error_pages.server_error"
