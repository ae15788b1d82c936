"""The site on the day of a test: its web server and its roller, each a process.

``TEST_DAY`` is the instant that it was when the process began; time goes on from there.

    gunicorn tests.shifted:application
    python -m tests.shifted   (a roller that never ends)
"""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from django.core.wsgi import get_wsgi_application

from contracting.core import clock

_began = time.monotonic()
_day = datetime.fromisoformat(os.environ["TEST_DAY"])


def now() -> datetime:
    """The day of the test, and as long as this process has run."""
    return _day + timedelta(seconds=time.monotonic() - _began)


application = get_wsgi_application()
clock.now = now


def roll() -> None:
    """Fold whatever waits, again and again; what fails is tried again."""
    from django.db import Error, connection

    from contracting.core.actors import SYSTEM
    from contracting.metering.operations.fold_all import fold_all

    while True:
        try:
            fold_all(by=SYSTEM, at=clock.now())
        except Error:
            connection.close()
        time.sleep(0.1)


if __name__ == "__main__":
    roll()
