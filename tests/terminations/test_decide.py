"""A settlement is decided on what was proposed; what is free goes back."""

import json
from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.documents.queries import documents_of
from contracting.operate.queries import broken_invariants
from contracting.orders.queries import totals_of
from contracting.terminations.operations.decide import decide_settlement
from contracting.terminations.queries import seen_of
from contracting.terminations.refusals import SettlementRefused
from tests.builders_settlement import balances, used_order
from tests.cast import actor, client_for, nothing_happens
from tests.documents.papers import readers_of, squeezed, words_on
from tests.terminations.test_draft import ENDED_AT, drafted
from tests.terminations.test_propose import SETTLED_AT, proposed
from tests.terminations.test_sign import signed

pytestmark = pytest.mark.django_db


def decided(
    termination, dollars="5.00", by="contracting_officer", at=SETTLED_AT, **more
):
    return decide_settlement(
        termination_id=termination.pk,
        dollars=Dollars(dollars),
        text="Shown by invoices.",
        by=actor(by),
        **more,
        at=at,
    )


def test_a_settlement_is_decided_as_it_was_read():
    # Given an officer who reads what the vendor asks for
    termination = signed(drafted(used_order()))
    proposed(termination)
    read = seen_of(termination)

    # When the vendor asks for something else meanwhile
    proposed(termination, "4.00")
    with nothing_happens(), pytest.raises(Stale, match="has changed since you read"):
        decided(termination, "3.00", seen_sha256=read)

    # Then it is decided once that is read
    settlement = decided(termination, "3.00", seen_sha256=seen_of(termination))
    assert settlement.dollars == Dollars("3.00").amount


def test_what_is_granted_stays_bound_and_the_rest_goes_back():
    # Given an order of forty dollars with usage of $9.925924, terminated
    order = used_order()
    termination = signed(drafted(order))

    # When the vendor asks for five dollars and the officer grants three
    proposed(termination)
    for wrong in ("5.01", "-1"):
        with nothing_happens(), pytest.raises(SettlementRefused):
            decided(termination, wrong)
    settlement = decided(termination, "3.00")

    # Then $27.07 went back, and the books and the order agree
    assert settlement.deobligated_dollars == Dollars("27.07").amount
    (balance,) = balances(order)
    assert balance.obligated_dollars == Dollars("12.93").amount
    order.refresh_from_db()
    assert totals_of(order).funded_dollars == Dollars("12.93")
    assert broken_invariants() == {}


def test_a_settlement_waits_for_the_last_day_and_for_the_vendor():
    termination = signed(drafted(used_order()))

    with nothing_happens(), pytest.raises(SettlementRefused):
        decided(termination, "0", at=ENDED_AT + timedelta(hours=1))
    with nothing_happens(), pytest.raises(SettlementRefused):
        decided(termination, "0")
    proposed(termination, "0")
    with nothing_happens(), pytest.raises(NotAllowed):
        decided(termination, "0", by="cor")
    assert decided(termination, "0").deobligated_dollars == Dollars("30.07").amount


def test_a_settlement_goes_out_as_a_letter():
    termination = signed(drafted(used_order()))
    proposed(termination)

    settlement = decided(termination, "3.00")

    paper = documents_of(termination.subject).get(kind="settlement")
    words = words_on(paper)
    for said in (
        "Settlement of a Termination",
        "Asked for $5.00 Granted $3.00 Given back to its funds $27.07",
        "Obligated and free before $30.07",
        settlement.text,
    ):
        assert squeezed(said) in words, said
    parts = ("contracting_officer", "vendor_a_signer", "vendor_b_signer")
    assert readers_of(paper, *parts) == set(parts[:2])
    page = client_for(actor("vendor_a_signer")).get(termination.path)
    assert paper.public_id in page.content.decode()


def test_what_the_vendor_asked_for_and_gets_is_an_agreement_of_both():
    termination = signed(drafted(used_order()))
    proposal = proposed(termination)

    decided(termination, "5.00")

    paper = documents_of(termination.subject).get(kind="settlement")
    vendor, officer = (each.approval for each in paper.signatures.order_by("place"))
    assert paper.parties == [vendor.party, officer.party] == ["VENDOR", "OFFICER"]
    assert vendor.content_sha256 == proposal.content_sha256
    assert "it is the agreement of both" in json.loads(vendor.record)["statement"]
    assert json.loads(officer.record)["action"] == "decide_settlement"
    assert squeezed("it is the agreement of both") in words_on(paper)
    assert squeezed(proposal.proposed_by.user.name) in words_on(paper)


def test_what_the_officer_determines_alone_the_officer_alone_signs():
    termination = signed(drafted(used_order()))
    proposed(termination)

    decided(termination, "3.00")

    paper = documents_of(termination.subject).get(kind="settlement")
    assert paper.parties == ["OFFICER"]
    assert squeezed("you may submit a claim") in words_on(paper)
