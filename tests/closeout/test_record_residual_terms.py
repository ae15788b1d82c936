"""Unused tokens expire, roll over or are refunded, as the contract's clause says."""

import pytest
from django.db import DatabaseError, transaction

from contracting.closeout.models import ResidualTerms
from contracting.closeout.operations.close_out_order import close_out_order
from contracting.closeout.operations.record_residual_terms import (
    record_residual_terms,
)
from contracting.closeout.refusals import ResidualInvalid
from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.documents.models import Document
from contracting.ledger.models import ContractBalance, ResidualTokens
from contracting.operate.queries import broken_invariants
from contracting.orders.calculations import content_gaps, tokens_of
from contracting.orders.models import TaskOrder
from tests.builders_orders import CEILING_TOKENS, issued_order
from tests.builders_settlement import CLOSED_AT, USED
from tests.cast import actor, client_for, nothing_happens, submit

LEFT = CEILING_TOKENS.count - sum(USED.values())
FREED = Dollars("30.08")


def recorded(contract, disposition, by="contract_specialist", source="Clause TOK-11"):
    return record_residual_terms(
        contract_id=contract.pk,
        disposition=disposition,
        source=source,
        by=actor(by),
        at=CLOSED_AT,
    )


def closed(order, **more):
    return close_out_order(
        order_id=order.pk, by=actor("contracting_officer"), at=CLOSED_AT, **more
    )


def test_without_a_clause_unused_tokens_expire_and_the_ledger_says_so(completed):
    closed(completed)

    row = ResidualTokens.objects.get()
    assert (row.disposition, row.tokens) == ("EXPIRED", LEFT)
    assert Dollars(row.dollars) == FREED
    with pytest.raises(DatabaseError), transaction.atomic():
        ResidualTokens.objects.update(tokens=1)
    assert broken_invariants() == {}


def test_a_clause_on_refunds_is_followed_and_printed(completed):
    # Given a contract by which unused tokens are refunded
    recorded(completed.contract, "REFUNDED")

    # When an order of it is closed out
    statement = closed(completed)

    # Then ledger, page and paper say so
    assert ResidualTokens.objects.get().disposition == "REFUNDED"
    page = client_for(actor("contracting_officer")).get(statement.path)
    assert "were refunded" in page.content.decode()
    paper = Document.objects.get(kind="completion_statement")
    (table,) = paper.context["tables"]
    assert table["rows"][0]["tokens"] == LEFT


def test_unused_tokens_roll_over_to_a_named_order(completed, monkeypatch):
    # Given a clause on rollover, and another open order of the contract
    contract = completed.contract
    recorded(contract, "ROLLED_OVER")
    other = issued_order(on=contract)
    before = ContractBalance.objects.get(contract_id=contract.pk)

    # When the officer names it at the close-out
    monkeypatch.setattr(clock, "now", lambda: CLOSED_AT)
    officer = client_for(actor("contracting_officer"))
    page = f"{completed.path}/close_out_order"
    assert other.name in officer.get(page).content.decode()
    answered = submit(officer, page, {"rolls_over_to": str(other.pk), "confirm": "on"})
    assert answered.status_code == 303, answered.content.decode()

    # Then the other order may use them: in its terms, in the ledger, in the contract
    taker = TaskOrder.objects.get(pk=other.pk)
    assert tokens_of(taker).count == CEILING_TOKENS.count + LEFT
    assert taker.version == other.version + 1
    assert content_gaps(taker) == []
    row = ResidualTokens.objects.get()
    assert (row.disposition, row.to_holder_id) == (
        "ROLLED_OVER",
        taker.current_lines()[0].pk,
    )
    books = ContractBalance.objects.get(contract_id=contract.pk)
    assert books.ordered_tokens == before.ordered_tokens
    assert broken_invariants() == {}
    shown = officer.get(answered["Location"]).content.decode()
    assert "rolled over" in shown


def test_tokens_roll_over_only_by_the_clause_and_within_the_contract(completed):
    # Given another order, and no clause that lets tokens roll over
    other = issued_order(on=completed.contract)

    with nothing_happens(), pytest.raises(ResidualInvalid):
        closed(completed, rolls_over_to=other.pk)

    # And with the clause, never to the order itself
    recorded(completed.contract, "ROLLED_OVER")
    with nothing_happens(), pytest.raises(ResidualInvalid):
        closed(completed, rolls_over_to=completed.pk)


def test_the_office_records_the_clause_and_nobody_else(completed):
    contract = completed.contract
    for part in ("vendor_a_signer", "other_agency_officer", "cor"):
        with nothing_happens(), pytest.raises(NotAllowed):
            recorded(contract, "EXPIRED", by=part)
    for wrong in ({"source": " "}, {"disposition": "LOST"}):
        with nothing_happens(), pytest.raises(ResidualInvalid):
            recorded(contract, **{"disposition": "EXPIRED", **wrong})

    page = f"{contract.path}/record_residual_terms"
    officer = client_for(actor("contracting_officer"))
    sent = {"disposition": "REFUNDED", "source": "Clause TOK-11"}
    assert submit(officer, page, sent).status_code == 303
    assert ResidualTerms.objects.get().disposition == "REFUNDED"
    assert client_for(actor("other_agency_officer")).get(page).status_code == 404
