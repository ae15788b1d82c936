"""Import public list prices from the installed release of the price catalogue."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.reference import calculations
from contracting.reference.calculations import CarriedList
from contracting.reference.operations.import_list_prices import import_list_prices
from contracting.reference.refusals import UnknownTokenClass


class Command(BaseCommand):
    """``manage.py import_list_prices``: can be repeated; fetches nothing."""

    help = "Import public list prices from the installed release, or a carried list."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--file",
            type=Path,
            help=f"a CSV file with the columns {', '.join(calculations.LIST_COLUMNS)}",
        )
        parser.add_argument("--release", default="", help="what that list calls itself")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import once; say how many prices are new.

        :raises CommandError: if the file is no price list
        """
        path: Path | None = options["file"]
        carried = _read(options["release"] or path.stem, path) if path else None
        try:
            added = import_list_prices(carried=carried, by=SYSTEM, at=clock.now())
        except UnknownTokenClass as refusal:
            raise CommandError(refusal.message) from refusal
        release = f"{calculations.CATALOGUE} {calculations.catalogue_version()}"
        if carried:
            release = f"the list {carried.release}"
        self.stdout.write(f"{len(added)} list prices added from {release}.")


def _read(release: str, path: Path) -> CarriedList:
    try:
        return calculations.read_list(release, path.read_text())
    except (OSError, ValueError) as error:
        message = f"{path} was not imported. {error}"
        raise CommandError(message) from error
