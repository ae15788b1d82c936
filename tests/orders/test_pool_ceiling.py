"""The ceiling of a pool in its own units moves by modification, up and down."""

from dataclasses import replace
from decimal import Decimal

import pytest

from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.refusals import CeilingExceeded
from contracting.operate.queries import broken_invariants
from contracting.orders import calculations
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.operations.sign import sign_modification
from contracting.orders.refusals import NoAuthority, NotRatified, TermInvalid
from contracting.orders.states import EffectDraft, ModificationAuthority
from tests.builders_metering import ingested
from tests.builders_orders import MODIFIED_AT, drafted_modification
from tests.builders_volume import RATED_AT, calls, order_by_volume, pool, rated
from tests.cast import actor, nothing_happens
from tests.ratified import ratified

pytestmark = pytest.mark.django_db
MORE = EffectDraft(clin="0003", acrn="AA", add_units=Decimal("1.5"))


def drafted(order, effect, authority="D"):
    return drafted_modification(on=order, effects=[effect], authority=authority)


def signed(modification):
    return issue_modification(
        modification_id=modification.pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
        seen_version=modification.version,
    )


def test_more_units_pay_for_what_the_pool_had_no_room_for():
    # Given a pool of three units, of which calls would burn 3.75 (3,000,000 x 1.25)
    order = order_by_volume("0003", acu="3")
    ingested(*calls(order, 1_000_000, 1_000_000, 1_000_000))
    rated("0003", at=RATED_AT)
    assert pool(order) == (3_000_000, 750_000)

    # When one unit and a half is added, by the Government alone
    drafted_anew = drafted(order, MORE)
    with nothing_happens(), pytest.raises(NotRatified):
        signed(drafted_anew)
    ratified(order, Dollars("1.20"), at=MODIFIED_AT)
    modification = signed(drafted_anew)

    # Then the order, its paper and its ledger say so
    order.refresh_from_db()
    line = order.lines.get()
    assert line.ceiling_micro_acu == 4_500_000
    assert line.units == 0
    (change,) = [c for c in modification.changes if "pool" in c["term"]]
    assert (change["old"], change["new"]) == ("3.000000", "4.500000")
    assert calculations.content(order)["lines"][0]["ceiling_micro_acu"] == 4_500_000

    # And the next rating funds what had no room
    rated("0003", at=RATED_AT)
    assert pool(order) == (3_750_000, 0)
    assert list(broken_invariants()) == []


def test_more_than_can_be_counted_is_refused_when_it_is_drafted():
    order = order_by_volume("0003", acu="9000000000000")

    for more in (
        replace(MORE, add_units=Decimal("300000000000")),
        replace(MORE, add_units=Decimal(0), add_ceiling_tokens=Tokens(9 * 10**18)),
    ):
        with nothing_happens(), pytest.raises(TermInvalid, match="can be counted"):
            drafted(order, more)


def test_fewer_units_need_the_vendor_and_never_go_below_what_is_burnt():
    order = order_by_volume("0003", acu="3")
    ingested(*calls(order, 1_000_000))
    rated("0003", at=RATED_AT)

    # The Government alone cannot take any back, nor can both take all
    less = replace(MORE, add_units=Decimal("-1.75"))
    with nothing_happens(), pytest.raises(NoAuthority):
        drafted(order, less)
    agreed = ModificationAuthority.SUPPLEMENTAL_AGREEMENT
    with nothing_happens(), pytest.raises(TermInvalid):
        drafted(order, replace(MORE, add_units=Decimal(-3)), agreed)

    # Of three units 1.25 are burnt: 1.75 may go, and not a millionth more
    too_much = drafted(order, replace(MORE, add_units=Decimal("-1.750001")), agreed)
    by = actor("vendor_a_signer")
    sign_modification(
        modification_id=too_much.pk,
        by=by,
        at=MODIFIED_AT,
        seen_version=too_much.version,
    )
    too_much.refresh_from_db()
    with nothing_happens(), pytest.raises(CeilingExceeded):
        signed(too_much)
    assert Dollars(order.lines.get().ceiling_dollars) == Dollars("60.00")
