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

from accounts.queries import DEMO_PASSPHRASE, DEMO_PASSWORD
from contracting.audit.queries import verify_chains
from contracting.core import clock
from contracting.core.periods import accounting_day
from contracting.documents.models import Document
from contracting.documents.queries import file_name, pending_documents
from contracting.documents.queries import read_blob as read_bytes
from contracting.documents.rendering import missing_libraries
from contracting.documents.tasks import sweep_documents
from contracting.operate.management import mark
from contracting.operate.management.children import Child
from contracting.operate.management.demo_database import (
    fresh_environment,
    insist_on_emptiness,
    is_embedded,
)
from contracting.operate.queries import broken_invariants
from contracting.operate.story import play, times, verdict
from contracting.operate.story.play import Told
from contracting.operate.story.times import Calendar
from contracting.reconciliation.tasks import reconcile_nightly

PATIENCE_SECONDS: Final = 120
SWEEP_SECONDS: Final = 5
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
            "--papers-may-wait",
            action="store_true",
            help="end well although papers are not printed yet",
        )
        parser.add_argument(
            "--i-know",
            action="store_true",
            help="allow a database that is not the embedded one; it must be empty",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse what cannot be told here, then tell it.

        :raises CommandError: if the day cannot be, the database is not for this, or the
            story did not come out as it should
        """
        anchor: date | None = options["anchor"]
        reason = times.why_not(anchor) if anchor else ""
        if reason:
            raise CommandError(reason)
        if not is_embedded() and not options["i_know"]:
            message = (
                "DATABASE_URL names a server of yours. The demo fills a database: give "
                "it an empty one and say --i-know."
            )
            raise CommandError(message)
        if options["here"]:
            self._tell_here(anchor, papers_may_wait=options["papers_may_wait"])
        else:
            self._with_own_worker(anchor)

    def _with_own_worker(self, anchor: date | None) -> None:
        """A database and a worker of its own, then the story in a child process."""
        os.environ.update(fresh_environment(self._line))
        state = _folder_without_summary() / "state"
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
        words = [*manage, "demo", "--here", "--i-know"]
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

    def _tell_here(self, anchor: date | None, *, papers_may_wait: bool) -> None:
        if not settings.DEMO:
            message = (
                "The demo's people have a password that everybody knows, so they come "
                "only where DRAWDOWN_DEMO=1 says that this is a demonstration."
            )
            raise CommandError(message)
        insist_on_emptiness()
        folder = _folder_without_summary()
        started = time.monotonic()
        today = accounting_day(clock.now(), times.ZONE)
        calendar = Calendar(anchor) if anchor else times.yesterday(today)
        mark.begin()
        told = play.play(calendar, self)
        mark.end()
        missing = self._wait_for_papers()
        self._keep_papers(folder)
        invariants, audit = _verdicts()
        summary = verdict.summary(
            told,
            seconds=round(time.monotonic() - started),
            invariants=invariants,
            audit=audit,
        )
        (folder / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
        wrong = verdict.wrong(told, summary)
        if missing and not papers_may_wait:
            wrong.insert(0, f"These papers were not printed: {', '.join(missing)}.")
        self._conclude(told, summary, folder, wrong)

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

    def _wait_for_papers(self) -> list[str]:
        """Wait for the worker's rows. Returns the titles that are still missing.

        A machine that cannot print is not waited for; one that can is given two
        minutes for each.
        """
        install = missing_libraries()
        total = Document.objects.count()
        end = time.monotonic() + (0 if install else PATIENCE_SECONDS)
        shown, swept = -1, time.monotonic()
        while (left := pending_documents().count()) and time.monotonic() < end:
            if total - left != shown:
                shown = total - left
                end = max(end, time.monotonic() + PATIENCE_SECONDS)
                self.progress("  papers", shown, total)
            if time.monotonic() - swept > SWEEP_SECONDS:
                sweep_documents.delay()  # for what a lost message has left
                swept = time.monotonic()
            time.sleep(0.5)
        missing = list(pending_documents().values_list("title", flat=True))
        if missing:
            self._line(f"  {len(missing)} of {total} papers wait to be printed")
            if install:
                self._line(install)
        else:
            self.progress("  papers", total, total)
        return missing

    def _keep_papers(self, folder: Path) -> None:
        for old in folder.glob("*.pdf"):
            old.unlink()
        for number, document in enumerate(Document.objects.order_by("pk"), start=1):
            if document.rendering is not None:
                name = f"{number:02d}-{file_name(document)}"
                content = read_bytes(document.rendering.blob)
                (folder / name).write_bytes(content)

    # --- the end ---------------------------------------------------------------------

    def _conclude(
        self, told: Told, summary: dict[str, Any], folder: Path, wrong: list[str]
    ) -> None:
        self._line(f"{'Planted':50} Found")
        for planted, found in verdict.beside(told.planted, told.found):
            note = "" if planted == found else "  DIFFERS"
            self._line(f"{_fault(planted):50} {_fault(found)}{note}".rstrip())
        self._line(
            f"Totals: {summary['input_tokens']:,} input and "
            f"{summary['output_tokens']:,} output tokens, ${summary['amount_usd']}"
        )
        self._line(f"Papers and summary.json: {folder}")
        self._line(f"Everybody's password in the demo: {DEMO_PASSWORD}")
        self._line(f"The passphrase of those who open offers: {DEMO_PASSPHRASE}")
        self._line(f"The gateway's key, shown this once: {told.cast.gateway_key}")
        self._line(f"invariants: {summary['invariants']}")
        self._line(f"audit: {summary['audit']}")
        if wrong:
            message = " ".join(["The demo did not come out as it should.", *wrong])
            raise CommandError(message)
        self.stdout.write(self.style.SUCCESS(f"Done in {summary['seconds']} s."))

    def _line(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _folder_without_summary() -> Path:
    """Where papers and summary go; an earlier telling's summary is no longer there."""
    folder: Path = settings.BASE_DIR / "var" / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").unlink(missing_ok=True)
    return folder


def _fault(row: dict[str, Any] | None) -> str:
    if row is None:
        return "  nothing"
    return f"  {row['code']:12} {row['tokens']:>10,} tokens ${row['amount_usd']}"


def _verdicts() -> tuple[str, str]:
    broken = broken_invariants()
    chains = list(verify_chains())
    connection.close()
    return (
        "ok" if not broken else "; ".join(sorted(broken)),
        "ok" if not chains else f"broken in {len(chains)} places",
    )
