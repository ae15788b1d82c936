"""A decision comes out the same under the rows of its day, whatever they say today."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from contracting.approvals.models import Policy
from contracting.audit.invariants import INVARIANTS
from contracting.audit.models import AuditEvent, RowVersion
from contracting.core.models import AppendOnly
from contracting.desk.queries.replays import replay, replayable
from contracting.ledger.models import LineOfAccounting
from contracting.orders.operations.submit import submit_task_order
from contracting.reference.models import Threshold
from tests.builders_orders import ORDERED_AT, drafted_order
from tests.builders_settlement import accepted_invoice
from tests.cast import actor, client_for, nothing_happens

pytestmark = pytest.mark.django_db


def last(event):
    return AuditEvent.objects.filter(event=event).latest("pk")


def named(event):
    """What an event says that it rests on: kinds and numbers."""
    return {(kind, number) for kind, number, _ in event.read["under"]}


@pytest.fixture
def settled():
    """Everything from the analysis of prices to the comparison of usage."""
    return accepted_invoice()


@pytest.fixture
def numbers_change(settled):
    """Every number ends before all of this; other numbers and terms hold."""
    for old in list(
        Threshold.objects.filter(valid_to=None, valid_from__lt=date(2026, 1, 1))
    ):
        Threshold.objects.filter(pk=old.pk).update(valid_to=date(2025, 12, 31))
        old.pk, old.value, old.valid_from = None, old.value * 2, date(2026, 1, 1)
        old.save(force_insert=True)
    Policy.objects.filter(kind="task_order").update(valid_to=date(2025, 12, 31))
    LineOfAccounting.objects.update(funds_available_to=date(2025, 10, 2))


@pytest.mark.rule("R-AUD-03", case="allowed")
def test_what_its_rows_say_today_changes_no_replay(numbers_change):
    found = [replay(event) for event in replayable()]

    assert [each.rows for each in found if not each.is_same] == []
    changed = {row.kind for each in found for row in each.changed}
    assert {"policy", "line of accounting"} <= changed


def test_a_verb_names_what_it_read_and_nothing_that_others_read():
    # Given two policies, of which one routes this order
    order = drafted_order()
    before = last("orders.task_order.drafted")

    # When it is submitted
    submit_task_order(
        order_id=order.pk,
        by=actor("program_manager"),
        at=ORDERED_AT,
        seen_version=order.version,
    )

    # Then the route names that policy and its steps, and the draft named neither
    route = last("approvals.route.opened")
    policy = Policy.objects.get(pk=route.read["data"]["policy"])
    assert ("approvals.policy", policy.pk) in named(route)
    steps = {("approvals.policystep", step.pk) for step in policy.steps.all()}
    assert steps <= named(route)
    others = Policy.objects.exclude(pk=policy.pk)
    assert not {("approvals.policy", each.pk) for each in others} & named(route)
    assert ("approvals.policy", policy.pk) not in named(before)
    # And the verb around it names them too
    assert named(route) <= named(last("orders.task_order.submitted"))


def test_every_version_is_kept_whole_under_its_hash(settled):
    rows = RowVersion.objects.filter(kind="ledger.lineofaccounting")

    content = json.loads(rows.latest("pk").content)
    assert content["treasury_account_symbol"] == "020-2026/2026-0101-000"
    assert content["funds_available_to"] == "2026-09-30"
    assert [each.exceptions() for each in INVARIANTS] == [[], []]


def test_what_is_missing_or_altered_is_found_by_the_nightly_check(settled):
    event = last("approvals.route.opened")
    kind, number, sha256 = event.read["under"][0]
    RowVersion.objects.create(sha256=sha256, kind=kind, row_id=number, content="{}")

    (said,) = [said for each in INVARIANTS for said in each.check()]
    assert sha256[:8] in said


@pytest.mark.rule("R-AUD-03", case="refused", held_by="database")
@pytest.mark.parametrize("change", ["UPDATE", "DELETE"])
def test_a_version_that_was_decided_by_never_changes(settled, change):
    assert issubclass(RowVersion, AppendOnly)
    rows = RowVersion.objects.all()

    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        rows.update(content="{}") if change == "UPDATE" else rows.delete()


def test_a_result_that_nothing_gives_differs_and_is_told(settled):
    # Given an event that records one reviewer more than its policy asks
    event = last("approvals.route.opened")
    said = event.read
    said["data"]["steps"].append([9, "Legal reviewer", 1])
    event.payload = json.dumps(said)

    found = replay(event)

    assert not found.is_same
    assert ("Step 9, Legal reviewer", "1", "") in found.rows


def test_the_command_replays_one_or_all(settled):
    event, out = last("approvals.route.opened"), StringIO()

    call_command("replay", stdout=out)
    told = out.getvalue()
    assert f"same    {event.stream} #{event.seq} " in told
    count = replayable().count()
    assert told.endswith(f"replay: {count} of {count} come out the same\n")

    out = StringIO()
    call_command("replay", "--json", stream=event.stream, seq=event.seq, stdout=out)
    (row,) = json.loads(out.getvalue())
    assert row["same"]
    assert row["changed"] == []


def test_an_auditor_replays_a_decision_and_sees_what_reads_otherwise(
    numbers_change, auditor
):
    event = last("approvals.route.opened")
    browser = client_for(auditor)

    listed = browser.get(reverse("desk:decisions")).text
    address = reverse("desk:decision", args=[event.stream, event.seq])
    page = browser.get(address).text

    assert address in listed
    assert "it comes out the same" in page
    assert "Reads otherwise" in page


def test_an_agency_that_has_decided_nothing_is_told_so(auditor):
    page = client_for(auditor).get(reverse("desk:decisions")).text

    assert "has taken no decision yet" in page
    assert "Nothing to replay yet" in page


@pytest.mark.parametrize(
    "part",
    ["contracting_officer", "cor", "vendor_a_signer", "other_agency_officer"],
)
def test_nobody_but_an_auditor_of_the_agency_finds_it(settled, part):
    event, browser = last("approvals.route.opened"), client_for(actor(part))

    address = reverse("desk:decision", args=[event.stream, event.seq])
    assert browser.get(reverse("desk:decisions")).status_code == 404
    assert browser.get(address).status_code == 404
