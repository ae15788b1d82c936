"""Work in steps: one account, whatever happens to its workers."""

from contracting.audit.models import AuditEvent
from contracting.core.errors import Refusal
from contracting.documents.models import Operation
from contracting.documents.operations.work_operation import (
    MAX_ATTEMPTS,
    work_operation,
)
from contracting.notices.models import Notice
from tests.cast import client_for, key_client, submit
from tests.documents.operations import left, started, traces


def test_it_is_done_step_by_step_and_recorded_once(db, steps):
    operation = started()

    work_operation(operation_id=operation.pk)
    work_operation(operation_id=operation.pk)

    assert left(operation) == ("SUCCEEDED", 10)
    assert operation.phase == "step 5"
    assert operation.result_path == "/usage/"
    assert traces() == 5
    assert {n.title for n in Notice.objects.filter(subject_kind="test")} == {
        operation.by_name
    }
    ended = AuditEvent.objects.filter(event="documents.operation.ended")
    assert ended.count() == 1


def test_a_refusal_is_final_and_says_why(db, steps):
    operation = started()
    steps += [Refusal("This source is closed.")]

    work_operation(operation_id=operation.pk)

    assert left(operation) == ("FAILED", 0)
    assert operation.last_error == "This source is closed."


def test_what_fails_again_and_again_is_given_up(db, steps):
    operation = started()
    steps += [RuntimeError()] * MAX_ATTEMPTS

    for _ in range(MAX_ATTEMPTS):
        work_operation(operation_id=operation.pk)

    assert left(operation)[0] == "FAILED"


def test_a_step_that_ends_its_worker_each_time_is_given_up(db, steps):
    # Given attempts that were begun and never came back
    operation = started()
    Operation.objects.filter(pk=operation.pk).update(
        state="RUNNING", attempts=MAX_ATTEMPTS
    )

    work_operation(operation_id=operation.pk)

    assert left(operation)[0] == "FAILED"
    assert "again and again" in operation.last_error


def test_its_page_says_how_far_it_is(db, steps, cor, other_agency_officer):
    operation = started()
    Operation.objects.filter(pk=operation.pk).update(state="RUNNING", done=4)
    browser = client_for(cor)

    shown = browser.get(operation.path).content.decode()
    assert "4 of 10 numbers (40 %)" in shown
    assert 'hx-trigger="every 2s"' in shown
    assert "Look again" in shown
    assert submit(browser, f"{operation.path}/cancel_operation").status_code == 303
    work_operation(operation_id=operation.pk)
    assert "It was stopped after 4 of 10 numbers." in " ".join(
        browser.get(operation.path).content.decode().split()
    )
    foreign = client_for(other_agency_officer)
    assert foreign.get(operation.path).status_code == 404
    assert foreign.get(f"{operation.path}/cancel_operation").status_code == 404


def test_a_machine_polls_and_cancels_its_own(
    db, steps, gateway, other_agency_gateway, cor
):
    operation, other = started(by=gateway), started(by=cor)
    machine, address = key_client(gateway), f"/api/v1{operation.path}"

    polled = machine.get(address)
    assert polled["Retry-After"] == "2"
    assert polled.json()["status"] == "queued"
    assert polled.json()["progress"] == {"done": 0, "total": 10, "unit": "numbers"}
    key = {"Idempotency-Key": "cancel-operation-1"}
    stopped = machine.post(
        f"{address}:cancel", {}, content_type="application/json", headers=key
    )
    assert (stopped.status_code, stopped.json()["cancelable"]) == (202, False)
    work_operation(operation_id=operation.pk)
    ended = machine.get(address)
    assert ended.json()["status"] == "cancelled"
    assert "Retry-After" not in ended
    refused = machine.post(
        f"/api/v1{other.path}:cancel",
        {},
        content_type="application/json",
        headers={"Idempotency-Key": "cancel-operation-2"},
    )
    assert refused.status_code == 403
    assert key_client(other_agency_gateway).get(address).status_code == 404
