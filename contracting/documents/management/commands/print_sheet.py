"""The press as a process of its own: a sheet as JSON comes in, a PDF goes out."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from contracting.documents import rendering
from contracting.documents.paperwork.memory import bounded_memory


class Command(BaseCommand):
    """Exit 0 with the PDF, or 3 with a sentence that says why there is none."""

    help = "Print one sheet, read as JSON from standard input, to standard output."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print it; it touches no database and keeps nothing."""
        words = json.load(sys.stdin)
        words["created_at"] = datetime.fromisoformat(words["created_at"])
        try:
            with bounded_memory(settings.PAPER_MEGABYTES):
                pdf = rendering.render(rendering.Sheet(**words))
        except (rendering.LibrariesMissing, rendering.TooLarge) as why_not:
            sys.stderr.write(str(why_not))
            sys.exit(rendering.NOT_PRINTED)
        sys.stdout.buffer.write(pdf)
