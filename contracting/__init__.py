"""Drawdown: procurement and contract management for AI bought by the token."""

from contracting.celery import app as celery_app

__all__ = ["celery_app"]
