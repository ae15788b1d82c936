"""Addresses of embedded."""

from typing import Any

urlpatterns: list[Any] = []
api_urlpatterns: list[Any] = []
