"""``manage.py check_invariants``: do the books balance?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from contracting.operate.queries import checked_invariants


class Command(BaseCommand):
    """Checks every invariant of every stage; exit code 2 when one is broken."""

    help = "Check what must hold at every moment; exits with 2 on a breach."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        rows: list[dict[str, Any]] = [
            {
                "code": invariant.code,
                "sentence": invariant.sentence,
                "holds": not exceptions,
                "exceptions": exceptions,
            }
            for invariant, exceptions in checked_invariants()
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
        else:
            for row in rows:
                mark = "ok    " if row["holds"] else "BROKEN"
                self.stdout.write(f"{mark} {row['code']:8} {row['sentence']}")
                for exception in row["exceptions"]:
                    self.stdout.write(f"         {exception}")
            holds = all(row["holds"] for row in rows)
            self.stdout.write(f"invariants: {'ok' if holds else 'BROKEN'}")
        if not all(row["holds"] for row in rows):
            sys.exit(2)
