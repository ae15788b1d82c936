"""Addresses of metering."""

from typing import Any

urlpatterns: list[Any] = []
api_urlpatterns: list[Any] = []
