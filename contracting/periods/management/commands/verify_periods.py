"""Verify the chains of closed months."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracting.periods.invariants import INVARIANTS
from contracting.periods.models import Entry


class Command(BaseCommand):
    """Walk every chain, and add up every closed month again."""

    help = "Verify that closed months are one chain of hashes and add up as signed."

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: if a link or a figure is not as it was written"""
        broken = []
        for invariant in INVARIANTS:
            broken += [f"{invariant.code}: {each}" for each in invariant.exceptions()]
        if broken:
            message = "\n".join(broken)
            raise CommandError(message)
        count = Entry.objects.count()
        self.stdout.write(f"{count} links of closed months are whole and add up.")
