"""List the files that may be disposed of; nothing is deleted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from contracting.closeout.queries.retention import disposable
from contracting.core import clock


class Command(BaseCommand):
    """A line for each closed contract whose years are over and which nothing holds."""

    help = (
        "List the closed contracts whose retention is over and which no legal hold "
        "keeps. It lists only: nothing is deleted."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        on = clock.now().date()
        found = disposable(on)
        for each in found:
            self.stdout.write(
                f"{each.contract.piid}  {each.contract.agency.name}  final payment "
                f"{each.final_payment or 'none'}, kept until {each.keep_until}"
            )
        self.stdout.write(f"{len(found)} files may be disposed of on {on}.")
