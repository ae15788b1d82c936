"""The Celery app: every task takes ids and may run twice."""

import os
from typing import Any

from celery import Celery, Task
from celery.schedules import crontab

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

# A busy worker must not find hundreds of sweeps in its queue when it is free again.
app.conf.beat_schedule = {
    "sweep-documents": {
        "task": "contracting.documents.tasks.sweep_documents",
        "schedule": 5.0,
        "options": {"expires": 15.0},
    },
    "sweep-operations": {
        "task": "contracting.documents.tasks.sweep_operations",
        "schedule": 10.0,
        "options": {"expires": 30.0},
    },
    "clear-parts-hourly": {
        "task": "contracting.documents.tasks.clear_parts",
        "schedule": crontab(minute=50),
    },
    "sweep-notices": {
        "task": "contracting.notices.tasks.sweep_notices",
        "schedule": 10.0,
        "options": {"expires": 30.0},
    },
    "tell-webhooks": {
        "task": "contracting.exchange.tasks.tell_webhooks",
        "schedule": 10.0,
        "options": {"expires": 30.0},
    },
    "open-ratchet-findings-daily": {
        "task": "contracting.modifications.tasks.open_ratchet_findings",
        "schedule": crontab(hour=11, minute=30),
    },
    "fold-usage": {
        "task": "contracting.metering.tasks.fold_usage",
        "schedule": 1.0,
        "options": {"expires": 3.0},
    },
    "sort-usage-by-key": {
        "task": "contracting.metering.tasks.sort_usage_by_key",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240.0},
    },
    "sort-all-usage-by-key-nightly": {
        "task": "contracting.metering.tasks.sort_usage_by_key",
        "schedule": crontab(hour=6, minute=20),
        "kwargs": {"every_day": True},
    },
    "sweep-reservations": {
        "task": "contracting.metering.tasks.sweep_reservations",
        "schedule": 10.0,
        "options": {"expires": 30.0},
    },
    "rate-periods-nightly": {
        "task": "contracting.metering.tasks.rate_periods",
        "schedule": crontab(hour=6, minute=0),
    },
    "alert-options-daily": {
        "task": "contracting.options.tasks.alert_options",
        "schedule": crontab(hour=11, minute=45),
    },
    "raise-alarms-hourly": {
        "task": "contracting.watch.tasks.raise_alarms",
        "schedule": crontab(minute=20),
    },
    "prove-sums-nightly": {
        "task": "contracting.watch.tasks.raise_alarms",
        "schedule": crontab(hour=6, minute=40),
        "kwargs": {"with_sums": True},
    },
    "give-funds-notices-daily": {
        "task": "contracting.watch.tasks.give_funds_notices",
        "schedule": crontab(hour=10, minute=30),
    },
    "alarm-sources-daily": {
        "task": "contracting.metering.tasks.alarm_sources",
        "schedule": crontab(hour=11, minute=15),
    },
    "remind-suspense-daily": {
        "task": "contracting.metering.tasks.remind_suspense",
        "schedule": crontab(hour=11, minute=0),
    },
    "remind-disputes-daily": {
        "task": "contracting.disputes.tasks.remind_disputes",
        "schedule": crontab(hour=11, minute=10),
    },
    "remind-incidents": {
        "task": "contracting.incidents.tasks.remind_incidents",
        "schedule": crontab(minute="*/30"),
    },
    "close-due-receipts": {
        "task": "contracting.submissions.tasks.close_due_receipts",
        "schedule": 10.0,
        "options": {"expires": 30.0},
    },
    "escalate-reviews": {
        "task": "contracting.desk.tasks.escalate_reviews",
        "schedule": crontab(minute="*/15"),
    },
    "log-health": {
        "task": "contracting.submissions.tasks.log_health",
        "schedule": 60.0,
        "options": {"expires": 50.0},
    },
    "warn-of-lost-openers-daily": {
        "task": "contracting.submissions.tasks.warn_of_losses",
        "schedule": crontab(hour=11, minute=15),
    },
    "expire-drafts-daily": {
        "task": "contracting.proposals.tasks.expire_drafts",
        "schedule": crontab(hour=4, minute=45),
    },
    "ask-for-reports-nightly": {
        "task": "contracting.billing.tasks.ask_for_reports_nightly",
        "schedule": crontab(hour=5, minute=5),
    },
    "remind-of-invoices-daily": {
        "task": "contracting.billing.tasks.remind_of_invoices_daily",
        "schedule": crontab(hour=11, minute=20),
    },
    "dispute-flagged-counts": {
        "task": "contracting.recounts.tasks.dispute_flagged_counts",
        "schedule": crontab(minute="*/15"),
    },
    "charge-nightly": {
        "task": "contracting.charges.tasks.charge_nightly",
        "schedule": crontab(hour=5, minute=15),
    },
    "accrue-nightly": {
        "task": "contracting.periods.tasks.accrue_nightly",
        "schedule": crontab(hour=5, minute=45),
    },
    "reconcile-nightly": {
        "task": "contracting.reconciliation.tasks.reconcile_nightly",
        "schedule": crontab(hour=5, minute=30),
    },
    "remind-of-overdue-discrepancies-daily": {
        "task": "contracting.reconciliation.tasks.remind_overdue",
        "schedule": crontab(hour=11, minute=30),
    },
    "reconcile-monthly": {
        "task": "contracting.reconciliation.tasks.reconcile_monthly",
        "schedule": crontab(day_of_month="5", hour=7, minute=0),
    },
    "publish-status-list-daily": {
        "task": "contracting.verification.tasks.publish_status_list",
        "schedule": crontab(hour=5, minute=0),
    },
    "check-invariants-nightly": {
        "task": "contracting.operate.tasks.check_invariants_nightly",
        "schedule": crontab(hour=6, minute=0),
    },
}
