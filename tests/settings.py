"""The site's settings for tests: same database, quick hashes, no zone that flatters."""

import os

# The plugin named in pyproject has set the addresses. A type checker needs none.
os.environ.setdefault("DATABASE_URL", "postgresql:///drawdown")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379")
os.environ.setdefault("MEDIA_ROOT", f"var/test-media/{os.getpid()}")
os.environ["DRAWDOWN_DEBUG"] = "0"
os.environ["DRAWDOWN_DEMO"] = "0"

from contracting.settings import *  # noqa: E402, F403
from contracting.settings import (  # noqa: E402
    BASE_DIR,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    MIDDLEWARE,
    STORAGES,
    env_text,
)

# Whoever mixes up local days and instants shall notice.
TIME_ZONE = "America/New_York"
TEST_DATABASE = env_text("DRAWDOWN_TEST_DB", "test_drawdown")
OPENER_KEY_ITERATIONS = 1_000
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# A Celery worker of a test shares it; two halves of a run do not.
MEDIA_ROOT = BASE_DIR / (env_text("MEDIA_ROOT") + env_text("PYTEST_XDIST_WORKER", ""))
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# It would read every static file again for each browser of each test.
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]

# Messages of a test run stay apart from those of a site on the same broker.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,
    "global_keyprefix": f"{TEST_DATABASE}:",
}
