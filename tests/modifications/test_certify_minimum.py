"""A higher guaranteed minimum: certified funds, consideration, both signatures."""

from decimal import Decimal

import pytest

from contracting.contracts.calculations import content
from contracting.contracts.models import Contract, ContractFunding
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.desk.permissions import work_of
from contracting.ledger.queries import balances_of, funds_of
from contracting.ledger.refusals import FundsExceeded
from contracting.modifications import calculations
from contracting.modifications.operations.certify_minimum import certify_minimum_funds
from contracting.modifications.operations.discard import discard_contract_modification
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.operations.revise import revise_contract_modification
from contracting.modifications.refusals import AlreadyCertified, TermInvalid
from contracting.orders.refusals import AddedFundsNotCertified
from tests.builders_metering import assert_the_books_balance
from tests.builders_modifications import (
    drafted_contract_modification,
    proposal,
    signed_by_vendor,
)
from tests.builders_orders import MODIFIED_AT, awarded_contract, line_of_accounting
from tests.cast import actor, client_for, nothing_happens, submit

pytestmark = pytest.mark.django_db

HIGHER = {
    "terms": {"minimum_dollars": Decimal("1400.00")},
    "consideration": "Five percent off each price for what is ordered beyond it.",
}


def raised(**more):
    return drafted_contract_modification(**{**HIGHER, **more})


def certified(modification, by="funds_certifier", **more):
    part = ContractFunding.objects.get(line__contract=modification.contract_id)
    return certify_minimum_funds(
        modification_id=modification.pk,
        **{
            "clin": part.line.clin,
            "acrn": part.acrn,
            "line_of_accounting_id": part.line_of_accounting_id,
            **more,
        },
        by=actor(by),
        at=MODIFIED_AT,
        seen_version=modification.version,
    )


def issued(modification, by="contracting_officer"):
    modification = signed_by_vendor(modification)
    return issue_contract_modification(
        modification_id=modification.pk,
        by=actor(by),
        at=MODIFIED_AT,
        seen_version=modification.version,
    )


@pytest.mark.rule("R-MOD-03", case="allowed")
def test_a_higher_minimum_binds_what_it_is_raised_by():
    # Given a contract that guarantees $1,000.00, and a draft that raises it by $400.00
    contract = awarded_contract()
    draft = raised(on=contract)
    certifier = actor("funds_certifier")
    asked = work_of(certifier, MODIFIED_AT, MODIFIED_AT.date())
    assert "Certify the higher minimum" in [each.asked for each in asked]

    # When it is certified, and both have signed
    certified(draft)
    (funds,) = funds_of(contract.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars("400.00"), Dollars("1000.00"))
    signed = issued(draft)

    # Then $1,400.00 are obligated, and the contract reads as it was foretold
    contract = Contract.objects.get(pk=contract.pk)
    (funds,) = funds_of(contract.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars(), Dollars("1400.00"))
    assert ContractFunding.objects.get().dollars == Decimal("1400.00")
    assert contract.minimum_dollars == Decimal("1400.00")
    assert content(contract) == calculations.content_after(signed)
    assert content_sha256(content(contract)) == contract.content_sha256
    assert_the_books_balance()


def test_another_account_bears_it_on_a_further_acrn():
    contract = awarded_contract()
    draft = raised(on=contract)
    reserve = line_of_accounting("Reserve", "5000.00")

    certified(draft, acrn="AB", line_of_accounting_id=reserve.pk)
    signed = issued(draft)

    parts = ContractFunding.objects.order_by("acrn").values_list("acrn", "dollars")
    assert list(parts) == [("AA", Decimal("1000.00")), ("AB", Decimal("400.00"))]
    contract = Contract.objects.get(pk=contract.pk)
    assert content(contract) == calculations.content_after(signed)
    assert_the_books_balance()


@pytest.mark.rule("R-MOD-03", case="refused")
def test_it_is_not_signed_before_its_funds_are_certified():
    draft = signed_by_vendor(raised())

    with nothing_happens(), pytest.raises(AddedFundsNotCertified) as refusal:
        issue_contract_modification(
            modification_id=draft.pk,
            by=actor("contracting_officer"),
            at=MODIFIED_AT,
            seen_version=draft.version,
        )
    assert refusal.value.rule == "R-MOD-03"


@pytest.mark.rule("R-FND-01", case="refused")
def test_no_more_is_certified_than_the_account_has():
    draft = raised()
    little = line_of_accounting("Little", "399.99")

    with nothing_happens(), pytest.raises(FundsExceeded):
        certified(draft, acrn="AB", line_of_accounting_id=little.pk)


def test_it_costs_a_consideration():
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(TermInvalid, match="consideration"):
        raised(on=contract, consideration=" ")


def test_what_waits_goes_back_with_the_draft():
    # Given certified funds that wait for a draft
    contract = awarded_contract()
    draft = raised(on=contract)
    certified(draft)
    with nothing_happens(), pytest.raises(AlreadyCertified):
        certified(draft)

    # When it is written anew
    draft = revise_contract_modification(
        modification_id=draft.pk,
        proposal=proposal(
            terms={"minimum_dollars": Decimal("1200.00")},
            consideration=HIGHER["consideration"],
        ),
        by=actor("contract_specialist"),
        at=MODIFIED_AT,
        seen_version=draft.version,
    )

    # Then nothing waits any more, and the new figure is certified anew
    (funds,) = funds_of(contract.agency_id)
    assert funds.committed == Dollars()
    certified(draft)
    (funds,) = funds_of(contract.agency_id)
    assert funds.committed == Dollars("200.00")

    # And a draft that is given up leaves nothing behind
    discard_contract_modification(
        modification_id=draft.pk, by=actor("contract_specialist"), at=MODIFIED_AT
    )
    (funds,) = funds_of(contract.agency_id)
    assert (funds.committed, funds.obligated) == (Dollars(), Dollars("1000.00"))
    (row,) = balances_of(ContractFunding.objects.get().line.holder)
    assert row.ceiling_dollars == Decimal("1000.00")
    assert_the_books_balance()


@pytest.mark.parametrize("by", ["contract_specialist", "contracting_officer", "cor"])
def test_only_a_certifier_certifies(by):
    draft = raised()

    with nothing_happens(), pytest.raises(NotAllowed):
        certified(draft, by=by)


@pytest.mark.parametrize(
    "funds",
    [{"clin": "9999"}, {"line_of_accounting_id": 0}, {"acrn": "AA", "other": True}],
)
def test_it_names_funds_that_can_bear_it(funds):
    draft = raised()
    if funds.pop("other", False):
        reserve = line_of_accounting("Reserve", "5000.00")
        funds["line_of_accounting_id"] = reserve.pk

    with nothing_happens(), pytest.raises(TermInvalid):
        certified(draft, **funds)


def test_the_certifier_does_it_on_the_page(monkeypatch):
    monkeypatch.setattr("contracting.core.clock.now", lambda: MODIFIED_AT)
    draft = raised()
    browser = client_for(actor("funds_certifier"))
    address = f"{draft.path}/certify_minimum_funds"
    assert address in browser.get(draft.path).content.decode()
    form = browser.get(address).context["form"]
    given = {name: form[name].value() for name in ("clin", "acrn")}
    given["line_of_accounting_id"] = form["line_of_accounting_id"].value()

    sent = submit(browser, address, {**given, "confirm": "on"})

    assert sent.status_code == 303
    page = browser.get(draft.path).content.decode()
    assert "$400.00 certified by" in page
    vendor = client_for(actor("vendor_a_signer")).get(draft.path).content.decode()
    assert "certified by" not in vendor
    outsider = client_for(actor("other_agency_officer"))
    assert outsider.get(address).status_code == 404
