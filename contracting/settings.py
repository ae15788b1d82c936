"""Settings: one file; every environment variable is read here and nowhere else.

Secrets are required outside debug mode, and a value that cannot be read is an error at
start-up rather than a surprise later.
"""

from __future__ import annotations

import base64
import os
import re
import sys
from pathlib import Path
from typing import Any

import django_stubs_ext
import psycopg
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

django_stubs_ext.monkeypatch()  # generic classes of Django may be subscripted

BASE_DIR = Path(__file__).resolve().parent.parent


def env_text(name: str, default: str | None = None) -> str:
    """A text variable; required when no default is given."""
    value = os.environ.get(name, default)
    if value is None:
        message = f"The environment variable {name} is required and is not set."
        raise ImproperlyConfigured(message)
    return value


def env_bool(name: str, *, default: bool = False) -> bool:
    """``1 true yes on`` or ``0 false no off``."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value == "":
        return default
    message = f"{name} must be 1 or 0, not {value!r}."
    raise ImproperlyConfigured(message)


def env_number(name: str, default: int) -> int:
    """A whole number."""
    value = os.environ.get(name, "").strip()
    try:
        return int(value) if value else default
    except ValueError:
        message = f"{name} must be a whole number, not {value!r}."
        raise ImproperlyConfigured(message) from None


def env_list(name: str, default: str | None = "") -> list[str]:
    """A comma-separated list; required when the default is ``None``."""
    parts = [part.strip() for part in env_text(name, default).split(",")]
    found = [part for part in parts if part]
    if default is None and not found:
        message = f"The environment variable {name} is required and is empty."
        raise ImproperlyConfigured(message)
    return found


def _database(url: str) -> dict[str, Any]:
    """What a libpq address says, whole: ``sslmode`` and the like are kept.

    Its own ``options`` come last and so win over ours.
    """
    if not url.startswith(("postgres://", "postgresql://")):
        message = "DATABASE_URL must start with postgresql://"
        raise ImproperlyConfigured(message)
    try:
        words = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        # Without the cause: it would show the password.
        message = f"DATABASE_URL cannot be read: {str(error).partition(':')[0]}."
        raise ImproperlyConfigured(message) from None
    place = {
        key: str(words.pop(word, None) or "")
        for key, word in {
            "NAME": "dbname",
            "USER": "user",
            "PASSWORD": "password",
            "HOST": "host",
            "PORT": "port",
        }.items()
    }
    # A server compiles what it holds for costly: seconds, where the work takes
    # milliseconds, and all of them under the locks of an order.
    ours = (
        f"-c lock_timeout={env_text('DRAWDOWN_LOCK_TIMEOUT', '5s')} "
        f"-c statement_timeout={env_text('DRAWDOWN_STATEMENT_TIMEOUT', '60s')} "
        "-c idle_in_transaction_session_timeout=60s -c jit=off"
    )
    theirs = words.pop("options", None) or ""
    return {
        "ENGINE": "contracting.core.postgresql",
        **place,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**words, "options": f"{ours} {theirs}".strip()},
    }


def _sealing_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        message = (
            "SEALING_KEY must be 32 random bytes in base64 (44 characters, ending in "
            "one =); deploy/runbook.md says how to make one."
        )
        raise ImproperlyConfigured(message)
    return key


def _celery_url(url: str) -> str:
    return re.sub(r"^unix://", "redis+socket://", url).replace("?db=", "?virtual_host=")


DEBUG = env_bool("DRAWDOWN_DEBUG")
DEMO = env_bool("DRAWDOWN_DEMO")
_OF_TESTS = {"tests.settings", "tests.browser.settings"}
_LOCAL = DEBUG or DEMO or os.environ.get("DJANGO_SETTINGS_MODULE") in _OF_TESTS
# Outside of these, what a default would decide must be said.
_LOCAL_HOSTS = "localhost,127.0.0.1,[::1],testserver"
_LOCAL_KEY = base64.b64encode(bytes(range(32))).decode()
SECRET_KEY = env_text("SECRET_KEY", "local-only-" + "0" * 50 if _LOCAL else None)
SEALING_KEY = _sealing_key(env_text("SEALING_KEY", _LOCAL_KEY if _LOCAL else None))
# How often the passphrase of a new opener's key is stretched (PBKDF2-HMAC-SHA-256).
OPENER_KEY_ITERATIONS = env_number("OPENER_KEY_ITERATIONS", 600_000)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", _LOCAL_HOSTS if _LOCAL else None)
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
# Where e-mail says that the site is.
# Networks of ours where webhooks may reach a machine, and who signed its certificate.
WEBHOOK_NETWORKS = env_list("DRAWDOWN_WEBHOOK_NETWORKS")
WEBHOOK_CA = env_text("DRAWDOWN_WEBHOOK_CA", "")
SITE_URL = env_text("SITE_URL", "http://localhost:8000").rstrip("/")
AS_OWNER = env_bool("DRAWDOWN_AS_OWNER")
DATABASE_OWNER_URL = env_text("DATABASE_OWNER_URL", "")
_APP_URL = env_text("DATABASE_URL")
_URL = DATABASE_OWNER_URL if AS_OWNER and DATABASE_OWNER_URL else _APP_URL
DATABASES = {"default": _database(_URL)}
REDIS_URL = env_text("REDIS_URL")
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "contracting.core",
    "contracting.audit",
    "accounts",
    "contracting.reference",
    "contracting.approvals",
    "contracting.determinations",
    "contracting.bans",
    "contracting.documents",
    "contracting.ledger",
    "contracting.notices",
    "contracting.requisitions",
    "contracting.market_research",
    "contracting.solicitations",
    "contracting.opportunities",
    "contracting.submissions",
    "contracting.proposals",
    "contracting.evaluations",
    "contracting.contracts",
    "contracting.fair_opportunity",
    "contracting.incidents",
    "contracting.orders",
    "contracting.charges",
    "contracting.modifications",
    "contracting.options",
    "contracting.terminations",
    "contracting.metering",
    "contracting.watch",
    "contracting.billing",
    "contracting.reconciliation",
    "contracting.disputes",
    "contracting.payments",
    "contracting.recounts",
    "contracting.allocations",
    "contracting.periods",
    "contracting.closeout",
    "contracting.verification",
    "contracting.evidence",
    "contracting.desk",
    "contracting.exchange",
    "contracting.operate",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "contracting.core.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "contracting.core.middleware.SpellingMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "contracting.core.middleware.ActorMiddleware",
    "contracting.core.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "contracting.urls"
WSGI_APPLICATION = "contracting.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "contracting.desk.queries.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.forms.ClosedSignup"
# An act that binds asks for the password when it was last given longer ago.
PROOF_MINUTES = env_number("PROOF_MINUTES", 15)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "contracting" / "static"]
MEDIA_ROOT = Path(env_text("MEDIA_ROOT", str(BASE_DIR / "var" / "media")))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
# The most bytes of a body of the API, of all files of a form, and of one file of text.
DATA_UPLOAD_MAX_MEMORY_SIZE = env_number("BODY_MAX_BYTES", 6 * 1024 * 1024)
FILE_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
TEXT_UPLOAD_MAX_BYTES = env_number("TEXT_UPLOAD_MAX_BYTES", 12 * 1024 * 1024)
# The key and certificate of the organization's seal, in one PEM or PKCS#12 file, or on
# a PKCS#11 token. Where nothing is at stake a file is made on the first run.
SEAL_IS_MADE = _LOCAL
SEAL_FILE = env_text("SEAL_FILE", str(BASE_DIR / "var" / "seal.pem") if _LOCAL else "")
SEAL_PASSPHRASE = env_text("SEAL_PASSPHRASE", "")
SEAL_PKCS11_MODULE = env_text("SEAL_PKCS11_MODULE", "")
SEAL_PKCS11_TOKEN = env_text("SEAL_PKCS11_TOKEN", "")
SEAL_PKCS11_KEY = env_text("SEAL_PKCS11_KEY", "seal")
# A time stamp authority (RFC 3161). Where it is named and does not answer, papers wait,
# unless they may go without.
SEAL_TSA_URL = env_text("SEAL_TSA_URL", "")
SEAL_TSA_REQUIRED = env_bool("SEAL_TSA_REQUIRED", default=True)
# Put what proves that the seal's certificate was not revoked into each paper (B-LT).
SEAL_LONG_TERM = env_bool("SEAL_LONG_TERM")
SEAL_FETCHES_REVOCATION = env_bool("SEAL_FETCHES_REVOCATION", default=True)
# A folder of certificates (.pem, .crt, .cer) that are trusted on signed copies, and
# of lists of revoked ones (.crl, DER).
SIGNATURE_TRUST = env_text("SIGNATURE_TRUST", "")
# unix:/path or tcp://127.0.0.1:port of ClamAV's daemon; empty where there is none.
CLAMD_URL = env_text("CLAMD_URL", "")
# Its TemporaryDirectory, into which it writes what it reads. Only where this lies in
# memory are files scanned that are to be sealed.
CLAMD_TEMP = env_text("CLAMD_TEMP", "")
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

CACHES = {
    "default": {
        "BACKEND": "contracting.core.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
    }
}
EMAIL_BACKEND = env_text(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend"
    if _LOCAL
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = BASE_DIR / "var" / "mail"
EMAIL_HOST = env_text("EMAIL_HOST", "localhost")
EMAIL_PORT = env_number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env_text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS")  # STARTTLS, usually on port 587
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL")  # TLS from the first byte, port 465
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    _message = "EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other."
    raise ImproperlyConfigured(_message)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env_text("DEFAULT_FROM_EMAIL", "drawdown@example.gov")

CELERY_BROKER_URL = _celery_url(REDIS_URL)
# A request that leaves a message must not wait for a broker that is gone: sweeps heal.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_connect_timeout": 1,
}
CELERY_RESULT_BACKEND = _celery_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "work"
# The worker of this queue prints, and it alone has the key of the seal.
CELERY_TASK_ROUTES = {
    "contracting.documents.tasks.*_document*": {"queue": "paper"},
    "contracting.verification.tasks.publish_status_list": {"queue": "paper"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
PAPER_SECONDS = int(env_text("PAPER_SECONDS", "240"))
PAPER_MEGABYTES = int(env_text("PAPER_MEGABYTES", "1000"))
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.BearerKey"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "contracting.core.api.problem_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env_text("API_RATE", "6000/min")},
    "UNAUTHENTICATED_USER": None,
    # ``?format=`` names the format of what is sent, not of the answer.
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
# How often a key may ask the gate of funds control in a second.
FUNDS_RATE = env_number("FUNDS_RATE", 20_000)
SPECTACULAR_SETTINGS = {
    "TITLE": "Drawdown API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": "Usage, reports, invoices and records of token contracts.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "CreditKindEnum": "contracting.billing.states.CreditKind",
        "SolicitationStateEnum": "contracting.solicitations.states.SolicitationState",
        "SolicitationKindEnum": "contracting.solicitations.states.SolicitationKind",
        "RfiStateEnum": "contracting.market_research.states.RfiState",
        "SubmissionStateEnum": "contracting.submissions.states.SubmissionState",
        "PaymentStateEnum": [
            (each, each) for each in ("CERTIFIED", "PAID", "RETURNED")
        ],
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
# How many proxies of ours each add one address to X-Forwarded-For; 0 believes none.
TRUSTED_PROXIES = env_number("TRUSTED_PROXIES", 0)
if not _LOCAL:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "style": "{",
        }
    },
    "filters": {"origin": {"()": "contracting.core.origin.OriginFilter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["origin"],
            "stream": sys.stderr,
        }
    },
    "root": {"handlers": ["stderr"], "level": env_text("LOG_LEVEL", "WARNING")},
}
