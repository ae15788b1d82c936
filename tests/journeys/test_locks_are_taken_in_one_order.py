"""Two transactions never wait for each other: every one locks in the same order.

Read from the SQL of the whole story, transaction by transaction. A row that is held
already may be asked for again.
"""

from collections.abc import Iterator

from tests.locks import AUDIT_HEAD, Lock, Unit

ORDER = [
    "accounts_idempotencykey",
    "accounts_organization",
    "accounts_membership",
    "reference_aimodel",
    "reference_modelalias",
    "requisitions_requisition",
    "market_research_requestforinformation",
    "metering_usagesource",
    "solicitations_solicitation",
    "submissions_submission",
    "contracts_contract",
    "contracts_contractoption",
    "modifications_ratchetfinding",
    "modifications_contractmodification",
    "fair_opportunity_opportunity",
    "orders_taskorder",
    "metering_fundsgate",
    "orders_modification",
    "terminations_termination",
    "billing_invoice",
    "billing_creditdue",
    "determinations_determination",
    "documents_document",
    "approvals_route",
    "ledger_fundsbalance",
    "ledger_holderbalance",
    "ledger_balance",
    "reference_counter",
    "ledger_contractbalance",
    AUDIT_HEAD,
]
"""What may be waited for while what stands above it is held; the head comes last."""

OUT_OF_ORDER = {
    (verb, AUDIT_HEAD, "ledger_balance")
    for verb in (
        "contracts.certify_contract_funds",
        "orders.certify_modification_funds",
        "orders.certify_task_order_funds",
    )
} | {
    ("orders.certify_modification_funds", "ledger_balance", "ledger_holderbalance"),
    ("disputes.decide_dispute", AUDIT_HEAD, "ledger_holderbalance"),
    ("disputes.decide_dispute", AUDIT_HEAD, "ledger_balance"),
}
"""Verbs that open a balance, record that, and then lock it: nobody else can wait for a
row that their own transaction has added. A decision settles several differences, each
of which is recorded: their balances and the head are of the contract that it has locked
first, so that whoever wants them waits there.
"""

BALANCES = {name for name in ORDER if name.startswith("ledger_")}


def test_the_story_takes_its_locks_in_the_one_order(played, locks_of_the_story):
    found = {
        (unit.verb, held.table, then.table)
        for unit in locks_of_the_story.units
        for held, then in backward(unit)
    }

    assert found == OUT_OF_ORDER


def test_several_rows_are_locked_in_the_order_of_their_keys(played, locks_of_the_story):
    loose = {
        (unit.verb, table)
        for unit in locks_of_the_story.units
        for table in unit.without_order
    }

    assert loose == set()


def test_the_story_locks_what_the_order_is_about(played, locks_of_the_story):
    locked = {lock.table for unit in locks_of_the_story.units for lock in unit.locks}

    assert locked - set(ORDER) == set()
    assert {"contracts_contract", "ledger_balance", AUDIT_HEAD} <= locked


def backward(unit: Unit) -> Iterator[tuple[Lock, Lock]]:
    """Each lock that was taken while one was held that comes after it."""
    highest: Lock | None = None
    for lock in unit.locks:
        if highest is None or place(lock) >= place(highest):
            highest = lock
        else:
            yield highest, lock


def place(lock: Lock) -> tuple[int, object]:
    """The place in the order; the balances of a table stand in the order of keys."""
    return ORDER.index(lock.table), lock.key if lock.table in BALANCES else 0
