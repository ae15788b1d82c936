"""A contract with options, and what happens to them, through the real verbs.

The ordering period ends on 31 March 2027. An option period is told of by 30 January and
exercised from 14 February to 26 March.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracting.bans.operations.impose import impose_ban
from contracting.contracts.models import Contract, ContractOption
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.models import LineOfAccounting
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.options.models import (
    OptionDetermination,
    OptionIntent,
    SizeRepresentation,
)
from contracting.options.operations.determine import determine_option
from contracting.options.operations.draft import draft_option_exercise
from contracting.options.operations.give import give_option_intent
from contracting.options.operations.represent import represent_size
from contracting.options.states import Findings
from contracting.solicitations.publishing.options import OptionDraft
from tests.builders_instruments import decided_on
from tests.builders_modifications import issued_contract_modification
from tests.builders_orders import (
    awarded_contract,
    certified_contract,
    line_of_accounting,
    registrations,
)
from tests.cast import actor
from tests.remembered import remembered

TOLD_AT = datetime(2027, 1, 29, 15, 0, tzinfo=UTC)
"""Friday, 29 January 2027: one day before the last for the notice of intent."""

FOUND_AT = datetime(2027, 2, 15, 15, 0, tzinfo=UTC)
EXERCISED_AT = datetime(2027, 2, 16, 15, 0, tzinfo=UTC)
"""Tuesday, 16 February 2027, 10 a.m. in Washington, inside the window."""

PERIOD: dict[str, Any] = {
    "number": 1,
    "kind": "PERIOD",
    "months": 12,
    "notice_days": 60,
    "opens_days": 45,
    "closes_days": 5,
    "dollars": Dollars("250000.00"),
    "tokens": Tokens(25_000_000_000),
}
EXTENSION: dict[str, Any] = {
    **PERIOD,
    "kind": "EXTENSION",
    "months": 6,
    "notice_days": 0,
}
QUANTITY: dict[str, Any] = {
    **PERIOD,
    "kind": "QUANTITY",
    "months": 0,
    "notice_days": 0,
}
LINE: dict[str, Any] = {**QUANTITY, "kind": "LINE", "price_percent": Decimal("-10")}


@remembered
def added_options(
    *drafts: dict[str, Any], on: Contract | None = None
) -> list[ContractOption]:
    """Options that both parties have added to an awarded contract, by number."""
    contract = on or awarded_contract()
    issued_contract_modification(
        on=contract,
        description="Options are added as the work statement foresees.",
        terms={},
        new_options=[OptionDraft(**each) for each in drafts or (PERIOD,)],
    )
    return list(contract.options.order_by("number"))


@remembered
def told_option(
    *, on: ContractOption | None = None, at: datetime = TOLD_AT
) -> ContractOption:
    """An option of which the vendor was told."""
    option = on or added_options()[0]
    give_option_intent(option_id=option.pk, by=actor("contracting_officer"), at=at)
    return option


def intent_of(option: ContractOption) -> OptionIntent:
    """Its notice of intent."""
    return OptionIntent.objects.get(option=option)


def funds_of_the_day(at: datetime = FOUND_AT) -> LineOfAccounting:
    """Funds of fiscal year 2027."""
    return line_of_accounting(
        label="Claims modernization 2027",
        at=at,
        treasury_account_symbol="020-2027/2027-0101-000",
        funds_available_from=date(2026, 10, 1),
        funds_available_to=date(2027, 9, 30),
        fund_year=2027,
    )


def findings(**other: Any) -> Findings:
    """Every finding, in the option's favour."""
    usual: dict[str, Any] = {
        "line_of_accounting_id": funds_of_the_day().pk,
        "need": "The claims assistant is used until a successor is competed.",
        "basis": "MARKET",
        "advantage": "Competing it anew would cost more than it could save.",
        "synopsis": "Synopsized with the solicitation, options included.",
        "past_performance": "Two contracts of another agency, both very good.",
        "rating": "SATISFACTORY",
        "performance": "Usage agreed with the meter, credits came in time.",
    }
    return Findings(**(usual | other))


@remembered
def determined_option(
    *, on: ContractOption | None = None, at: datetime = FOUND_AT, **other: Any
) -> ContractOption:
    """An option on which the officer has determined, on an extract of that day."""
    option = on or told_option()
    registrations(until="2027-12-31", at=at)
    determination(option, at=at, **other)
    return option


def determination(
    option: ContractOption, *, at: datetime = FOUND_AT, **other: Any
) -> OptionDetermination:
    """The determination itself."""
    return determine_option(
        option_id=option.pk,
        findings=findings(**other),
        by=actor("contracting_officer"),
        at=at,
    )


@remembered
def drafted_exercise(
    *, on: ContractOption | None = None, at: datetime = EXERCISED_AT
) -> ContractModification:
    """The exercise as a specialist has drafted it, on an extract of that day."""
    option = on or determined_option()
    registrations(until="2027-12-31", at=at)
    return draft_option_exercise(
        option_id=option.pk, by=actor("contract_specialist"), at=at
    )


def signed(
    modification: ContractModification,
    *,
    by: str = "contracting_officer",
    at: datetime = EXERCISED_AT + timedelta(hours=1),
) -> ContractModification:
    """The officer's signature under it."""
    return issue_contract_modification(
        modification_id=modification.pk,
        by=actor(by),
        at=at,
        seen_version=modification.version,
    )


@remembered
def exercised_option(*, on: ContractOption | None = None) -> ContractOption:
    """An option that is exercised."""
    modification = drafted_exercise(on=on)
    signed(modification)
    option = modification.option
    assert option is not None
    option.refresh_from_db()
    return option


@remembered
def contract_under(terms: dict[str, Any]) -> Contract:
    """The award of a package with other terms, such as its options."""
    return awarded_contract(on=decided_on(terms))


@remembered
def certified_under(terms: dict[str, Any]) -> Contract:
    """The draft award of a package with other terms, its funds certified."""
    return certified_contract(on=decided_on(terms))


def banned_vendor(contract: Contract) -> None:
    """The vendor of a contract is banned on the day of the exercise."""
    impose_ban(
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        reason="FASCSA",
        citation="Order 2027-01",
        text="The vendor is a covered source.",
        valid_from=EXERCISED_AT.date(),
        by=actor("contracting_officer"),
        at=EXERCISED_AT,
    )


def represented_size(contract: Contract, at: datetime) -> SizeRepresentation:
    """The vendor's signer states that it is small."""
    return represent_size(
        contract_id=contract.pk,
        is_small=True,
        naics="518210",
        size_standard="$40.0 million",
        by=actor("vendor_a_signer"),
        at=at,
    )
