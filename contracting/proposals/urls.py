"""Addresses of drafts."""

from __future__ import annotations

urlpatterns: list[object] = []
