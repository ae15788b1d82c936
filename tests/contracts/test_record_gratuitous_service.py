"""What costs nothing is free by an agreement that legal has recorded."""

import pytest

from contracting.audit.queries import events_of
from contracting.contracts.models import GratuitousService, RateRow
from contracting.contracts.operations.record_gratuitous_service import (
    record_gratuitous_service,
)
from contracting.contracts.queries.guards import require_agreed_no_cost
from contracting.contracts.refusals import (
    AlreadyRecorded,
    NoCostIncomplete,
    NoCostNotAgreed,
)
from contracting.core.errors import NotAllowed
from contracting.core.quantities import UnitPrice
from contracting.orders.operations.issue import issue_task_order
from tests.builders_orders import (
    AWARDED_AT,
    ISSUED_AT,
    awarded_contract,
    certified_order,
    line,
)
from tests.cast import actor, client_for, nothing_happens, submit
from tests.overridden import name_of, overridden

AGREED = "Agreement GS-26-014 of 2 March 2026"


def recorded(contract, slin, by="legal_reviewer", agreement=AGREED):
    return record_gratuitous_service(
        contract_id=contract.pk,
        slin=slin,
        agreement=agreement,
        by=actor(by),
        at=AWARDED_AT,
    )


def issue(order):
    return issue_task_order(
        order_id=order.pk,
        by=actor("contracting_officer"),
        at=ISSUED_AT,
        seen_version=order.version,
    )


@pytest.mark.rule("R-FND-11", case="allowed")
@pytest.mark.rule("R-FND-11", case="refused")
def test_free_tokens_are_ordered_under_an_agreement_only(decision):
    # Given an order on which the vendor asks nothing for one class of tokens
    contract = awarded_contract(on=decision)
    slin = RateRow.objects.filter(line__contract=contract).order_by("slin")[0].slin
    order = certified_order(on=contract, lines=[line(prices={slin: UnitPrice("0")})])

    # When it is signed without an agreement, it is refused
    with nothing_happens(), pytest.raises(NoCostNotAgreed) as refusal:
        issue(order)
    assert refusal.value.rule == "R-FND-11"
    assert refusal.value.data["slins"] == [slin]

    # When legal records the agreement on its page, the order is signed
    page = client_for(actor("legal_reviewer"))
    address = f"{contract.path}/record_gratuitous_service"
    submit(page, address, {"slin": slin, "agreement": AGREED})
    assert issue(order).is_issued

    # Then the line is marked, and who has cleared it is on record
    row = GratuitousService.objects.get()
    assert (row.slin, row.agreement) == (slin, AGREED)
    assert AGREED in page.get(contract.path).content.decode()
    last = [each.event for each in events_of(contract.subject)]
    assert "contracts.gratuitous_service.recorded" in last
    assert overridden("R-FND-11", contract.subject) == (
        *(name_of("legal_reviewer"), "GRATUITOUS_SERVICE", AGREED),
    )

    # And it is marked once, by legal, for a subline there is, with an agreement
    with nothing_happens(), pytest.raises(AlreadyRecorded):
        recorded(contract, slin)
    with nothing_happens(), pytest.raises(NoCostIncomplete):
        recorded(contract, "9999ZZ")
    with nothing_happens(), pytest.raises(NoCostIncomplete):
        recorded(contract, slin, agreement=" ")
    for outsider in ("technical_reviewer", "contracting_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            recorded(contract, slin, by=outsider)


@pytest.mark.rule("R-FND-11", case="refused")
def test_no_award_is_signed_with_a_line_that_is_free_by_nothing(decision, monkeypatch):
    contract = awarded_contract(on=decision)
    require_agreed_no_cost(contract)
    row = RateRow.objects.filter(line__contract=contract).order_by("slin")[0]
    free = RateRow.objects.create(
        line=row.line,
        slin="0001ZZ",
        model=row.model,
        tokenizer=row.tokenizer,
        token_class=row.token_class,
        tier="FREE",
        context_band=row.context_band,
        boundary=row.boundary,
        usd_per_million_tokens=0,
        in_force=row.in_force,
        source="award",
    )

    with nothing_happens(), pytest.raises(NoCostNotAgreed) as refusal:
        require_agreed_no_cost(contract)

    assert refusal.value.data["slins"] == [free.slin]
