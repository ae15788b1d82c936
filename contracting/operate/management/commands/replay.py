"""``manage.py replay``: do past decisions come out the same?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from contracting.desk.queries.replays import Replay, replay, replayable


class Command(BaseCommand):
    """Takes decisions again under the rows of their day; exit code 2 if one differs."""

    help = (
        "Replay price analyses, review routes, commitments, obligations of funds and "
        "comparisons of usage under the versions that they were decided by; exits with "
        "2 if one differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stream", help="only of this chain, such as contract:3")
        parser.add_argument("--seq", type=int, help="only this entry of the chain")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        events = replayable()
        if options["stream"]:
            events = events.filter(stream=options["stream"])
        if options["seq"]:
            events = events.filter(seq=options["seq"])
        found = [replay(event) for event in events]
        if options["json"]:
            self.stdout.write(json.dumps([_row(each) for each in found], indent=2))
        else:
            for each in found:
                self._tell(each)
            same = sum(each.is_same for each in found)
            self.stdout.write(f"replay: {same} of {len(found)} come out the same")
        if not all(each.is_same for each in found):
            sys.exit(2)

    def _tell(self, found: Replay) -> None:
        mark = "same   " if found.is_same else "DIFFERS"
        event = found.event
        self.stdout.write(f"{mark} {event.stream} #{event.seq} {event.sentence}")
        if found.refusal:
            self.stdout.write(f"          refused: {found.refusal}")
        for name, recorded, again in found.rows:
            if recorded != again:
                self.stdout.write(f"          {name}: {recorded!r}, now {again!r}")
        for row in found.changed:
            self.stdout.write(f"          reads otherwise today: {row.kind} {row.name}")


def _row(found: Replay) -> dict[str, Any]:
    return {
        "stream": found.event.stream,
        "seq": found.event.seq,
        "event": found.event.event,
        "same": found.is_same,
        "refusal": found.refusal,
        "recorded": found.recorded,
        "again": found.again,
        "under": [[row.kind, row.name, row.sha256] for row in found.used],
        "changed": [[row.kind, row.name] for row in found.changed],
    }
