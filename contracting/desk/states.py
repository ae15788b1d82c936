"""The closed lists of the desk: who finds what in the navigation, and the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices

from accounts.states import Role

NOTICES: Final = "notices"
REVIEWS: Final = "reviews"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation; ``count`` names the number that stands beside it."""

    label: str
    route: str
    count: str = ""


_DESK = Entry("Desk", "desk:home")
_INBOX = Entry("Inbox", "notices:inbox", NOTICES)
_REVIEWS = Entry("Reviews", "approvals:inbox", REVIEWS)
_POLICIES = Entry("Policies", "approvals:policies")
_NEEDS = Entry("Needs", "requisitions:requisitions")
_MARKET = Entry("Market research", "market_research:rfis")
_REQUESTS = Entry("Information requests", "market_research:requests")
_SOLICITATIONS = Entry("Solicitations", "solicitations:solicitations")
_OPPORTUNITIES = Entry("Opportunities", "opportunities:opportunities")
_OFFERS = Entry("My offers", "submissions:submissions")
_CONTRACTS = Entry("Contracts", "contracts:contracts")
_AWARDS = Entry("Awards", "contracts:awards")
_ORDERS = Entry("Orders", "orders:orders")
_USAGE = Entry("Usage", "metering:usage")
_INVOICES = Entry("Invoices", "billing:invoices")
_FINDINGS = Entry("Discrepancies", "reconciliation:findings")
_PAYMENTS = Entry("Payments", "payments:payments")
_FUNDS = Entry("Funds", "ledger:funds")
_AUDIT = Entry("Audit record", "audit:index")
_PEOPLE = Entry("People", "accounts:people")
_KEYS = Entry("Keys", "accounts:api_keys")
_DELEGATIONS = Entry("Delegations", "accounts:delegations")
_REFERENCE = Entry("Reference", "reference:index")
_LOGIN = Entry("Log in", "account_login")

FOR_ANYBODY: Final = (_OPPORTUNITIES, _REQUESTS, _AWARDS, _LOGIN)
WITHOUT_A_ROLE: Final = (_OPPORTUNITIES, _REQUESTS, _AWARDS)

_SELLS = (_DESK, _INBOX, _OPPORTUNITIES, _OFFERS, _CONTRACTS, _ORDERS, _INVOICES)

NAVIGATION: Final[dict[str, tuple[Entry, ...]]] = {
    Role.CONTRACTING_OFFICER: (
        *(_DESK, _INBOX, _SOLICITATIONS, _CONTRACTS, _ORDERS, _INVOICES, _FINDINGS),
    ),
    Role.CONTRACT_SPECIALIST: (
        *(_DESK, _INBOX, _NEEDS, _SOLICITATIONS, _CONTRACTS, _ORDERS, _REFERENCE),
    ),
    Role.PROGRAM_MANAGER: (
        *(_DESK, _INBOX, _NEEDS, _MARKET, _CONTRACTS, _ORDERS, _USAGE),
    ),
    Role.REVIEWER: (*(_DESK, _INBOX, _REVIEWS, _SOLICITATIONS, _ORDERS, _DELEGATIONS),),
    Role.EVALUATOR: (_DESK, _INBOX, _SOLICITATIONS, _CONTRACTS),
    Role.SOURCE_SELECTION_AUTHORITY: (_DESK, _INBOX, _SOLICITATIONS, _CONTRACTS),
    Role.COR: (*(_DESK, _INBOX, _CONTRACTS, _ORDERS, _USAGE, _INVOICES, _FINDINGS),),
    Role.FUNDS_CERTIFIER: (_DESK, _INBOX, _FUNDS, _NEEDS, _CONTRACTS, _ORDERS),
    Role.PAYMENT_CERTIFIER: (
        *(_DESK, _INBOX, _INVOICES, _PAYMENTS, _CONTRACTS, _ORDERS),
    ),
    Role.AUDITOR: (
        *(_DESK, _AUDIT, _SOLICITATIONS, _CONTRACTS, _ORDERS, _PAYMENTS, _PEOPLE),
    ),
    Role.ADMINISTRATOR: (
        *(_DESK, _INBOX, _PEOPLE, _KEYS, _DELEGATIONS, _POLICIES, _REFERENCE),
    ),
    Role.VENDOR_MEMBER: _SELLS,
    Role.VENDOR_SIGNER: _SELLS,
    Role.VENDOR_ADMINISTRATOR: (
        *(_DESK, _INBOX, _OPPORTUNITIES, _CONTRACTS, _INVOICES, _PEOPLE, _KEYS),
    ),
}
"""At most seven entries for each role."""

_SELLER_ASKS = "What is due, and when are we paid?"

QUESTIONS: Final[dict[str, str]] = {
    Role.CONTRACTING_OFFICER: "What needs my signature?",
    Role.CONTRACT_SPECIALIST: "What is still missing?",
    Role.PROGRAM_MANAGER: "Will it last?",
    Role.REVIEWER: "What must I decide?",
    Role.EVALUATOR: "Which offers wait for me?",
    Role.SOURCE_SELECTION_AUTHORITY: "What waits for my decision?",
    Role.COR: "Do meter, report and invoice agree?",
    Role.FUNDS_CERTIFIER: "What waits for funds?",
    Role.PAYMENT_CERTIFIER: "What is payable, and when?",
    Role.AUDITOR: "Can it be proved?",
    Role.ADMINISTRATOR: "Is anything failing?",
    Role.VENDOR_MEMBER: _SELLER_ASKS,
    Role.VENDOR_SIGNER: _SELLER_ASKS,
    Role.VENDOR_ADMINISTRATOR: _SELLER_ASKS,
}
"""The one question that each role brings to its desk."""

RIBBON: Final = "DEMONSTRATION – nothing here is binding"


class Duty(TextChoices):
    """What somebody does in a case, from the need to the payment."""

    REQUESTS = "REQUESTS", "requests"
    WRITES = "WRITES", "writes"
    REVIEWS = "REVIEWS", "reviews"
    EVALUATES = "EVALUATES", "evaluates"
    SELECTS = "SELECTS", "selects"
    CERTIFIES = "CERTIFIES", "certifies funds"
    SIGNS = "SIGNS", "signs"
    ACCEPTS = "ACCEPTS", "accepts"
    PAYS = "PAYS", "certifies payment"


EVENTS_OF_DUTY: Final = {
    Duty.REQUESTS: (
        "requisitions.requisition.drafted",
        "requisitions.requisition.submitted",
        "orders.task_order.drafted",
        "orders.modification.drafted",
        "modifications.modification.drafted",
        "terminations.termination.drafted",
    ),
    Duty.WRITES: (
        "solicitations.solicitation.drafted",
        "solicitations.solicitation.edited",
        "contracts.contract.drafted",
        "orders.task_order.drafted",
        "orders.task_order.edited",
        "orders.modification.drafted",
        "modifications.modification.drafted",
        "modifications.modification.revised",
        "terminations.termination.drafted",
    ),
    Duty.REVIEWS: (
        "solicitations.solicitation.reviewed",
        "orders.task_order.reviewed",
    ),
    Duty.EVALUATES: ("evaluations.submission.rated",),
    Duty.SELECTS: ("evaluations.selection.decided",),
    Duty.CERTIFIES: (
        "contracts.contract.funds_certified",
        "orders.task_order.funds_certified",
        "orders.modification.funds_certified",
    ),
    Duty.SIGNS: (
        "contracts.award.offered",
        "contracts.contract.awarded",
        "orders.task_order.issued",
        "orders.modification.issued",
        "modifications.modification.issued",
        "options.intent.given",
        "options.option.determined",
        "terminations.cure_notice.issued",
        "terminations.show_cause_notice.issued",
        "terminations.termination.signed",
        "terminations.settlement.decided",
    ),
    Duty.ACCEPTS: ("reconciliation.usage.accepted",),
    Duty.PAYS: ("payments.payment.certified",),
}
"""Which events are the doing of each duty."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Two duties that one person must not hold: on one thing, or in the whole case."""

    one: Duty
    other: Duty
    rule: str
    in_the_whole_case: bool = False


APART: Final = (
    Apart(Duty.REQUESTS, Duty.CERTIFIES, "R-ROL-03"),
    Apart(Duty.REQUESTS, Duty.SIGNS, "R-ROL-03"),
    Apart(Duty.CERTIFIES, Duty.SIGNS, "R-ROL-03"),
    Apart(Duty.WRITES, Duty.REVIEWS, "R-ROL-09"),
    Apart(Duty.ACCEPTS, Duty.PAYS, "R-ROL-04", in_the_whole_case=True),
    Apart(Duty.SIGNS, Duty.PAYS, "R-ROL-04", in_the_whole_case=True),
)
"""The matrix of separation, in one place. It is about persons, whatever their roles."""
