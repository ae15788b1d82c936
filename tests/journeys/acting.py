"""What it takes to have an order approved, modified and terminated, step by step."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from contracting.approvals.states import Decided
from contracting.contracts.models import Contract
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.models import LineOfAccounting
from contracting.orders.models import TaskOrder
from contracting.orders.operations.certify_modification import (
    certify_modification_funds,
)
from contracting.orders.operations.draft import draft_task_order
from contracting.orders.operations.draft_modification import draft_modification
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.operations.review import review_task_order
from contracting.orders.operations.sign import sign_modification
from contracting.orders.operations.submit import submit_task_order
from contracting.orders.queries.ratified import unfunded
from contracting.orders.states import EffectDraft, FundsDraft
from contracting.terminations.operations.decide import decide_settlement
from contracting.terminations.operations.draft import draft_termination
from contracting.terminations.operations.propose import propose_settlement
from contracting.terminations.operations.sign import sign_termination
from tests.builders_orders import REVIEWERS, line
from tests.cast import actor
from tests.ratified import ratified

DAY = timedelta(days=1)
PERIOD = 20 * DAY


class Acting:
    """The people of one contract at an instant, each in their part."""

    contract: Contract
    at: datetime
    pots: dict[str, LineOfAccounting]

    @property
    def day(self) -> date:
        return accounting_day(self.at, self.contract.time_zone)

    def approved(self, pots, asked, ceiling, tokens):
        """The order after its reviewers have concurred."""
        more = asked["AB"]
        drafts = [
            FundsDraft(
                "AA",
                self.pots[pots[0]].pk,
                Dollars(asked["AA"]),
                ceiling_dollars=Dollars(ceiling - more),
            ),
            FundsDraft("AB", self.pots[pots[1]].pk, Dollars(more)),
        ]
        day = accounting_day(self.at, self.contract.time_zone)
        order = draft_task_order(
            contract_id=self.contract.pk,
            lines=[line(tokens=Tokens(tokens), dollars=Dollars(ceiling), funds=drafts)],
            title="Pilot of the claims assistant",
            description="Summaries of claims, through the agency's gateway.",
            period_start=day,
            period_end=day + PERIOD,
            payment_office="Examples Finance Center",
            by=actor("program_manager"),
            at=self.at,
        )
        submit_task_order(
            order_id=order.pk,
            by=actor("program_manager"),
            at=self.at,
            seen_version=order.version,
        )
        for reviewer in REVIEWERS:
            order = review_task_order(
                order_id=order.pk,
                verdict=Decided.CONCUR,
                comment="",
                by=actor(reviewer),
                at=self.at,
                seen_version=order.version,
            )
        return order

    def modified(self, number, **effect):
        """Drafted, certified where it adds funds, and signed by all who must.

        What lowers a ceiling is a supplemental agreement, which the vendor signs too.
        """
        acrn = effect.pop("acrn")
        lowers = (
            effect.get("add_ceiling_dollars", Dollars()) < Dollars()
            or effect.get("add_ceiling_tokens", Tokens()) < Tokens()
        )
        drafted = draft_modification(
            order_id=number,
            effects=[EffectDraft(clin="0001", acrn=acrn, **effect)],
            authority="C" if lowers else "B",
            citation="FAR 43.103(a)" if lowers else "FAR 43.103(b)",
            description="The funds follow the need.",
            effective_on=accounting_day(self.at, self.contract.time_zone),
            scope="Tokens of the same models for the same pilot, as competed.",
            by=actor("contract_specialist"),
            at=self.at,
        )
        if drafted.funds_added:
            certify_modification_funds(
                modification_id=drafted.pk,
                by=actor("funds_certifier"),
                at=self.at,
                seen_version=drafted.version,
            )
        if lowers:
            sign_modification(
                modification_id=drafted.pk,
                by=actor("vendor_a_signer"),
                at=self.at,
                seen_version=drafted.version,
            )
        order = TaskOrder.objects.get(pk=number)
        if beyond := unfunded(order):
            ratified(order, beyond, at=self.at)
        issue_modification(
            modification_id=drafted.pk,
            by=actor("second_contracting_officer"),
            at=self.at,
            seen_version=drafted.version,
        )

    def terminated(self, number, granted):
        """Drafted, signed, stopped, proposed by the vendor and settled."""
        termination = draft_termination(
            contract_id=self.contract.pk,
            order_id=number,
            ground="CONVENIENCE",
            text="The program has ended.",
            stop_on=self.day,
            by=actor("contract_specialist"),
            at=self.at,
        )
        sign_termination(
            termination_id=termination.pk, by=actor("contracting_officer"), at=self.at
        )
        self.at += 2 * DAY
        propose_settlement(
            termination_id=termination.pk,
            dollars=Dollars(granted),
            text="Reserved capacity that could not be given back.",
            by=actor("vendor_a_signer"),
            at=self.at,
        )
        decide_settlement(
            termination_id=termination.pk,
            dollars=Dollars(granted),
            text="Shown by invoices.",
            by=actor("contracting_officer"),
            at=self.at,
        )
