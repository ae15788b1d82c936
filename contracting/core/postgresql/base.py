"""The connection to the database; the settings name this package as their engine."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL; what a transaction consulted is forgotten when the next begins."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consulted: dict[Any, Any] = {}

    def set_autocommit(self, *args: Any, **kwargs: Any) -> None:
        self.consulted.clear()
        super().set_autocommit(*args, **kwargs)
