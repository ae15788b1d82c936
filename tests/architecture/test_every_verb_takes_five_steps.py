"""Lock, permit, guard, change, record: every verb takes its steps in this order.

Read from the text of each verb; that the guards hold is what the tests of the rules
prove. A verb that is a step of another has its lock or its permission from there.
"""

import pytest

from tests.architecture.steps import Step, steps_of
from tests.architecture.tree import verbs

_BY_THE_CALLER = "a step of a verb that has asked already"
NOT_PERMITTED = {
    "accounts.claim_key": "whoever may send a request may send it once",
    "approvals.override_rule": _BY_THE_CALLER,
    "audit.log_reading": "the page that is read has permitted it",
    "audit.record_event": "it is the record",
    "documents.check_signed_copy": "a worker does what a verb asked for",
    "documents.record_approval": _BY_THE_CALLER,
    "documents.record_signatures": _BY_THE_CALLER,
    "documents.sign_document": _BY_THE_CALLER,
    "documents.render_document": "a worker prints what a verb asked for",
    "documents.request_document": _BY_THE_CALLER,
    "documents.store_blob": _BY_THE_CALLER,
    "documents.store_all_blobs": _BY_THE_CALLER,
    "documents.start_operation": _BY_THE_CALLER,
    "documents.clear_parts": "the machinery removes what was never kept",
    "documents.sweep_documents": "the machinery asks again for what was asked for",
    "documents.sweep_operations": "the machinery asks again for what was asked for",
    "documents.work_operation": "a worker does what a verb asked for",
    "evaluations.keep_registration": _BY_THE_CALLER,
    "fair_opportunity.place_order": _BY_THE_CALLER,
    "exchange.deliver_webhook": "the machinery sends what was written down",
    "exchange.gather_messages": "the machinery writes down what is told",
    "ledger.accept_usage": _BY_THE_CALLER,
    "ledger.commit_funds": _BY_THE_CALLER,
    "ledger.consume": _BY_THE_CALLER,
    "ledger.draw_usage": _BY_THE_CALLER,
    "ledger.fold_usage": _BY_THE_CALLER,
    "ledger.park_delta": _BY_THE_CALLER,
    "ledger.unpark_delta": _BY_THE_CALLER,
    "metering.fold_all": "the machinery asks the verb for each order",
    "metering.ingest_upload": "the verb of each batch asks for permission",
    "metering.fold_usage": "it decides nothing; whoever uses or asks has been asked",
    "metering.roll_up_usage": _BY_THE_CALLER,
    "metering.sort_usage_by_key": "the machinery sorts sums that it can make again",
    "billing.reopen_credit": _BY_THE_CALLER,
    "billing.settle_credit": _BY_THE_CALLER,
    "ledger.charge_interest": _BY_THE_CALLER,
    "ledger.credit_funds": _BY_THE_CALLER,
    "ledger.deobligate_funds": _BY_THE_CALLER,
    "ledger.give_up_usage": _BY_THE_CALLER,
    "ledger.obligate_funds": _BY_THE_CALLER,
    "ledger.open_balances": _BY_THE_CALLER,
    "ledger.permit_expired_funds": _BY_THE_CALLER,
    "ledger.raise_ceiling": _BY_THE_CALLER,
    "ledger.record_paid": _BY_THE_CALLER,
    "ledger.release_commitment": _BY_THE_CALLER,
    "ledger.reserve_ordered": _BY_THE_CALLER,
    "ledger.reverse_transfer": _BY_THE_CALLER,
    "ledger.set_contract_ceiling": _BY_THE_CALLER,
    "ledger.settle_residual_tokens": _BY_THE_CALLER,
    "ledger.charge_funds": _BY_THE_CALLER,
    "billing.ask_all": "the machinery asks the verb for each order",
    "billing.remind_all": "the machinery asks the verb for each invoice",
    "charges.charge_all": "the machinery asks the verb for each order",
    "ledger.true_up_usage": _BY_THE_CALLER,
    "metering.close_usage": _BY_THE_CALLER,
    "metering.freeze_volume": _BY_THE_CALLER,
    "metering.reopen_usage": _BY_THE_CALLER,
    "metering.give_notice": _BY_THE_CALLER,
    "modifications.take_up_prices": _BY_THE_CALLER,
    "metering.deliver_notice": _BY_THE_CALLER,
    "metering.print_notice": _BY_THE_CALLER,
    "notices.post_notice": _BY_THE_CALLER,
    "notices.sweep_notices": "the machinery sends what was posted",
    "orders.post_schedule": _BY_THE_CALLER,
    "periods.accrue_all": "the machinery asks the verbs for each order",
    "reconciliation.reconcile_all": "the machinery asks the verb for each order",
    "recounts.dispute_all": "the machinery asks the verb for each plan",
    "reference.assign_number": _BY_THE_CALLER,
    "submissions.log_health": "the machinery writes of itself",
    "submissions.refuse_opening": "what was not permitted is recorded by it",
}
"""Verbs that require no permission of their own, each with the reason."""

_NEW = "it adds rows that nobody can know of yet; constraints keep them apart"
NOT_LOCKED = {
    "accounts.create_organization": _NEW,
    "accounts.register_user": _NEW,
    "approvals.open_route": "its caller holds the subject that the route is for",
    "approvals.override_rule": _NEW,
    "audit.log_reading": "a reading changes nothing that could be locked",
    "audit.record_event": "the database locks the head of the stream",
    "billing.ask_all": "the verb that it calls for each order locks it",
    "billing.remind_all": "the verb that it calls for each invoice locks it",
    "charges.charge_all": "the verb that it calls for each order locks it",
    "charges.charge_adjustment": "its caller holds the order of the difference",
    "charges.charge_allowed": "its caller holds the order that the claim is paid on",
    "charges.charge_settlement": "its caller holds the contract and its orders",
    "documents.check_signed_copy": "its caller holds the operation whose step it is",
    "documents.record_approval": _NEW,
    "documents.record_signatures": _NEW,
    "documents.request_document": _NEW,
    "documents.store_blob": "a blob is its own content: the same bytes, the same row",
    "documents.store_all_blobs": "a blob is its own content, as for one of them",
    "documents.start_operation": _NEW,
    "documents.clear_parts": "it touches no row",
    "documents.sweep_documents": "the verb that it calls for each paper locks it",
    "documents.sweep_operations": "the verb that it calls for each operation locks it",
    "evaluations.keep_registration": _NEW,
    "evidence.gather": "its caller holds the operation whose step it is",
    "evidence.hand_over_archive": "it hands over rows that never change",
    "ledger.create_line_of_accounting": _NEW,
    "ledger.consume": "it adds rows that the roller alone takes away",
    "metering.fold_all": "the verb that it calls for each order locks it",
    "metering.ingest_upload": "its caller holds the operation whose step it is",
    "metering.roll_up_usage": "its caller holds the order whose usage it is",
    "metering.close_usage": "its caller holds the invoice and order that are accepted",
    "metering.sort_usage_by_key": "a lock of the line's own, which no other verb needs",
    "metering.freeze_volume": "its caller holds the order whose usage it is",
    "metering.reopen_usage": "its caller holds the order whose month it is",
    "metering.give_notice": "its caller holds the order that was drawn on",
    "metering.register_source": _NEW,
    "metering.deliver_notice": _NEW,
    "metering.print_notice": _NEW,
    "notices.post_notice": _NEW,
    "periods.accrue_all": "the verbs that it calls for each order lock it",
    "recounts.dispute_all": "the verb that it calls for each plan locks it",
    "reconciliation.reconcile_all": "the verb that it calls for each order locks it",
    "reference.correct_rate": _NEW,
    "reference.propose_rate": _NEW,
    "reference.register_model": _NEW,
    "submissions.log_health": _NEW,
    "verification.publish_status_list": "its number is unique: of two one is refused",
}
"""Verbs that lock nothing before they decide, each with the reason."""

LOCKED_LATER = {
    "market_research.draft_rfi": "its permission reads the actor alone",
    "reference.assign_number": "a new counter is added first, so that there is one",
    "requisitions.draft_requisition": "its permission reads the actor alone",
}
"""Verbs that do something before they lock, each with the reason."""

RECORDED_EACH = {
    "documents.render_document": "each of its transactions has a record of its own",
    "documents.work_operation": "its end is recorded, whichever step it was",
}
"""Verbs of several transactions, of which not only the last one records."""


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_asks_for_permission_before_it_changes_anything(verb):
    kinds = _kinds(verb)
    if str(verb) in NOT_PERMITTED:
        assert Step.PERMIT not in kinds, "it does: take it off the list"
        return

    assert Step.PERMIT in kinds
    assert Step.CHANGE not in kinds[: kinds.index(Step.PERMIT)]


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_locks_before_it_decides(verb):
    kinds = _kinds(verb)
    if str(verb) in NOT_LOCKED:
        assert Step.LOCK not in kinds, "it does: take it off the list"
        return

    assert Step.LOCK in kinds
    decides = [kinds.index(s) for s in (Step.PERMIT, Step.CHANGE) if s in kinds]
    is_first = not decides or kinds.index(Step.LOCK) < min(decides)
    assert is_first != (str(verb) in LOCKED_LATER)


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_records_last(verb):
    kinds = _kinds(verb)
    if Step.RECORD not in kinds:
        return  # that it records is held by test_every_verb_is_audited

    last = len(kinds) - 1 - kinds[::-1].index(Step.RECORD)
    assert (Step.CHANGE in kinds[last:]) == (str(verb) in RECORDED_EACH)


def test_the_lists_of_exceptions_name_only_verbs():
    listed = {*NOT_PERMITTED, *NOT_LOCKED, *LOCKED_LATER, *RECORDED_EACH}

    assert listed <= {str(verb) for verb in verbs()}


def _kinds(verb) -> list[Step]:
    return [step for step, _name in steps_of(verb)]
