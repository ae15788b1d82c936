"""Two contracts of one competition: orders competed between their holders, a new model.

The same agency needs tokens for a second assistant and awards two contracts for them.
One order goes to whoever answers its notice best; a cheaper model comes onto the other
contract, its price falls with the public list, and in the end the model is banned.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Final

from contracting.approvals.states import Decided
from contracting.bans.models import Ban
from contracting.bans.operations.impose import impose_ban
from contracting.bans.states import BanReason
from contracting.contracts.models import Contract
from contracting.core.actors import SYSTEM, Actor
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.fair_opportunity.models import Opportunity
from contracting.fair_opportunity.operations.consider import consider_response
from contracting.fair_opportunity.operations.notify import notify_holders
from contracting.fair_opportunity.operations.respond import respond_to_opportunity
from contracting.fair_opportunity.operations.select import select_holder
from contracting.fair_opportunity.queries import last_responses
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.confirm_ratchet import confirm_ratchet_finding
from contracting.modifications.operations.draft import draft_contract_modification
from contracting.modifications.operations.draft_on_ramp import draft_on_ramp
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.operations.open_ratchet_findings import (
    open_ratchet_findings,
)
from contracting.modifications.operations.record_terms import record_model_terms
from contracting.modifications.operations.sign import sign_contract_modification
from contracting.modifications.states import (
    LineDraft,
    ModificationKind,
    OnRampDraft,
    Proposal,
    RateDraft,
)
from contracting.operate.story import compete, procure
from contracting.operate.story.cast import AGENCY, HARBORLINE, NORTHLIGHT, Cast
from contracting.operate.story.register import check_the_offerors
from contracting.operate.story.times import RECORDS, Calendar
from contracting.options.operations.determine import determine_option
from contracting.options.operations.draft import draft_option_exercise
from contracting.options.operations.give import give_option_intent
from contracting.options.operations.receive import receive_option_intent
from contracting.options.states import Findings
from contracting.orders.models import TaskOrder
from contracting.orders.operations.certify import certify_task_order_funds
from contracting.orders.operations.draft import draft_task_order
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.operations.review import review_task_order
from contracting.orders.operations.submit import submit_task_order
from contracting.orders.states import FundsDraft
from contracting.orders.states import LineDraft as OrderLineDraft
from contracting.reference.calculations import read_list
from contracting.reference.models import AiModel
from contracting.reference.operations.import_list_prices import import_list_prices
from contracting.reference.queries import attachments_on
from contracting.reference.states import PriceStructure, Unit
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.options import OptionDraft
from contracting.solicitations.states import OptionKind

TITLE: Final = "Tokens for the archive search"
SMALL_MODEL: Final = "claude-haiku-4-5-20251001"
SMALL_PRICES: Final = {"IN_UNCACHED": UnitPrice("0.95"), "OUT_TEXT": UnitPrice("4.75")}
"""Five percent below the public list, as the contract has it for new models."""
FALLEN_LIST: Final = Path(__file__).parent.parent / "data" / "fallen-list.csv"
FALLEN_RELEASE: Final = "made up for the demonstration"
COMPETED: Final = Dollars("20000.00")
COMPETED_TOKENS: Final = Tokens(3_000_000_000)
SMALL_ORDER: Final = Dollars("4000.00")
SMALL_TOKENS: Final = Tokens(2_000_000_000)
POOL_ORDER: Final = Dollars("2850.00")
POOL_TOKENS: Final = Tokens(1_000_000_000)
POOL_UNITS: Final = Decimal(1_000)
USD_PER_ACU: Final = Decimal("2.85")
ORDERING_END: Final = 75
"""So many days after the story: the intent to exercise is told 60 days before."""
OPTION: Final = OptionDraft(
    number=1,
    kind=OptionKind.PERIOD,
    months=12,
    notice_days=60,
    opens_days=90,
    closes_days=5,
    dollars=Dollars("200000.00"),
    tokens=Tokens(60_000_000_000),
)


def ask(cast: Cast, calendar: Calendar) -> Solicitation:
    """Need, package, release: one competition that intends two awards."""
    requisition = procure.need(cast, calendar, days=RECORDS, title=TITLE)
    drafted = procure.package(
        cast,
        calendar,
        requisition,
        deadline=calendar.at(RECORDS.deadline, 14),
        days=RECORDS,
        ordering_end=ORDERING_END,
        terms={"most_awards": 2, "options": [OPTION]},
        clauses={"52.216-27", "52.217-5", "52.217-9"},
    )
    released = procure.release(cast, calendar, drafted, days=RECORDS)
    compete.offers(
        cast,
        calendar,
        released,
        days=RECORDS,
        sealed=compete.SEALED_FOR_THE_RECORDS,
    )
    return released


def award(
    cast: Cast, calendar: Calendar, solicitation: Solicitation
) -> dict[str, Contract]:
    """Both offers are selected; two contracts, by the name of their holder."""
    compete.open_offers(cast, calendar, solicitation, days=RECORDS)
    compete.decide(
        cast,
        calendar,
        solicitation,
        days=RECORDS,
        selected=compete.BOTH,
        rationale=compete.TWO_HOLDERS,
    )
    drafted = {
        vendor: compete.prepare_award(
            cast, calendar, solicitation, days=RECORDS, vendor=vendor
        )
        for vendor in (NORTHLIGHT, HARBORLINE)
    }
    check_the_offerors(cast, calendar, solicitation, RECORDS.award)
    return {
        vendor: compete.award(cast, calendar, each, days=RECORDS)
        for vendor, each in drafted.items()
    }


def compete_order(
    cast: Cast, calendar: Calendar, contracts: dict[str, Contract]
) -> Opportunity:
    """Both holders are told, both answer, and the one that answers better is chosen."""
    notice = notify_holders(
        contract_id=contracts[NORTHLIGHT].pk,
        title="Archive search, first year",
        description="Search and summaries over the archive of paper records.",
        value=COMPETED,
        basis="The lowest price for long answers, of those within the boundary.",
        respond_by=calendar.at(-11, 17),
        by=cast["contract_specialist"],
        at=calendar.at(-13, 10),
    )
    for hour, part, percent in (
        (10, "northlight_signer", 2),
        (11, "harborline_signer", 6),
    ):
        respond_to_opportunity(
            opportunity_id=notice.pk,
            words="We start on the day of the order.",
            discount_percent=Decimal(percent),
            by=cast[part],
            at=calendar.at(-12, hour),
        )
    for response in last_responses(notice):
        consider_response(
            response_id=response.pk,
            text=f"{response.contract.vendor} meets the boundary and the need.",
            by=cast["contract_specialist"],
            at=calendar.at(-10, 9),
        )
    better = next(
        response
        for response in last_responses(notice)
        if response.contract_id == contracts[HARBORLINE].pk
    )
    return select_holder(
        opportunity_id=notice.pk,
        response_id=better.pk,
        rationale="Answers are long, and its output is the cheaper one.",
        by=cast["contracting_officer"],
        at=calendar.at(-10, 11),
    )


def order(
    cast: Cast,
    calendar: Calendar,
    contract: Contract,
    *,
    offset: int,
    title: str,
    clin: str,
    tokens: Tokens,
    dollars: Dollars,
    opportunity: Opportunity | None = None,
    units: Decimal | None = None,
    signer: str = "contracting_officer",
) -> TaskOrder:
    """Requested, reviewed, funded in full and signed within two days."""
    drafted = draft_task_order(
        contract_id=contract.pk,
        title=title,
        description="Tokens for search and summaries over the archive.",
        period_start=calendar.day(offset + 2),
        period_end=calendar.day(200),
        lines=[
            OrderLineDraft(
                clin=clin,
                ceiling_tokens=tokens,
                ceiling_dollars=dollars,
                funds=[FundsDraft("AA", cast.line_of_accounting_id, dollars)],
                ceiling_acu=units,
            )
        ],
        payment_office="Department of Civic Records, payment office",
        opportunity_id=opportunity.pk if opportunity else None,
        by=cast["program_manager"],
        at=calendar.at(offset, 12),
    )
    submitted = submit_task_order(
        order_id=drafted.pk,
        by=cast["program_manager"],
        at=calendar.at(offset, 13),
        seen_version=drafted.version,
    )
    reviewers = ("technical_reviewer", "finance_reviewer", "security_reviewer")
    for minute, part in enumerate(reviewers):
        submitted = review_task_order(
            order_id=submitted.pk,
            verdict=Decided.CONCUR,
            comment="Concur.",
            by=cast[part],
            at=calendar.at(offset, 14, minute),
            seen_version=submitted.version,
        )
    certify_task_order_funds(
        order_id=submitted.pk,
        by=cast["funds_certifier"],
        at=calendar.at(offset, 15),
        seen_version=submitted.version,
    )
    return issue_task_order(
        order_id=submitted.pk,
        by=cast[signer],
        at=calendar.at(offset, 16),
        seen_version=submitted.version,
    )


def bring_on(
    cast: Cast, calendar: Calendar, contract: Contract
) -> ContractModification:
    """A cheaper model comes onto the contract, on a line of its own."""
    record_model_terms(
        contract_id=contract.pk,
        list_discount_percent=Decimal(5),
        ratchet_days=0,
        source="Statement of objectives, terms for AI",
        by=cast["contract_specialist"],
        at=calendar.at(-9, 9),
    )
    first_day = calendar.day(-8)
    proposal = Proposal(
        kind=ModificationKind.ON_RAMP,
        authority="C",
        citation="FAR 43.103(a)",
        description="A smaller model comes onto the contract for short questions.",
        effective_on=first_day,
        scope="Tokens of a language model for the same assistant, as competed.",
        price_memo="Five percent below the public list, as for every new model.",
        new_lines=[
            LineDraft(
                clin="0002",
                description="Tokens of the smaller model",
                psc="DA10",
                estimated_tokens=Tokens(10_000_000_000),
                ceiling_dollars=Dollars(50_000),
            )
        ],
        rates=[
            RateDraft(
                clin="0002",
                slin=slin,
                snapshot=SMALL_MODEL,
                token_class=token_class,
                price=price,
                first_day=first_day,
                boundary=procure.BOUNDARY,
            )
            for slin, (token_class, price) in zip(
                ("0002AA", "0002AB"), SMALL_PRICES.items(), strict=True
            )
        ],
    )
    drafted = draft_on_ramp(
        contract_id=contract.pk,
        proposal=proposal,
        on_ramp=OnRampDraft(
            snapshot=SMALL_MODEL,
            corpus="Reference corpus of the solicitation",
            corpus_sha256=_stands_for("corpus"),
            model_tokens=Tokens(1_000_000),
            reference_tokens=Tokens(1_000_000),
            predecessor=procure.MODEL,
            predecessor_tokens=Tokens(1_000_000),
            security_evidence="The authorization of the service, FedRAMP Moderate",
            security_sha256=_stands_for("authorization"),
            documents={
                code: _stands_for(code) for code in attachments_on(calendar.day(-9))
            },
        ),
        by=cast["contract_specialist"],
        at=calendar.at(-9, 10),
    )
    sign_contract_modification(
        modification_id=drafted.pk,
        by=cast["northlight_signer"],
        at=calendar.at(-9, 14),
        seen_version=drafted.version,
    )
    return _issue(drafted, cast["contracting_officer"], calendar, -9)


def _issue(
    drafted: ContractModification, by: Actor, calendar: Calendar, offset: int
) -> ContractModification:
    return issue_contract_modification(
        modification_id=drafted.pk,
        by=by,
        at=calendar.at(offset, 16),
        seen_version=drafted.version,
    )


def _stands_for(paper: str) -> str:
    """The SHA-256 of a paper that the demonstration does not carry along."""
    return sha256(f"demonstration: {paper}".encode()).hexdigest()


def add_pool(
    cast: Cast, calendar: Calendar, contract: Contract
) -> ContractModification:
    """A pool of units, of which each class burns its own share (ACU)."""
    first_day = calendar.day(-8)
    proposal = Proposal(
        authority="C",
        citation="FAR 43.103(a)",
        description="A pool of units is added, of which every class of tokens burns.",
        effective_on=first_day,
        scope="Tokens of the same model for the same assistant, as competed.",
        price_memo="What a class burns comes to its unit price on line 0001.",
        terms={},
        new_lines=[
            LineDraft(
                clin="0003",
                description="Pool of units for mixed work",
                psc="DA10",
                estimated_tokens=Tokens(5_000_000_000),
                ceiling_dollars=Dollars(40_000),
                structure=PriceStructure.POOL,
                unit=Unit.ACU,
            )
        ],
        rates=[
            RateDraft(
                clin="0003",
                slin=slin,
                snapshot=procure.MODEL,
                token_class=token_class,
                price=UnitPrice(0),
                first_day=first_day,
                boundary=procure.BOUNDARY,
                acu_per_million_tokens=Decimal(burns),
                usd_per_acu=USD_PER_ACU,
            )
            for slin, token_class, burns in (
                ("0003AA", "IN_UNCACHED", "1"),
                ("0003AB", "OUT_TEXT", "5"),
            )
        ],
    )
    drafted = draft_contract_modification(
        contract_id=contract.pk,
        proposal=proposal,
        by=cast["contract_specialist"],
        at=calendar.at(-8, 8),
    )
    sign_contract_modification(
        modification_id=drafted.pk,
        by=cast["northlight_signer"],
        at=calendar.at(-8, 9),
        seen_version=drafted.version,
    )
    return issue_contract_modification(
        modification_id=drafted.pk,
        by=cast["contracting_officer"],
        at=calendar.at(-8, 10),
        seen_version=drafted.version,
    )


def exercise(
    cast: Cast, calendar: Calendar, contract: Contract
) -> ContractModification:
    """The intent is told in time, the officer determines, the option is exercised."""
    option = contract.options.get(number=OPTION.number)
    intent = give_option_intent(
        option_id=option.pk, by=cast["contracting_officer"], at=calendar.at(-6, 17)
    )
    receive_option_intent(
        intent_id=intent.pk, by=cast["harborline_signer"], at=calendar.at(-5, 8)
    )
    check_the_offerors(cast, calendar, contract.solicitation, -2)
    determine_option(
        option_id=option.pk,
        findings=Findings(
            line_of_accounting_id=cast.line_of_accounting_id,
            need="The archive is searched until a successor is competed.",
            basis="MARKET",
            advantage="To compete it anew would cost more than it could save.",
            synopsis="Synopsized with the solicitation, options included.",
            past_performance="Two contracts of other agencies, both very good.",
            rating="SATISFACTORY",
            performance="The service was up and reported on every day.",
        ),
        by=cast["contracting_officer"],
        at=calendar.at(-2, 11),
    )
    check_the_offerors(cast, calendar, contract.solicitation, -1)
    drafted = draft_option_exercise(
        option_id=option.pk, by=cast["contract_specialist"], at=calendar.at(-1, 10)
    )
    return issue_contract_modification(
        modification_id=drafted.pk,
        by=cast["contracting_officer"],
        at=calendar.at(-1, 11),
        seen_version=drafted.version,
    )


def follow_the_list(cast: Cast, calendar: Calendar) -> list[ContractModification]:
    """The public list falls, and with it the contract's prices."""
    at = calendar.at(-6, 9)
    carried = read_list(FALLEN_RELEASE, FALLEN_LIST.read_text())
    import_list_prices(carried=carried, by=SYSTEM, at=at)
    found = open_ratchet_findings(by=SYSTEM, at=at + timedelta(hours=1))
    signed = []
    for finding in found:
        drafted = confirm_ratchet_finding(
            finding_id=finding.pk,
            by=cast["contracting_officer"],
            at=calendar.at(-6, 11),
        )
        signed.append(_issue(drafted, cast["second_officer"], calendar, -6))
    return signed


def switch_off(cast: Cast, calendar: Calendar) -> Ban:
    """Nobody orders the smaller model any more, and gateways refuse it."""
    return impose_ban(
        agency_id=cast.organizations[AGENCY].pk,
        model_id=AiModel.objects.get(snapshot=SMALL_MODEL).pk,
        reason=BanReason.DIRECTIVE,
        citation="Decision of the chief information officer, made up for this story",
        text="The service's authorization is looked at again after a finding.",
        valid_from=calendar.day(-1),
        by=cast["contracting_officer"],
        at=calendar.at(-1, 14),
    )
