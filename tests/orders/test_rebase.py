"""A draft modification of an order is put onto the order as it stands."""

from datetime import date

import pytest

from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.ledger.queries import funds_of
from contracting.orders.operations.certify_modification import (
    certify_modification_funds,
)
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.operations.rebase import rebase_modification
from contracting.orders.queries.clashes import clashes_of
from contracting.orders.refusals import NothingChanged
from contracting.orders.states import EffectDraft
from tests.builders_orders import (
    MODIFIED_AT,
    drafted_modification,
    funded_modification,
    issued_modification,
)
from tests.cast import actor, client_for, nothing_happens, submit


def effect_of(dollars):
    return EffectDraft("0001", "AA", add_dollars=Dollars(dollars))


def rebased(modification, by="contract_specialist", seen_version=1, **more):
    return rebase_modification(
        modification_id=modification.pk,
        by=actor(by),
        at=MODIFIED_AT,
        seen_version=seen_version,
        **more,
    )


def test_the_loser_keeps_what_it_says_on_the_order_that_is_in_force(order):
    # Given two modifications that add ten and five dollars, certified on one text
    lost = funded_modification(on=order, effects=[effect_of(10)])
    issued_modification(on=order, effects=[effect_of(5)])
    lost.refresh_from_db()
    lost.order.refresh_from_db()

    # Then the texts are side by side
    total = next(row for row in clashes_of(lost) if row.term == "Total funds")
    assert (total.base, total.in_force, total.drafted) == ("$40.00", "$45.00", "$55.00")
    assert total.is_clash

    # When it is rebased
    again = rebased(lost)

    # Then its funds are free again, certified anew, and added to what stands now
    assert (again.base_version, again.version) == (2, 2)
    (funds,) = funds_of(order.contract.agency_id)
    assert str(funds.committed) == "$0"
    certify_modification_funds(
        modification_id=again.pk,
        by=actor("funds_certifier"),
        at=MODIFIED_AT,
        seen_version=2,
    )
    signed = issue_modification(
        modification_id=again.pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
        seen_version=2,
    )
    assert signed.number == "P00002"
    assert signed.changes[-1] == {
        "term": "Total funds",
        "old": "$45.00",
        "new": "$55.00",
    }


@pytest.mark.usefixtures("now")
def test_a_term_gives_way_to_what_is_in_force(order, contract_specialist):
    # Given a draft of two terms, and one of them signed otherwise meanwhile
    draft = drafted_modification(
        on=order,
        effects=[],
        authority="C",
        terms={"period_end": date(2026, 12, 31), "place": "Any region"},
    )
    issued_modification(on=order)
    office = client_for(contract_specialist)
    page = office.get(draft.path).content.decode()
    assert "rebase it on the version in force" in page

    # When the office drops one of them on the page
    done = submit(
        office,
        f"{draft.path}/rebase_modification",
        {"seen_version": 1, "dropped_terms": "place"},
    )

    assert done.status_code == 303, done.content.decode()
    draft.refresh_from_db()
    assert draft.terms == {"period_end": "2026-12-31"}


def test_nothing_is_rebased_by_outsiders_unread_or_without_need(order):
    draft = drafted_modification(on=order)
    with nothing_happens(), pytest.raises(NothingChanged):
        rebased(draft)
    with nothing_happens(), pytest.raises(Stale):
        rebased(draft, seen_version=2)
    for outsider in ("vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            rebased(draft, by=outsider)
