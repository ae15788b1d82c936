"""Celery tasks of billing."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task

from contracting.billing.operations.ask_all import ask_all
from contracting.billing.operations.remind_all import remind_all
from contracting.core import clock


@shared_task
def ask_for_reports_nightly(at: str | None = None) -> int:
    """Ask for the report of every month that is over; may run twice.

    :param at: an instant in ISO format; now, where nothing is given
    :returns: the number of reports that were asked for
    """
    return ask_all(at=datetime.fromisoformat(at) if at else clock.now())


@shared_task
def remind_of_invoices_daily(at: str | None = None) -> int:
    """Tell who is to act on invoices whose days have come; may run twice.

    :param at: an instant in ISO format; now, where nothing is given
    :returns: the number of reminders
    """
    return remind_all(at=datetime.fromisoformat(at) if at else clock.now())
