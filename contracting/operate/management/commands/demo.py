"""``manage.py demo``: the main job once through, on real usage, with real workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.models import User
from accounts.queries import DEMO_PASSWORD
from contracting.audit.queries import verify_chains
from contracting.core import clock
from contracting.core.periods import accounting_day
from contracting.documents.models import Document
from contracting.documents.queries import file_name, pending_documents, rendering_of
from contracting.documents.queries import read_blob as read_bytes
from contracting.operate.management.children import Child
from contracting.operate.management.demo_database import (
    fresh_environment,
    is_embedded,
)
from contracting.operate.queries import broken_invariants
from contracting.operate.story import play, times
from contracting.operate.story.play import Told
from contracting.operate.story.times import Calendar
from contracting.reconciliation.tasks import reconcile_nightly

PATIENCE_SECONDS: Final = 120
BAR: Final = 40


class Command(BaseCommand):
    """Plays need to close-out; leaves ``var/demo/summary.json`` and the papers."""

    help = "Play the main job once, on real usage, and check that every fault is found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor",
            type=date.fromisoformat,
            help="the day of the story's last step (default: yesterday)",
        )
        parser.add_argument(
            "--here",
            action="store_true",
            help="play in the present database, with the workers that are running",
        )
        parser.add_argument(
            "--i-know",
            action="store_true",
            help="allow a database that is not the embedded one; it must be empty",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["here"]:
            self._tell(options["anchor"])
            return
        if not is_embedded() and not options["i_know"]:
            message = (
                "DATABASE_URL names a server of yours. The demo fills a database: give "
                "it an empty one and say --i-know."
            )
            raise CommandError(message)
        self._with_own_worker(options["anchor"])

    def _with_own_worker(self, anchor: date | None) -> None:
        """A database and a worker of its own, then the story in a child process."""
        os.environ.update(fresh_environment(self._line))
        state = settings.BASE_DIR / "var" / "demo" / "state"
        state.mkdir(parents=True, exist_ok=True)
        log = state.parent / "worker.log"
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        worker = Child.start(
            "demo-worker",
            [sys.executable, "-m", "celery", "-A", "contracting", "worker"]
            + ["-P", "prefork", "-c", "2", "-Q", "work,paper", "-n", "demo@%h"]
            + ["--without-gossip", "--without-mingle", "-l", "WARNING"],
            state=state,
            log=log,
        )
        words = [*manage, "demo", "--here"]
        if anchor:
            words += ["--anchor", anchor.isoformat()]
        try:
            done = subprocess.run(words, check=False)
        finally:
            worker.ask_to_end()
            worker.make_end(within=10)
        if done.returncode:
            self.stderr.write(f"What the worker said is in {log}.")
            sys.exit(done.returncode)

    def _tell(self, anchor: date | None) -> None:
        if User.objects.exists():
            message = (
                "This database is not empty; the demo tells its story in a new one."
            )
            raise CommandError(message)
        started = time.monotonic()
        today = accounting_day(clock.now(), times.ZONE)
        calendar = Calendar(anchor) if anchor else times.yesterday(today)
        told = play.play(calendar, self)
        folder = settings.BASE_DIR / "var" / "demo"
        self._wait_for_papers()
        self._keep_papers(folder)
        invariants, audit = _verdicts()
        summary = play.summary(
            told,
            seconds=round(time.monotonic() - started),
            invariants=invariants,
            audit=audit,
        )
        (folder / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
        self._conclude(told, summary, folder)

    # --- the stage that the story is played on ---------------------------------------

    def say(self, text: str) -> None:
        """Print one line of the story."""
        self._line(text)

    def progress(self, label: str, done: int, total: int) -> None:
        """Draw a bar; on a terminal it grows in place."""
        filled = BAR * done // max(total, 1)
        bar = "█" * filled + "░" * (BAR - filled)
        text = f"{label} {bar} {done:,} of {total:,}"
        if self.stdout.isatty():
            self.stdout.write(f"\r{text}", ending="\n" if done >= total else "")
        else:
            self.stdout.write(text)
        self.stdout.flush()

    def reconcile(self, at: str) -> None:
        """Send the nightly job to the worker and wait until it has run."""
        sent = reconcile_nightly.apply_async(args=(at,), ignore_result=False)
        try:
            made = sent.get(timeout=PATIENCE_SECONDS)
        except Exception as error:
            message = f"The nightly job of {at} did not run: {error}"
            raise CommandError(message) from error
        night = datetime.fromisoformat(at)
        self._line(f"  nightly job of {night:%d %b}: {made} comparisons")

    # --- papers ----------------------------------------------------------------------

    def _wait_for_papers(self) -> None:
        """Wait for the worker's rows; after two minutes, name what is missing."""
        total = Document.objects.count()
        end = time.monotonic() + PATIENCE_SECONDS
        shown = -1
        while (left := pending_documents().count()) and time.monotonic() < end:
            if total - left != shown:
                shown = total - left
                self.progress("  papers", shown, total)
            time.sleep(0.5)
        missing = list(pending_documents().values_list("title", flat=True))
        if missing:
            message = f"These papers were not printed: {', '.join(missing)}."
            raise CommandError(message)
        self.progress("  papers", total, total)

    def _keep_papers(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.pdf"):
            old.unlink()
        for number, document in enumerate(Document.objects.order_by("pk"), start=1):
            name = f"{number:02d}-{file_name(document)}"
            content = read_bytes(rendering_of(document).blob)
            (folder / name).write_bytes(content)

    # --- the end ---------------------------------------------------------------------

    def _conclude(self, told: Told, summary: dict[str, Any], folder: Path) -> None:
        found = {json.dumps(row, sort_keys=True) for row in told.found}
        self._line("Planted faults and what was found")
        for row in told.planted:
            mark = "found" if json.dumps(row, sort_keys=True) in found else "MISSED"
            self._line(
                f"  {row['code']:12} {row['tokens']:>10,} tokens "
                f"${row['amount_usd']:<14} {mark}"
            )
        planted = {json.dumps(row, sort_keys=True) for row in told.planted}
        for text in sorted(found - planted):
            self._line(f"  NOT PLANTED  {text}")
        self._line(
            f"Totals: {summary['input_tokens']:,} input and "
            f"{summary['output_tokens']:,} output tokens, ${summary['amount_usd']}"
        )
        self._line(f"Papers and summary.json: {folder}")
        self._line(f"Everybody's password in the demo: {DEMO_PASSWORD}")
        self._line(f"The gateway's key, shown this once: {told.cast.gateway_key}")
        self._line(f"invariants: {summary['invariants']}")
        self._line(f"audit: {summary['audit']}")
        right = found == planted and summary["invariants"] == summary["audit"] == "ok"
        if not right:
            message = "The demo did not come out as it should."
            raise CommandError(message)
        self.stdout.write(self.style.SUCCESS(f"Done in {summary['seconds']} s."))

    def _line(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _verdicts() -> tuple[str, str]:
    broken = broken_invariants()
    chains = list(verify_chains())
    connection.close()
    return (
        "ok" if not broken else "; ".join(sorted(broken)),
        "ok" if not chains else f"broken in {len(chains)} places",
    )
