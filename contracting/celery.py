"""The Celery app: every task takes ids and may run twice."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contracting.settings")

app = Celery("contracting")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
