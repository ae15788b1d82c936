"""The decision becomes a draft award: lines, rate card, ceilings, clauses, funds."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.queries import events_of
from contracting.contracts import calculations
from contracting.contracts.models import Contract, ContractFunding, RateRow
from contracting.contracts.operations.draft import MinimumFunding, draft_contract
from contracting.contracts.queries import get_contract_for, visible_to
from contracting.contracts.refusals import (
    AlreadyAwarded,
    FundingDoesNotSum,
    NotDecided,
)
from contracting.contracts.states import ContractState
from contracting.core.actors import SYSTEM
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotAllowed, NotVisible
from contracting.core.identifiers import BadIdentifier
from contracting.core.quantities import Dollars
from contracting.ledger.operations.create import create_line_of_accounting
from contracting.solicitations.models import Solicitation
from tests.builders import released_solicitation
from tests.builders_orders import (
    AWARDED_AT,
    MINIMUM,
    awarded_contract,
    drafted_contract,
    line_of_accounting,
)
from tests.cast import actor, nothing_happens

AWARD_LINES = {
    "0001AA": ("IN_UNCACHED", "2.000000"),
    "0001AB": ("IN_CACHE_READ", "1.000000"),
    "0001AC": ("OUT_TEXT", "8.000000"),
    "0001AD": ("OUT_REASONING", "8.000000"),
}


def drafted(decision, *, by="contract_specialist", funding=None, **more):
    funds = funding or [MinimumFunding("0001", "AA", line_of_accounting().pk, MINIMUM)]
    return draft_contract(
        solicitation_id=decision.solicitation_id,
        funding=funds,
        by=actor(by),
        at=AWARDED_AT,
        **more,
    )


def part(dollars, acrn="AA", clin="0001", account=None):
    return MinimumFunding(
        clin, acrn, account or line_of_accounting().pk, Dollars(dollars)
    )


@pytest.mark.rule("R-FND-02", case="allowed")
def test_the_selected_offer_becomes_a_draft_award(decision):
    # Given a decision, and funds under two ACRNs that sum to the minimum
    second = line_of_accounting("Program reserve", "5000.00")
    funding = [part("600.00"), part("400.00", "AB", account=second.pk)]

    # When a specialist drafts the award
    contract = drafted(decision, funding=funding, notice_percent=80)

    # Then it says what was solicited and offered, and nothing is bound or numbered
    assert contract.state == ContractState.DRAFT
    assert contract.piid is None
    assert contract.vendor.name == "Meridian Models"
    assert contract.ceiling_dollars == Decimal("400000.00")
    assert contract.ceiling_tokens == 40_000_000_000
    assert contract.notice_percent == 80
    assert (contract.ordering_start, contract.ordering_end) == (
        date(2026, 4, 1),
        date(2027, 3, 31),
    )
    line = contract.lines.get()
    assert (line.clin, line.unit, line.estimated_tokens) == (
        "0001",
        "MTOK",
        2_900_000_000,
    )
    assert calculations.funded(contract) == MINIMUM
    assert list(
        ContractFunding.objects.order_by("acrn").values_list("acrn", "certified_at")
    ) == [("AA", None), ("AB", None)]
    assert contract.clauses.count() == decision.solicitation.clauses.count() > 0

    # And each price of the offer stands on the rate card from the first day of ordering
    rates = {
        rate.slin: (rate.token_class.code, str(rate.usd_per_million_tokens))
        for rate in line.rate_rows.all()
    }
    assert rates == AWARD_LINES
    starts = {rate.in_force.lower for rate in line.rate_rows.all()}
    assert starts == {datetime(2026, 4, 1, 4, tzinfo=UTC)}
    assert {rate.in_force.upper for rate in line.rate_rows.all()} == {None}

    # And its content has a hash, recorded in the contract's own stream
    contract = Contract.objects.get()
    assert contract.content_sha256 == content_sha256(calculations.content(contract))
    (event,) = events_of(contract.subject)
    assert (event.event, event.stream) == (
        "contracts.contract.drafted",
        f"contract:{contract.pk}",
    )


@pytest.mark.rule("R-FND-02", case="refused")
@pytest.mark.parametrize("dollars", ["999.99", "1000.01"])
def test_funds_that_do_not_sum_to_the_minimum_are_refused(decision, dollars):
    line_of_accounting()

    with nothing_happens(), pytest.raises(FundingDoesNotSum) as refusal:
        drafted(decision, funding=[part(dollars)])

    assert refusal.value.rule == "R-FND-02"
    assert refusal.value.data["minimum"] == MINIMUM


def test_funds_name_a_line_of_the_contract_and_funds_of_the_agency(
    decision, other_agency_officer
):
    # Given funds of our own, and a line of accounting of another agency
    line_of_accounting()
    foreign = create_line_of_accounting(
        agency_id=other_agency_officer.own_organization_id,
        label="Elsewhere",
        treasury_account_symbol="091-2026/2026-0101-000",
        appropriation="Salaries",
        funds_available_from=date(2025, 10, 1),
        by=SYSTEM,
        at=AWARDED_AT,
    )

    # Then neither an unknown line, nor foreign funds, nor a false ACRN can stand
    for funding in (part("1000.00", clin="0009"), part("1000.00", account=foreign.pk)):
        with nothing_happens(), pytest.raises(FundingDoesNotSum):
            drafted(decision, funding=[funding])
    with nothing_happens(), pytest.raises(BadIdentifier):
        drafted(decision, funding=[part("1000.00", acrn="OI")])


@pytest.mark.rule("R-FND-02", case="refused")
def test_an_acrn_stands_for_one_line_of_accounting_and_once_on_a_line(decision):
    one = line_of_accounting()
    another = line_of_accounting(label="Claims, second appropriation")

    for account in (another.pk, one.pk):
        halves = [part("500.00", account=one.pk), part("500.00", account=account)]
        with nothing_happens(), pytest.raises(FundingDoesNotSum):
            drafted(decision, funding=halves)


def test_without_a_decision_there_is_nothing_to_award(decision):
    undecided = released_solicitation()
    line_of_accounting()

    with nothing_happens(), pytest.raises(NotDecided) as refusal:
        draft_contract(
            solicitation_id=undecided.pk,
            funding=[part("1000.00")],
            by=actor("contract_specialist"),
            at=AWARDED_AT,
        )

    assert refusal.value.rule == "R-EVL-06"


def test_a_solicitation_is_drafted_once(decision):
    drafted(decision)

    with nothing_happens(), pytest.raises(AlreadyAwarded):
        drafted(decision, by="contracting_officer")


@pytest.mark.parametrize("part_name", ["program_manager", "other_agency_officer"])
def test_only_the_contracting_office_drafts(decision, part_name):
    line_of_accounting()

    with nothing_happens(), pytest.raises(NotAllowed):
        drafted(decision, by=part_name)


def test_two_prices_are_never_in_force_at_once(decision):
    # Given a rate card
    drafted(decision)
    row = RateRow.objects.order_by("slin").first()
    assert row is not None
    again = {
        "line": row.line,
        "slin": "0001ZZ",
        "model": row.model,
        "tokenizer": row.tokenizer,
        "token_class": row.token_class,
        "tier": row.tier,
        "context_band": row.context_band,
        "boundary": row.boundary,
        "usd_per_million_tokens": Decimal("0.01"),
        "source": "P00001",
    }
    start = row.in_force.lower

    # Then the database refuses a second price for the same kind of usage
    refused = pytest.raises(IntegrityError, match="two_prices_are_never")
    with refused, transaction.atomic():
        RateRow.objects.create(**again, in_force=DateTimeTZRange(start, None))

    # And takes one for another tier, or one that ends where the first begins
    RateRow.objects.create(
        **{**again, "tier": "BATCH"}, in_force=DateTimeTZRange(start, None)
    )
    early = datetime(2026, 1, 1, tzinfo=UTC)
    RateRow.objects.create(**again, in_force=DateTimeTZRange(early, start))


def test_a_price_is_only_ever_superseded(decision):
    # Given a rate card
    drafted(decision)
    rows = RateRow.objects.all()

    # Then no price can be changed or removed
    for change in ({"usd_per_million_tokens": Decimal("0.01")}, {"tier": "BATCH"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()

    # And it is superseded once, which makes room for another
    assert rows.update(superseded_at=AWARDED_AT) == 4
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(superseded_at=None)
    row = rows.order_by("slin").first()
    assert row is not None
    row.pk, row.public_id, row.superseded_at = None, "", None
    row.save()
    assert RateRow.objects.filter(superseded_at__isnull=True).count() == 1


@pytest.mark.rule("R-ROL-07", case="allowed")
def test_a_draft_is_seen_by_the_selection_and_the_certifier(decision):
    contract = drafted(decision)

    for part_name in (
        "contracting_officer",
        "contract_specialist",
        "source_selection_authority",
        "funds_certifier",
        "auditor",
    ):
        assert get_contract_for(actor(part_name), contract.public_id) == contract


@pytest.mark.rule("R-ROL-07", case="refused")
def test_nobody_else_learns_who_was_selected(decision, gateway):
    # Given a draft award
    contract = drafted(decision)

    # Then the program, the vendors, a machine and outsiders find nothing
    strangers = [
        actor(part_name)
        for part_name in (
            "program_manager",
            "cor",
            "vendor_a_signer",
            "vendor_b_signer",
            "other_agency_officer",
            "other_vendor_signer",
        )
    ]
    for stranger in [*strangers, gateway]:
        with nothing_happens(), pytest.raises(NotVisible):
            get_contract_for(stranger, contract.public_id)
        assert not visible_to(stranger)


def test_the_winner_sees_its_contract_once_it_is_signed(decision):
    signed = awarded_contract(on=decision)

    assert get_contract_for(actor("vendor_a_member"), signed.public_id) == signed
    for part_name in ("vendor_b_signer", "other_vendor_signer", "other_agency_officer"):
        with pytest.raises(NotVisible):
            get_contract_for(actor(part_name), signed.public_id)
    assert Solicitation.objects.get().state == "AWARDED"


def test_the_draft_says_the_same_however_it_is_read(decision):
    contract = drafted_contract(on=decision)

    fresh = Contract.objects.get(pk=contract.pk)
    assert calculations.content(fresh) == calculations.content(contract)
    assert calculations.line_gaps(fresh) == []


def test_what_was_solicited_as_tolerance_is_awarded(decision):
    # Given a package that states a share and a cap
    stated = {
        "tolerance_percent": Decimal("0.5"),
        "tolerance_dollars": Decimal("25.00"),
        "tolerance_cap_percent": Decimal("0.25"),
    }
    Solicitation.objects.filter(pk=decision.solicitation_id).update(**stated)

    contract = drafted(decision)

    # Then the award says the same, from the first day of ordering on
    row = contract.tolerance_terms.get()
    assert (row.source, row.from_day) == ("award", contract.ordering_start)
    for name, value in stated.items():
        assert getattr(contract, name) == getattr(row, name) == value
    assert row.tolerance_month_percent is row.write_off_cap_dollars is None
    assert calculations.content(contract)["tolerance_percent"] == "0.5"
