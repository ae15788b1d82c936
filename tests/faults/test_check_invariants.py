"""The check of what must hold: as a command, under traffic, and every night."""

import json
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from contracting.core.invariants import Invariant
from contracting.core.postgresql.snapshots import one_snapshot
from contracting.ledger.models import FundsBalance
from contracting.operate import queries, tasks
from contracting.operate.queries import broken_invariants
from tests.builders_orders import line_of_accounting
from tests.workers import ROOT, eventually


def breach(monkeypatch, *exceptions):
    """One invariant is left, and it has these exceptions."""
    only = Invariant("XXX-1", "Nothing is amiss.", lambda: exceptions)
    monkeypatch.setattr(queries, "all_invariants", lambda: iter([only]))


def test_the_command_exits_with_2_on_a_breach(db, monkeypatch, capsys):
    breach(monkeypatch, "Balance 7 is off.")

    with pytest.raises(SystemExit) as ended:
        call_command("check_invariants")

    assert ended.value.code == 2
    shown = capsys.readouterr().out
    assert "BROKEN XXX-1" in shown
    assert "Balance 7 is off." in shown


def test_the_command_prints_json_and_ends_well_where_all_holds(db, monkeypatch, capsys):
    breach(monkeypatch)

    call_command("check_invariants", "--json")

    (row,) = json.loads(capsys.readouterr().out)
    assert row == {
        "code": "XXX-1",
        "sentence": "Nothing is amiss.",
        "holds": True,
        "exceptions": [],
    }


def test_every_check_reads_the_books_of_one_instant(own_database, monkeypatch):
    # Given somebody who books between two queries of one check
    funds = line_of_accounting()

    def book():
        FundsBalance.objects.filter(line_of_accounting=funds).update(
            available_dollars=999
        )
        connection.close()

    def available():
        return FundsBalance.objects.get(line_of_accounting=funds).available_dollars

    def check():
        before = available()
        other = Thread(target=book)
        other.start()
        other.join()
        if available() != before:
            yield "The books changed in between."

    only = Invariant("XXX-1", "Nothing changes in between.", check)
    monkeypatch.setattr(queries, "all_invariants", lambda: iter([only]))

    # Then the check does not see it, and changes nothing itself
    assert broken_invariants() == {}
    assert available() == 999
    with pytest.raises(DatabaseError), one_snapshot():
        FundsBalance.objects.update(available_dollars=0)


def test_the_nightly_check_runs_in_a_worker(worker):
    # Given books that somebody has broken behind the ledger's back
    line_of_accounting()
    FundsBalance.objects.update(available_dollars=1)

    # When beat's message is taken by another process
    tasks.check_invariants_nightly.delay()

    # Then its log names what is broken
    log = ROOT / "var" / "log" / "test-worker.log"
    assert eventually(lambda: "Broken invariant: LED-2" in log.read_text())
