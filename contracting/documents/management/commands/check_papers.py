"""How the printing goes, for a person or for a monitor."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from contracting.core import clock
from contracting.documents.queries import failed_documents, press_figures
from contracting.documents.states import DocumentKind


class Command(BaseCommand):
    """Exit 0 when papers are printed in time, 2 when one was given up or waits long."""

    help = (
        "Count the papers that wait, are printed and were given up; list those given "
        "up with their reason. Exits with 2 if there is one, or one waits too long."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how long is too long, and whether a machine reads."""
        parser.add_argument(
            "--seconds", type=int, default=900, help="that a paper may wait (900)"
        )
        parser.add_argument("--json", action="store_true", help="figures as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say the figures, and each paper that was given up.

        Of receipts only the count is said: whose they are is sealed.
        """
        figures = press_figures(clock.now())
        late = figures.oldest_seconds > options["seconds"]
        if options["json"]:
            self.stdout.write(json.dumps(asdict(figures) | {"is_late": late}))
        else:
            self.stdout.write(
                f"{figures.waiting} wait, {figures.printing} are being printed, "
                f"{figures.tried_again} are tried again, {figures.failed} were given "
                f"up; the oldest has waited {figures.oldest_seconds} s."
            )
            for paper in failed_documents().exclude(kind=DocumentKind.RECEIPT):
                self.stdout.write(
                    f"given up: {paper.public_id}, {paper.title} ({paper.number}): "
                    f"{paper.last_error}"
                )
        if late or figures.failed:
            raise SystemExit(2)
