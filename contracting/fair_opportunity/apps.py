"""Registers the app with Django."""

from django.apps import AppConfig


class FairOpportunityConfig(AppConfig):
    name = "contracting.fair_opportunity"
    default_auto_field = "django.db.models.BigAutoField"
