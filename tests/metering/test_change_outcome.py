"""Which outcomes are charged is a table of the contract (R-MET-07)."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.ledger.queries import balances_of
from contracting.metering.models import UnchargedUsage, UsageRating
from contracting.metering.operations.change_outcome import change_outcome_policy
from contracting.metering.queries import suspense
from contracting.metering.refusals import NotModified, TermIncomplete
from tests.builders_metering import (
    CALLED_AT,
    assert_the_books_balance,
    event,
    ingested,
    statuses,
)
from tests.builders_modifications import issued_contract_modification
from tests.cast import actor, nothing_happens

BOTH = {"IN_UNCACHED": 1_000, "OUT_TEXT": 100}


def charged():
    return dict(UsageRating.objects.values_list("token_class_code", "tokens"))


def free():
    return dict(UnchargedUsage.objects.values_list("token_class_code", "tokens"))


def changed(order, outcome, of_input, of_output, by="contracting_officer", **more):
    return change_outcome_policy(
        contract_id=order.contract_id,
        outcome=outcome,
        charges_input=of_input,
        charges_output=of_output,
        first_day=more.pop("first_day", CALLED_AT.date()),
        modification_id=more.pop("modification_id", None),
        by=actor(by),
        at=CALLED_AT,
    )


@pytest.mark.rule("R-MET-07", case="allowed")
@pytest.mark.parametrize(
    ("outcome", "is_charged"),
    [
        ("", True),
        ("COMPLETE", True),
        ("REFUSAL", True),
        ("CANCELLED", True),
        ("VENDOR_FAULT", False),
        ("NOT_ACCEPTED", False),
        ("RETRIED", False),
        ("TIMED_OUT", False),
    ],
)
def test_the_default_table_says_what_is_charged(order, outcome, is_charged):
    # When a call ends so
    receipt = ingested(event(1, order=order, outcome=outcome or None))

    # Then its tokens are charged, or counted and rated at nothing
    assert statuses(receipt) == ["accepted"]
    assert charged() == (BOTH if is_charged else {})
    assert free() == ({} if is_charged else BOTH)
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == (1_100 if is_charged else 0)
    assert suspense(actor("cor").own_organization_id) == []
    assert_the_books_balance()


def test_a_modification_changes_the_table_from_a_day_on(order):
    # Given a modification by which input of a vendor's fault is charged
    modification = issued_contract_modification(on=order.contract)
    policy = changed(
        order, "VENDOR_FAULT", True, False, modification_id=modification.pk
    )

    # When two calls fail, one of them on the day before
    ingested(
        event(1, order=order, outcome="VENDOR_FAULT"),
        event(2, order=order, outcome="VENDOR_FAULT", at=CALLED_AT - timedelta(days=1)),
    )

    # Then the input of one is charged; the free tokens say by which paper
    assert charged() == {"IN_UNCACHED": 1_000}
    said = dict(
        UnchargedUsage.objects.filter(token_class_code="OUT_TEXT").values_list(
            "event_id", "says_so"
        )
    )
    assert said["call-1"] == policy.says_so == f"Modification {modification.number}"
    assert said["call-2"] == "Contract default on chargeable outcomes"
    assert_the_books_balance()


@pytest.mark.rule("R-MET-07", case="refused")
def test_nothing_but_an_issued_modification_changes_the_table(order):
    with nothing_happens(), pytest.raises(NotModified) as refusal:
        changed(order, "VENDOR_FAULT", True, True)

    assert "modification" in refusal.value.message


@pytest.mark.rule("R-MET-07", case="refused")
@pytest.mark.parametrize("part_name", ["cor", "vendor_a_signer", "administrator"])
def test_only_the_contracting_officer_changes_it(order, part_name):
    with nothing_happens(), pytest.raises(NotAllowed):
        changed(order, "VENDOR_FAULT", True, True, by=part_name)


def test_an_outcome_that_there_is_not_is_refused(order):
    with nothing_happens(), pytest.raises(TermIncomplete):
        changed(order, "BORED", True, True)
