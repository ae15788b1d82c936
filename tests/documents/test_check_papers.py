"""The command that a monitor runs: how the printing goes."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from contracting.core import clock
from contracting.core.models import ClockTimestamp
from contracting.documents.models import Document
from tests.documents.papers import request


def said(*words) -> tuple[str, int]:
    out, code = io.StringIO(), 0
    try:
        call_command("check_papers", *words, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return out.getvalue(), code


def test_it_counts_what_waits_and_what_is_printed(db):
    assert said() == (
        "0 wait, 0 are being printed, 0 are tried again, 0 were given up; the oldest "
        "has waited 0 s.\n",
        0,
    )


def test_a_monitor_reads_figures_and_an_exit_code(contracting_officer):
    # Given a paper that waits, one that is printed, and one that is tried again
    asked = clock.now() - timedelta(seconds=60)
    request(contracting_officer, asked)
    printing = request(contracting_officer, asked)
    again = request(contracting_officer, asked)
    rows = Document.objects.all()
    rows.filter(pk=printing.pk).update(
        attempts=1, leased_until=ClockTimestamp() + timedelta(seconds=60)
    )
    rows.filter(pk=again.pk).update(attempts=1, last_error="jammed")

    text, code = said("--json")

    figures = json.loads(text)
    waited = figures.pop("oldest_seconds")
    assert 60 <= waited < 600
    assert figures == {
        "waiting": 2,
        "printing": 1,
        "tried_again": 1,
        "failed": 0,
        "is_late": False,
    }
    assert code == 0
    assert said("--seconds", "30")[1] == 2


@pytest.mark.parametrize(
    ("kind", "is_told"), [("task_order", True), ("receipt", False)]
)
def test_what_was_given_up_is_listed_with_its_reason(
    contracting_officer, at, kind, is_told
):
    document = request(contracting_officer, at, kind=kind)
    Document.objects.update(state="FAILED", last_error="the paper is jammed")

    text, code = said()

    assert code == 2
    assert "1 were given up" in text
    assert (f"given up: {document.public_id}" in text) is is_told
    assert ("the paper is jammed" in text) is is_told
