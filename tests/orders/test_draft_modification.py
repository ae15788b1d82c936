"""A change of a signed order is drafted with one authority and its exact effects."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, Tokens
from contracting.notices.models import Notice
from contracting.orders import calculations
from contracting.orders.queries import get_modification_for, modifications_visible_to
from contracting.orders.refusals import (
    ChangesNothing,
    FundingDoesNotSum,
    FundsAboveCeiling,
    NoAuthority,
    PeriodOver,
    ScopeNotDetermined,
    TermInvalid,
)
from contracting.orders.states import EffectDraft, ModificationState, TaskOrderState
from tests.builders_orders import (
    ADDS,
    approved_order,
    drafted_modification,
    line_of_accounting,
)
from tests.cast import nothing_happens

EXTENDS = {"period_end": date(2026, 12, 31)}


def effect(acrn="AA", *, loa=None, dollars=0, ceiling=0, tokens=0, clin="0001"):
    return EffectDraft(
        clin=clin,
        acrn=acrn,
        line_of_accounting_id=loa,
        add_dollars=Dollars(dollars),
        add_ceiling_dollars=Dollars(ceiling),
        add_ceiling_tokens=Tokens(tokens),
    )


@pytest.mark.rule("R-MOD-02", case="allowed")
def test_funding_binds_without_the_vendor(order, vendor_a_signer):
    # When twenty dollars are to be added under the ceiling that there is
    modification = drafted_modification(on=order)

    # Then it has no number, and the vendor neither signs nor sees the draft
    assert modification.state == ModificationState.DRAFT
    assert modification.number == ""
    assert modification.base_version == order.version
    assert calculations.needs_both_signatures(modification) == []
    assert not modifications_visible_to(vendor_a_signer).exists()


@pytest.mark.rule("R-MOD-02", case="allowed")
def test_more_of_the_same_at_the_same_price_binds_without_the_vendor(order):
    more = effect(dollars=20, ceiling=20, tokens=5_000_000)

    modification = drafted_modification(on=order, effects=[more], authority="D")

    assert calculations.needs_both_signatures(modification) == []


@pytest.mark.rule("R-MOD-02", case="allowed")
def test_terms_change_by_supplemental_agreement(order, vendor_a_signer):
    # When the period is to be extended by both
    modification = drafted_modification(
        on=order,
        effects=[],
        terms=EXTENDS,
        authority="C",
        citation="FAR 43.103(a)",
    )

    # Then the vendor's signers are asked and see it
    assert get_modification_for(vendor_a_signer, modification.public_id)
    told = Notice.objects.filter(title__startswith="To sign:")
    assert [each.recipient_user_id for each in told] == [vendor_a_signer.user_id]


@pytest.mark.rule("R-MOD-02", case="refused")
@pytest.mark.parametrize("authority", ["B", "D"])
@pytest.mark.parametrize(
    "change",
    [
        {"effects": [], "terms": EXTENDS},
        {"effects": [], "terms": {"place": "The vendor's cloud"}},
        {"effects": [effect(tokens=-1)]},
        {"effects": [effect(ceiling=-1)]},
    ],
    ids=["period", "place", "fewer tokens", "a lower ceiling"],
)
def test_terms_do_not_change_without_the_vendor(order, authority, change):
    with nothing_happens(), pytest.raises(NoAuthority) as refusal:
        drafted_modification(on=order, authority=authority, **change)

    assert refusal.value.rule == "R-MOD-02"


@pytest.mark.rule("R-MOD-02", case="refused")
@pytest.mark.parametrize(
    "block_13",
    [
        {"authority": ""},
        {"authority": "BC"},
        {"citation": "  "},
        {"authority": "A"},
    ],
    ids=["none", "two", "no citation", "a change order of a commercial contract"],
)
def test_exactly_one_authority_with_its_citation(order, block_13):
    with nothing_happens(), pytest.raises(NoAuthority) as refusal:
        drafted_modification(on=order, **block_13)

    assert refusal.value.rule == "R-MOD-02"


@pytest.mark.rule("R-MOD-04", case="refused")
def test_the_scope_is_determined_in_words(order):
    with nothing_happens(), pytest.raises(ScopeNotDetermined) as refusal:
        drafted_modification(on=order, scope=" ")

    assert refusal.value.rule == "R-MOD-04"


@pytest.mark.rule("R-MOD-06", case="refused")
def test_a_period_that_has_ended_is_not_extended(order):
    # Given 1 October, the day after the period of performance has ended
    late = datetime(2026, 10, 1, 14, 0, tzinfo=UTC)

    with nothing_happens(), pytest.raises(PeriodOver) as refusal:
        drafted_modification(
            on=order, effects=[], terms=EXTENDS, authority="C", at=late
        )

    assert refusal.value.rule == "R-MOD-06"


@pytest.mark.rule("R-MOD-06", case="refused")
def test_after_physical_completion_only_the_close_out_is_left(order):
    order.move_to(TaskOrderState.COMPLETED)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        drafted_modification(on=order)

    assert refusal.value.rule == "R-MOD-06"


@pytest.mark.rule("R-MOD-05", case="refused")
@pytest.mark.parametrize(
    "nothing",
    [
        {"effects": []},
        {"effects": [effect()]},
        {"effects": [], "terms": {"payment_office": "Examples Finance Center"}},
    ],
    ids=["no effect", "an effect of zero", "the same term"],
)
def test_a_modification_changes_something(order, nothing):
    with nothing_happens(), pytest.raises(ChangesNothing) as refusal:
        drafted_modification(on=order, **nothing)

    assert refusal.value.rule == "R-MOD-05"


def test_a_new_acrn_names_its_line_of_accounting(order):
    second = line_of_accounting("Claims operations")
    added = effect("AB", loa=second.pk, dollars=5, ceiling=5)

    modification = drafted_modification(on=order, effects=[added])

    (row,) = calculations.effects_of(modification)
    assert (row.acrn, row.sequence, row.line_of_accounting_id) == ("AB", 2, second.pk)


@pytest.mark.parametrize(
    "effects",
    [
        [effect("AB", dollars=5, ceiling=5)],
        [effect("AB", loa=999_999, dollars=5, ceiling=5)],
        [effect("AA", dollars=-41)],
        [effect("AA", clin="0002", dollars=5)],
        [ADDS, ADDS],
    ],
    ids=["no funds named", "not our funds", "more than there is", "no line", "twice"],
)
def test_effects_that_contradict_the_funds_are_refused(order, effects):
    with nothing_happens(), pytest.raises(FundingDoesNotSum) as refusal:
        drafted_modification(on=order, effects=effects)

    assert refusal.value.rule == "R-FND-02"


def test_an_acrn_keeps_its_line_of_accounting(order):
    second = line_of_accounting("Claims operations")
    crossed = effect("AA", loa=second.pk, dollars=5)

    with nothing_happens(), pytest.raises(FundingDoesNotSum):
        drafted_modification(on=order, effects=[crossed])


def test_funds_beyond_the_ceiling_need_a_higher_ceiling(order):
    with nothing_happens(), pytest.raises(FundsAboveCeiling) as refusal:
        drafted_modification(on=order, effects=[effect(dollars="20.01")])

    assert refusal.value.data["short_by"] == Dollars(Decimal("0.01"))


@pytest.mark.parametrize(
    "change",
    [
        {"terms": {"boundary": "IL5"}},
        {"terms": {"period_end": date(2026, 4, 12)}},
        {"description": " "},
    ],
)
def test_a_term_that_cannot_stand_is_refused(order, change):
    with nothing_happens(), pytest.raises(TermInvalid):
        drafted_modification(on=order, authority="C", **change)


def test_only_a_signed_order_is_modified(contract):
    order = approved_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        drafted_modification(on=order)


@pytest.mark.parametrize(
    "outsider",
    ["technical_reviewer", "other_agency_officer", "vendor_a_signer"],
)
def test_an_outsider_drafts_nothing(order, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        drafted_modification(on=order, by=outsider)
