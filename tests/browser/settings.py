"""The site that the browser looks at: the real one, as a demonstration.

Only what the tests must share differs: quick hashes, static files from their source.
"""

from contracting.settings import *  # noqa: F403
from contracting.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
# A run's logins last as long as the run.
PROOF_MINUTES = 24 * 60
# The cast comes from one address, and a fast machine logs many of it in in a minute.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip"}
