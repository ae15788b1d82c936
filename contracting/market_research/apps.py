"""Registers the app with Django."""

from django.apps import AppConfig


class MarketResearchConfig(AppConfig):
    name = "contracting.market_research"
    default_auto_field = "django.db.models.BigAutoField"
