"""The Celery app: every task takes ids and may run twice."""

import os
from typing import Any

from celery import Celery, Task

from contracting.core.origin import Origin, coming_from

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contracting.settings")


class DoorTask(Task):  # type: ignore[misc,type-arg,unused-ignore]
    """A task says, for the log and the audit rows, which message it came in with."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with coming_from(Origin(door="task", request_id=self.request.id or "")):
            return super().__call__(*args, **kwargs)


app = Celery("contracting", task_cls=DoorTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
