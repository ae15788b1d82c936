"""A world that all tests of a file begin in, built once; each takes its own back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import models, transaction


def once_per_file(build: Callable[[], models.Model]) -> Any:
    """A fixture of a module: ``build()`` in a transaction around all its tests.

    It gives the key of what was built, for a fixture that reads it anew in each test:
    ``Solicitation.objects.get(pk=world)``. The tests of such a file all begin in it.
    """

    @pytest.fixture(scope="module", autouse=True)
    def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
        with django_db_blocker.unblock(), transaction.atomic():
            yield build().pk
            transaction.set_rollback(True)

    return world
