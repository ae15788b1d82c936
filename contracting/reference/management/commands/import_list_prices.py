"""Import public list prices from the installed release of the price catalogue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.reference import calculations
from contracting.reference.operations.import_list_prices import import_list_prices


class Command(BaseCommand):
    """``manage.py import_list_prices``: can be repeated; fetches nothing."""

    help = "Import public list prices from the installed release of the catalogue."

    def handle(self, *args: Any, **options: Any) -> None:
        added = import_list_prices(by=SYSTEM, at=clock.now())
        release = f"{calculations.CATALOGUE} {calculations.catalogue_version()}"
        self.stdout.write(f"{len(added)} list prices added from {release}.")
