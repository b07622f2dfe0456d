"""Settings of the portal: everything that differs between cities comes from the environment."""

from __future__ import annotations

import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import environ
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from contact_center import city, environment, storage_url, version

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = version.read(BASE_DIR / "CHANGELOG.md")
TESTING = "pytest" in sys.modules

DRILL = environment.flag("DRILL", "1 makes this portal a drill; its database's name ends in _drill")
DRILL_URL = environment.url(
    "DRILL_URL", "address of the drill, for the head's button", {"http", "https"}, ""
)
DEMO = environment.flag("DEMO", "1 opens the demo: invented city, visible letters, waived MFA")
DEBUG = environment.flag("DEBUG", "1 shows errors in full; refused outside the demo")
DEFAULT_SECRET = "demo-secret-that-must-never-serve-a-city"  # noqa: S105
SECRET_KEY = environment.text("SECRET_KEY", "50 random characters, kept secret", DEFAULT_SECRET)
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS", "earlier secrets, newest first")
if not DEMO and (DEBUG or SECRET_KEY == DEFAULT_SECRET):
    raise ImproperlyConfigured(
        "SECRET_KEY must be set and DEBUG must be 0: only DEMO=1 runs on the default secret"
    )

CITY = city.load(environment.text("CITY_FILE", "JSON file that describes the city", ""))
DATA_DIR = environment.folder("DATA_DIR", "where files and the demo live", BASE_DIR / ".data")
PORT = environment.number("PORT", "port of the web server", 8000)
PUBLIC_URL = environment.url(
    "PUBLIC_URL", "address people open", {"http", "https"}, f"http://127.0.0.1:{PORT}"
).rstrip("/")
ALLOWED_HOSTS = environment.words(
    "ALLOWED_HOSTS", "host names served", "127.0.0.1,localhost,[::1]" if DEMO else ""
)
if TESTING:
    ALLOWED_HOSTS = ["*"]
    # A slow hash guards people; the invented ones of tests would each cost a third of a second.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = environment.networks(
    "TRUSTED_PROXIES", "addresses of reverse proxies whose X-Forwarded-For is believed"
)
FILING_LIMIT = environment.number("FILING_LIMIT", "requests an hour from one address", 30)
API_LIMIT = environment.number("API_LIMIT", "API calls a minute from one address", 600)
# A program with an account is known and answers for itself.
API_LIMIT_ACCOUNT_TIMES = 5
if TESTING:
    # Not counted: a count now and then would be one more statement in some tests.
    API_LIMIT = 0
CODE_LIMIT = environment.number("CODE_LIMIT", "wrong codes an hour, per address and number", 20)
MAP_TILES_URL = environment.text("MAP_TILES_URL", "tile server template; empty draws none", "")
ERASURE_DAYS = environment.number(
    "ERASURE_DAYS", "days in which the erasure of an account may be called off, at most 25", 3
)
if not 0 < ERASURE_DAYS <= 25:
    # 152-ФЗ, ст. 21, ч. 5: thirty days for all of it.
    raise ImproperlyConfigured("ERASURE_DAYS must be from 1 to 25")
METRICS_TOKEN = environment.text("METRICS_TOKEN", "opens /metrics from outside loopback", "")
SENTRY_DSN = environment.text("SENTRY_DSN", "where errors are reported; empty reports none", "")
OUTBOUND_ALLOWED = environment.words(
    "OUTBOUND_ALLOWED", "host:port of receivers on this machine that the demo and tests may call"
)
if OUTBOUND_ALLOWED and not DEMO:
    raise ImproperlyConfigured(
        "OUTBOUND_ALLOWED must be empty: only DEMO=1 calls addresses of the inner network that "
        "people chose"
    )

OPEN311_MEDIA_HOSTS = environment.words(
    "OPEN311_MEDIA_HOSTS", "hosts whose photos, named by media_url, are fetched; empty fetches none"
)

INSTALLED_APPS = [
    "contact_center.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "template_partials",
    "contact_center.apps.ContactCenterConfig",
    "ratings",
    "outreach",
    "claims",
    "requests_app",
    "disclosure",
    "notifications",
    "accounts",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "contact_center.middleware.RequestLog",
    "contact_center.middleware.DatabaseGone",
    "contact_center.middleware.PrivatePages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "contact_center.installable.reader.NamesReader",
    "accounts.middleware.ActorMiddleware",
    "accounts.middleware.StaffSecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "contact_center.urls"
WSGI_APPLICATION = "contact_center.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "contact_center.context.site",
            ],
            "builtins": ["django.templatetags.i18n"],
        },
    }
]

_database = environ.Env.db_url_config(
    environment.url(
        "DATABASE_URL",
        "Postgres 16 or newer",
        {"postgres", "postgresql"},
        "postgres://postgres:postgres@127.0.0.1:54329/contact_center",
    )
)
if str(_database["NAME"]).endswith("_drill") != DRILL:
    raise ImproperlyConfigured(
        "DRILL=1 and a DATABASE_URL whose database ends in _drill belong together: a drill never "
        "runs on a real database, nor a real portal on a drill's"
    )
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **_database,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0 if TESTING else 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_database.get("OPTIONS", {}),
            "connect_timeout": 3,
            "tcp_user_timeout": 15_000,
            # A frozen database must fail the page, not hold its worker for ever.
            "options": "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Limits of sign-in live here: in Postgres, because they must hold while Redis is down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10},
    }
}
REDIS_URL = environment.url(
    "REDIS_URL", "Redis, used by Celery only", {"redis", "rediss"}, "redis://127.0.0.1:63799/0"
)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SITE_ID = 1
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/admin/" if DRILL else "/requests/mine/"
LOGOUT_REDIRECT_URL = "/"

# Sign-in is an address and a code sent to it; a password is a choice, for staff with a second
# factor behind it.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "contact_center.allauth_adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.LoginForm", "signup": "accounts.forms.SignupForm"}
ACCOUNT_USER_DISPLAY = "accounts.display.name_of"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
# Letters of the account's own safety: a new address, a new password, a new second factor.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# A letter may lie a while before an old phone shows it; guessing is limited by attempts.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = CITY.center_name
# One step of half a minute for a phone whose clock is off.
MFA_TOTP_TOLERANCE = 1
# A state sign-in, or any other OpenID Connect provider: of the environment only.
OIDC_SERVER_URL = environment.url(
    "OIDC_SERVER_URL",
    "OpenID Connect provider that residents sign in through; none: no button",
    {"http", "https"} if DEMO else {"https"},
    "",
).rstrip("/")
OIDC_CLIENT_ID = environment.text("OIDC_CLIENT_ID", "the portal's name at that provider", "")
OIDC_CLIENT_SECRET = environment.text("OIDC_CLIENT_SECRET", "the portal's secret there", "")
OIDC_NAME = environment.text("OIDC_NAME", "what its button calls the provider", "OpenID Connect")
if DRILL:
    # A drill's invented people are nobody there.
    OIDC_SERVER_URL = ""
if OIDC_SERVER_URL and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    raise ImproperlyConfigured("OIDC_SERVER_URL needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET")
SOCIALACCOUNT_ADAPTER = "contact_center.signing_in.adapter.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "contact_center.signing_in.forms.AgreementForm"}
SOCIALACCOUNT_EMAIL_VERIFICATION = "mandatory"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "provider_class": "contact_center.signing_in.provider.CityProvider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "city",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_SERVER_URL},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}
CSRF_FAILURE_VIEW = "contact_center.error_pages.csrf_failed"

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = sorted(path for path in (BASE_DIR / "locale").iterdir() if path.is_dir())
USE_I18N = True
USE_TZ = True
TIME_ZONE = CITY.time_zone

STATIC_URL = "/static/"
STATIC_ROOT = environment.folder(
    "STATIC_DIR", "where collected static files are; an image brings its own", DATA_DIR / "static"
)
# Leaflet is only its static files here: as an app it would ask for GDAL.
_leaflet = find_spec("leaflet")
STATICFILES_DIRS = [BASE_DIR / "static"]
if _leaflet and _leaflet.origin:
    STATICFILES_DIRS.append(Path(_leaflet.origin).parent / "static")
STORAGES: dict[str, dict[str, Any]] = {
    "default": storage_url.parse(
        environment.url(
            "STORAGE_URL",
            "where uploaded files are kept: file:///folder or s3://key:secret@host/bucket",
            {"file", "s3"},
            f"file://{DATA_DIR}/files",
        )
        if not DRILL
        # Never the city's bucket, whatever the environment says.
        else f"file://{DATA_DIR}/drill-files"
    ),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# More than a request takes, so that somebody who chose too many is told which were left out; and a
# disclosure form with its tables is one page, of which a browser sends a part for each file input,
# chosen or not: a hundred rows of a dozen columns.
DATA_UPLOAD_MAX_NUMBER_FILES = 120
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if DRILL:
    # Cookies know hosts, not ports: signing in to a drill beside the portal must not sign one out.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "drill_session", "drill_csrf"
    MIDDLEWARE.insert(
        MIDDLEWARE.index("contact_center.middleware.PrivatePages") + 1,
        "contact_center.drill.gate.DrillGate",
    )
SESSION_COOKIE_SAMESITE = "Lax"
if PUBLIC_URL.startswith("https://"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_PARSER_CLASSES": ["accounts.json_bodies.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["accounts.rest.exact.ExactJSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "accounts.rest.schema.CallSchema",
    "EXCEPTION_HANDLER": "contact_center.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Housing contact centre API",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "contact_center.api_document.complete",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "WEBHOOKS": [
        "notifications.webhooks.document.REQUEST_FILED",
        "notifications.webhooks.document.REQUEST_STATUS_CHANGED",
        "notifications.webhooks.document.REQUEST_COMMENT_ADDED",
        "notifications.webhooks.document.REQUEST_DEADLINE_PASSED",
        "notifications.webhooks.document.INCIDENT_OPENED",
        "notifications.webhooks.document.INCIDENT_UPDATED",
        "notifications.webhooks.document.INCIDENT_ENDED",
        "notifications.webhooks.document.RATING_PUBLISHED",
        "notifications.webhooks.document.DISCLOSURE_PUBLISHED",
        "notifications.webhooks.document.PING",
    ],
    # Fields of one name with other choices in other calls would get names made of digits.
    "ENUM_NAME_OVERRIDES": {
        "BookingStateEnum": "outreach.models.BookingState",
        "LetterStateEnum": "requests_app.models.LetterState",
        "MeetingKindEnum": "outreach.models.MeetingKind",
        "AnswersEnum": "requests_app.models.categories.Answers",
        "CompanyKindEnum": "disclosure.models.CompanyKind",
        "TariffKindEnum": "claims.models.tariffs.TariffKind",
        "WonKindEnum": "claims.models.Won",
        "ServiceEnum": "claims.api.utilities.SERVICE_CHOICES",
        "FaultKindEnum": "claims.api.utilities.KIND_CHOICES",
        "IncidentKindEnum": "requests_app.models.IncidentKind",
        "IncidentStateEnum": "requests_app.api.incidents.STATES",
        "ProposalStateEnum": "requests_app.models.ProposalState",
        "QualityCallStateEnum": "requests_app.models.CallState",
        "RequestChannelEnum": "requests_app.statuses.Channel",
        "RequestOutcomeEnum": "requests_app.statuses.Outcome",
        "RequestStatusEnum": "requests_app.statuses.Status",
        "SeminarStateEnum": "outreach.seminars.api.STATES",
        "TosKindEnum": "outreach.models.TosKind",
        "UpdateKindEnum": "requests_app.models.UpdateKind",
        "UtilityEnum": "disclosure.utilities.Utility",
    },
}

EMAIL = environ.Env.email_url_config(
    environment.url(
        "EMAIL_URL",
        "outgoing mail server",
        {"smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail"},
        f"filemail:///{DATA_DIR}/mail",
    )
)
EMAIL_TIMEOUT = 10
if DRILL:
    EMAIL = {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
for _name, _value in EMAIL.items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = f"{CITY.center_name} <{CITY.center_email}>"

SMS_URL = environment.url(
    "SMS_URL",
    "SMS gateway: smsc://login:password@smsc.ru/?sender=NAME or smsru://api_id@sms.ru/?sender=NAME",
    {"smsc", "smsc+http", "smsru", "smsru+http", "shown"},
    "shown://" if DEMO else "",
)
SMS_PER_SECOND = environment.number("SMS_PER_SECOND", "SMS a second that the gateway takes", 10)
if DRILL:
    SMS_URL = "shown://"
WEBHOOKS_AT_ONCE = environment.number(
    "WEBHOOKS_AT_ONCE", "webhooks called at once over all workers, fewer than these have threads", 2
)
TELEGRAM_TOKEN = environment.text("TELEGRAM_TOKEN", "token of the Telegram bot; none: no bot", "")
TELEGRAM_BOT = environment.text("TELEGRAM_BOT", "name of the Telegram bot without @", "")
TELEGRAM_API_URL = environment.url(
    "TELEGRAM_API_URL",
    "Bot API, Telegram's own or a local server",
    {"http", "https"},
    "https://api.telegram.org",
).rstrip("/")
if DRILL:
    # A drill must not answer for the city's bot.
    TELEGRAM_TOKEN = ""
VAPID_KEY = environment.text(
    "VAPID_KEY", "key that web pushes are signed with: manage.py vapid_key", ""
)
PUSH_HOSTS = environment.words(
    "PUSH_HOSTS",
    "hosts of push services that browsers may name",
    "fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
)

# Redis only carries ids that Postgres also holds: losing it whole delays letters, loses none.
CELERY_BROKER_URL = "memory://" if DRILL else REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # the default gives up after a hundred tries
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    # A frozen Redis accepts connections and answers nothing: each of these ends such a wait.
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "health_check_interval": 25,
    "max_retries": 1,
    # 0 leaves first, in whatever queue: the priorities of notifications.models.Priority.
    "priority_steps": [0, 5, 9],
}
CELERY_TASK_DEFAULT_PRIORITY = 9  # housekeeping stands behind letters
# The relay keeps its rows and tries again itself; a publisher that waits would hold its lease.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# Every queue a task may name; `make worker` serves exactly these.
WORKER_QUEUES = ("mail", "default")
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A task taken early would stand before a more urgent one that came later.
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep-uploads": {"task": "accounts.tasks.sweep_uploads", "schedule": timedelta(minutes=15)},
    "sweep-orphans": {"task": "accounts.tasks.sweep_orphans", "schedule": timedelta(days=1)},
    "sweep-counters": {"task": "accounts.tasks.sweep_counters", "schedule": timedelta(minutes=10)},
    "sweep-sessions": {"task": "accounts.tasks.sweep_sessions", "schedule": timedelta(days=1)},
    "remind-of-tokens": {
        "task": "accounts.tasks.remind_of_tokens",
        "schedule": crontab(hour="6", minute="10"),
    },
    "close-silent": {"task": "requests_app.tasks.close_silent", "schedule": timedelta(minutes=15)},
    "escalate-overdue": {
        "task": "requests_app.tasks.escalate_overdue",
        "schedule": timedelta(minutes=5),
        # A later look finds what an earlier one would have.
        "options": {"expires": 300},
    },
    "draw-quality-calls": {
        "task": "requests_app.tasks.draw_quality_calls",
        "schedule": crontab(minute="20"),
    },
    "watch-bursts": {
        "task": "requests_app.tasks.watch_bursts",
        "schedule": timedelta(seconds=20),
        # After a standstill one look hears everything; those that waited would find nothing.
        "options": {"expires": 20},
    },
    "count-quiet-past": {
        "task": "requests_app.tasks.count_quiet_past",
        "schedule": crontab(hour="0", minute="40"),
    },
    "claims-fall-silent": {"task": "claims.tasks.fall_silent", "schedule": timedelta(minutes=15)},
    "claims-publish-won": {
        "task": "claims.tasks.publish_won",
        "schedule": timedelta(minutes=10),
    },
    "claims-publish-won-anew": {
        "task": "claims.tasks.publish_won",
        "schedule": crontab(hour="1", minute="20"),
        "kwargs": {"again": True},
    },
    "claims-offer-recounts": {
        "task": "claims.tasks.offer_recounts",
        "schedule": timedelta(minutes=30),
    },
    "claims-forget": {"task": "claims.tasks.forget_destroyed", "schedule": timedelta(days=1)},
    "court-forget": {"task": "claims.tasks.forget_cases", "schedule": timedelta(days=1)},
    "offer-money-of-incidents": {
        "task": "claims.tasks.offer_money_of_incidents",
        "schedule": timedelta(seconds=10),
    },
    "run-incident-jobs": {
        "task": "requests_app.tasks.run_incident_jobs",
        "schedule": timedelta(seconds=5),
    },
    "run-exchange": {
        "task": "requests_app.tasks.run_exchange",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "sweep-exchange": {"task": "requests_app.tasks.sweep_exchange", "schedule": timedelta(hours=1)},
    "sweep-outage-subscriptions": {
        "task": "requests_app.tasks.sweep_outage_subscriptions",
        "schedule": timedelta(hours=1),
    },
    "count-treatment": {
        "task": "requests_app.tasks.count_treatment",
        "schedule": timedelta(minutes=15),
    },
    "erase-accounts": {
        "task": "contact_center.tasks.erase_accounts",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "count-record": {
        "task": "contact_center.tasks.count_record",
        "schedule": timedelta(hours=1),
    },
    "keep-monthly-report": {
        "task": "contact_center.tasks.keep_monthly_report",
        # A worker that slept through the night of the 1st makes it later the same day.
        "schedule": crontab(minute="30", hour="2-22", day_of_month="1"),
    },
    "refresh-figures": {
        "task": "requests_app.tasks.refresh_figures",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "learn-suggestion": {
        "task": "requests_app.tasks.learn_suggestion",
        "schedule": crontab(hour="1", minute="20"),
    },
    "rebuild-figures": {
        "task": "requests_app.tasks.rebuild_figures",
        "schedule": crontab(hour="0", minute="10"),
    },
    "fetch-remote-photos": {
        "task": "requests_app.tasks.fetch_remote_photos",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "sweep-drafts": {"task": "requests_app.tasks.sweep_drafts", "schedule": timedelta(hours=1)},
    "sweep-presence": {"task": "requests_app.tasks.sweep_presence", "schedule": timedelta(hours=1)},
    "destroy-expired": {
        "task": "requests_app.tasks.destroy_expired",
        "schedule": timedelta(days=1),
    },
    "plan-receptions": {
        "task": "outreach.tasks.plan_receptions",
        "schedule": crontab(minute="5"),
    },
    "forget-receptions": {
        "task": "outreach.tasks.forget_receptions",
        "schedule": timedelta(days=1),
    },
    "move-seminars-on": {
        "task": "outreach.tasks.move_seminars_on",
        "schedule": crontab(minute="*/10"),
    },
    "forget-seminars": {
        "task": "outreach.tasks.forget_seminars",
        "schedule": timedelta(days=1),
    },
    "forget-questions": {
        "task": "outreach.tasks.forget_questions",
        "schedule": timedelta(days=1),
    },
    "tend-hotline": {
        "task": "outreach.tasks.tend_hotline",
        "schedule": timedelta(hours=1),
    },
    "forget-office-holders": {
        "task": "outreach.tasks.forget_office_holders",
        "schedule": timedelta(days=1),
    },
    "settle-tos-houses": {
        "task": "outreach.tasks.settle_tos_houses",
        "schedule": crontab(hour="3", minute="20"),
    },
    "forget-searches": {
        "task": "outreach.tasks.forget_old_searches",
        "schedule": timedelta(days=1),
    },
    "rescore-disclosure": {
        "task": "disclosure.tasks.rescore_disclosure",
        "schedule": crontab(hour="22", minute="10"),
    },
    "publish-open-data": {
        "task": "disclosure.tasks.publish_open_data",
        "schedule": crontab(hour="23", minute="0"),
    },
    "publish-everything": {
        "task": "disclosure.tasks.publish_everything",
        # A worker killed on the way makes it an hour later; a day that has its own keeps it.
        "schedule": crontab(minute="30", hour="23,0-3"),
    },
    "remind-of-limits": {
        "task": "disclosure.tasks.remind_of_limits",
        "schedule": crontab(hour="5", minute="30"),
    },
    "forget-correctors": {
        "task": "disclosure.tasks.forget_correctors",
        "schedule": crontab(hour="22", minute="40"),
    },
    "carry-on-ratings": {
        "task": "ratings.tasks.carry_on_ratings",
        "schedule": crontab(minute="40"),
    },
    "ask-reports": {
        "task": "notifications.tasks.ask_reports",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "tell-followers": {
        "task": "notifications.tasks.tell_followers",
        "schedule": timedelta(seconds=5),
    },
    "watch-lateness": {
        "task": "notifications.tasks.watch_lateness",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 20},
    },
    "prune-messages": {"task": "notifications.tasks.prune", "schedule": timedelta(days=1)},
}
if DRILL:
    CELERY_BEAT_SCHEDULE = {}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

if SENTRY_DSN:
    import sentry_sdk

    # Errors travel without the person: no bodies, cookies, addresses or values of variables.
    sentry_sdk.init(
        SENTRY_DSN,
        release=VERSION,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        before_send=lambda event, _hint: {**event, "request": {}, "user": {}},
    )

MESSAGE_LEASE = timedelta(minutes=2)

# What rooms above the registry add to its open data; see disclosure.open_data.tables.
OPEN_DATA_TABLES = [
    "requests_app.open_data.TABLES",
    "claims.tariffs.open_data.TABLES",
    "claims.totals.open_data.TABLES",
    "ratings.open_data.TABLES",
    "outreach.open_data.TABLES",
]

# The ways messages leave, by code; docs/notifications.md says how to add one.
MESSAGE_CHANNELS: dict[str, str] = {
    "email": "notifications.channels.email.EmailChannel",
    "sms": "notifications.channels.sms.SmsChannel",
    "telegram": "notifications.channels.telegram.TelegramChannel",
    "web_push": "notifications.channels.web_push.WebPushChannel",
    "webhook": "notifications.channels.webhook.WebhookChannel",
}
# What webhooks tell of, by the rooms that know it; see notifications.webhooks.subjects.
WEBHOOK_SUBJECTS: dict[str, str] = {
    "request": "requests_app.api.webhooks.REQUEST",
    "incident": "requests_app.api.webhooks.INCIDENT",
    "rating": "ratings.webhooks.RATING",
    "disclosure": "disclosure.publications.webhooks.DISCLOSURE",
}

# What makes words of a letter's stored values in its reader's language; see notifications.said.
MESSAGE_WORDS: dict[str, str] = {
    "moment": "notifications.said.moment_words",
    "day": "notifications.said.day_words",
    "month": "notifications.said.month_words",
    "start": "notifications.said.start_words",
    "plain_status": "requests_app.letters.plain_status",
    "public_status": "requests_app.letters.public_status",
    "clock": "requests_app.letters.clock_news",
    "service": "claims.calculator.wording.service_label",
    "rubles": "claims.letters.rubles_words",
    "hours": "claims.calculator.wording.hours_words",
    "percent": "claims.calculator.wording.percent_words",
    "claim_status": "claims.letters.status_words",
    "case_step": "claims.court.letters.step_words",
    "case_status": "claims.court.letters.status_words",
    "verdict": "ratings.letters.verdict_words",
    "meeting_kind": "outreach.reception.letters.kind_words",
    "hours_of_day": "outreach.seminars.letters.hours_words",
    "moment_of_week": "outreach.seminars.letters.moment_words",
    "call_back": "outreach.hotline.call_backs.when_words",
}
# The names a letter's context may point at; see notifications.rendering.
MESSAGE_LINKS: dict[str, str] = {
    "tracking": "requests_app.links.tracking_link",
    "cabinet_request": "requests_app.links.cabinet_link",
    "followed_request": "requests_app.followed.followed_link",
    "published_rating": "ratings.followed.rating_link",
    "outage": "requests_app.links.outage_link",
    "channels": "notifications.lateness.channels_link",
    "confirm_follow": "notifications.following.confirm_link",
    "confirm_outages": "requests_app.links.confirm_outages_link",
    "claim": "claims.links.claim_link",
    "claim_of_executor": "claims.links.claim_of_executor",
    "money_of_request": "claims.links.money_of_request",
    "money_of_incident": "claims.links.money_of_incident",
    "court_case": "claims.links.court_case",
    "court_case_of_plaintiff": "claims.links.court_case_of_plaintiff",
    "cabinet": "disclosure.publications.letters.cabinet_link",
    "corrected_page": "disclosure.corrections.sending.subject_link",
    "rating_rows": "ratings.letters.rows_link",
    "reception": "outreach.reception.letters.booking_link",
    "reception_calendar": "outreach.reception.letters.calendar_link",
    "question": "outreach.questions.asking.own_link",
    "call_back": "outreach.hotline.call_backs.own_link",
    "reception_host": "outreach.reception.letters.host_link",
    "seminar": "outreach.seminars.letters.own_link",
    "seminar_calendar": "outreach.seminars.letters.calendar_link",
    "webhook": "notifications.webhooks.links.page_link",
}

# Lines are events with ids: one JSON object each where a program reads them, plain in the demo.
LOG_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *LOG_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=not TESTING,
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "events": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": LOG_PROCESSORS,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.dev.ConsoleRenderer(colors=False)
                if DEMO
                else structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "events"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django would write each 404's full path, tracking codes included; RequestLog has its own.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
