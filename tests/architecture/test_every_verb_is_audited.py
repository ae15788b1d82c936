"""Every verb is one transaction, told by whom and when, that writes one event."""

import ast
from collections import Counter

import pytest

from tests.architecture.tree import (
    ROOT,
    apps,
    operations,
    python_files,
    syntax,
    verbs,
)

RECORDS = "record_event"
NOT_RECORDED = {
    "accounts.claim_key": "marks the request; what it asks for records itself",
    "audit.record_event": "it is the record",
    "billing.ask_all": "asks for one order after the other",
    "billing.remind_all": "asks for one invoice after the other",
    "charges.charge_all": "asks for one order after the other",
    "documents.record_approval": "one row of the verb that approves",
    "documents.record_signatures": "one row of the verb that approves",
    "documents.request_document": "one row of the verb that needs the paper",
    "documents.sign_document": "one row of the verb that approves",
    "documents.store_blob": "one row of the verb that keeps the bytes",
    "documents.store_all_blobs": "one row of the verb that keeps the bytes",
    "documents.start_operation": "one row of the verb that asks for the work",
    "documents.clear_parts": "removes what was never kept",
    "documents.sweep_documents": "asks again for what was asked for",
    "documents.sweep_operations": "asks again for what was asked for",
    "exchange.deliver_webhook": "a try is a row that is only ever added",
    "exchange.gather_messages": "a message is a row that says what it told of",
    "metering.deliver_notice": "a delivery is a row that is only ever added",
    "metering.print_notice": "one row of the verb that gives the notice",
    "metering.authorize_usage": "a grant is a row that is only ever added",
    "ledger.consume": "one step of the verb that stores the usage",
    "ledger.fold_usage": "one line of the fold of an order, which records them all",
    "metering.fold_all": "asks for one order after the other",
    "metering.ingest_upload": "each chunk is a batch, whose verb records it",
    "reconciliation.read_changed_days": "what is kept may be thrown away",
    "reconciliation.take_step": "its last step is a run, whose verb records it",
    "metering.roll_up_usage": "one step of the fold",
    "metering.sort_usage_by_key": "the machinery sorts sums that it can make again",
    "notices.post_notice": "one row of the verb that tells people",
    "notices.sweep_notices": "sends what was posted",
    "periods.accrue_all": "asks for one order after the other",
    "proposals.append_upload": "its beginning is recorded, and what it comes into",
    "proposals.complete_upload": "the verb that attaches the file records it",
    "proposals.submit_upload": "the verb that receives the offer records it",
    "reconciliation.reconcile_all": "asks for one comparison after the other",
    "recounts.dispute_all": "asks for one plan after the other",
    "reference.assign_number": "one step of the verb that signs",
    "submissions.log_health": "its rows are a log of their own, one each minute",
}
"""Verbs that write no event of their own, each with the reason."""

NOT_SIGNED = {
    "audit.record_event",
    "billing.ask_all",
    "billing.remind_all",
    "charges.charge_all",
    "documents.check_signed_copy",
    "documents.render_document",
    "documents.store_blob",
    "documents.store_all_blobs",
    "documents.clear_parts",
    "documents.sweep_documents",
    "documents.sweep_operations",
    "documents.work_operation",
    "exchange.deliver_webhook",
    "exchange.gather_messages",
    "ledger.consume",
    "ledger.fold_usage",
    "metering.fold_usage",
    "metering.roll_up_usage",
    "metering.sort_usage_by_key",
    "notices.sweep_notices",
    "periods.accrue_all",
    "reconciliation.reconcile_all",
    "recounts.dispute_all",
    "reference.assign_number",
    "submissions.log_health",
}
"""Verbs of the machinery: no person asks for them, so nobody is named in them."""

NOT_ONE_TRANSACTION = {
    "audit.record_event": "it insists on being inside its caller's",
    "billing.ask_all": "one failure stops no other order",
    "billing.remind_all": "one failure stops no other invoice",
    "charges.charge_all": "one failure stops no other order",
    "documents.render_document": "no transaction is open while the press works",
    "documents.clear_parts": "it touches no row",
    "documents.sweep_documents": "each paper that waits is a transaction of its own",
    "documents.sweep_operations": "each step is a transaction of its own",
    "documents.work_operation": "each step is a transaction of its own",
    "exchange.deliver_webhook": "no transaction is open while it is sent",
    "exchange.gather_messages": "each webhook is a transaction of its own",
    "metering.fold_all": "each order that waits is a transaction of its own",
    "notices.sweep_notices": "each notice that waits is a transaction of its own",
    "periods.accrue_all": "one failure stops no other order",
    "reconciliation.reconcile_all": "one failure stops no other comparison",
    "recounts.dispute_all": "one failure stops no other plan",
}


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_records_its_event(verb):
    if str(verb) in NOT_RECORDED:
        assert RECORDS not in _calls(verb), "it does: take it off the list"
        return

    assert RECORDS in _calls(verb)


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_is_one_transaction(verb):
    decorators = [ast.unparse(each) for each in verb.function.decorator_list]
    whole = any(each.startswith("transaction.atomic") for each in decorators)

    assert whole != (str(verb) in NOT_ONE_TRANSACTION)


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_takes_named_values_and_is_told_by_whom_and_when(verb):
    arguments = verb.function.args
    names = {each.arg for each in arguments.kwonlyargs}

    assert "request" not in names
    if str(verb) != "audit.record_event":
        assert (arguments.posonlyargs, arguments.args) == ([], [])
    if str(verb) not in NOT_SIGNED:
        assert {"by", "at"} <= names


@pytest.mark.parametrize("verb", verbs(), ids=str)
def test_a_verb_has_a_test_file_of_its_name(verb):
    tests = ROOT / "tests" / verb.app
    names = (f"test_{verb.file.stem}.py", f"test_{verb.function.name}.py")

    assert any((tests / name).exists() for name in names)


@pytest.mark.parametrize("app", apps())
def test_each_file_of_operations_holds_one_verb_of_its_name(app):
    public = {each.file for each in operations() if each.app == app}
    held = Counter(verb.file for verb in verbs() if verb.app == app)

    assert held == Counter(public)


def test_a_step_that_verbs_share_is_used_only_by_their_app():
    steps = {
        f"{_module(each.file)}.{each.function.name}": each.app
        for each in operations()
        if not each.is_verb
    }
    strangers = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files()
        if path.is_relative_to(ROOT / "contracting")
        for name in _imported(path)
        if name in steps and not path.is_relative_to(apps()[steps[name]])
    ]

    assert strangers == []


def test_the_lists_of_exceptions_name_only_verbs():
    listed = {*NOT_RECORDED, *NOT_SIGNED, *NOT_ONE_TRANSACTION}

    assert listed <= {str(verb) for verb in verbs()}


def _calls(verb) -> set[str]:
    """What the verb calls, itself or in the private functions of its file."""
    beside = {
        node.name: node
        for node in syntax(verb.file).body
        if isinstance(node, ast.FunctionDef)
    }
    called: set[str] = set()
    to_read = [verb.function.name]
    while to_read:
        for node in ast.walk(beside[to_read.pop()]):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name in beside and name not in called:
                to_read.append(name)
            called.add(name.rsplit(".", 1)[-1])
    return called


def _module(path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _imported(path) -> list[str]:
    return [
        f"{node.module}.{alias.name}"
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
