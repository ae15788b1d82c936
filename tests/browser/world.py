"""The world that the browser walks through.

The story from need to close-out ended yesterday, under the accounts of the demo; beside
it another agency, that of the tests' cast, has something in hand at every stage.
"""

from datetime import date

from accounts.operations.delegate_review import delegate_review
from contracting.approvals.states import Decided
from contracting.contracts.models import Contract
from contracting.core import clock
from contracting.core.periods import accounting_day
from contracting.documents.models import Document
from contracting.documents.operations.sweep import sweep_documents
from contracting.documents.states import DocumentState
from contracting.market_research.calculations import AnswerDraft
from contracting.operate.story import play, times
from contracting.operate.story.play import Told
from contracting.orders.models import TaskOrder
from contracting.orders.operations.review import review_task_order
from contracting.payments.models import PaymentCertification
from contracting.reconciliation.models import Finding
from contracting.solicitations.operations.answer import answer_question
from contracting.solicitations.operations.ask import ask_question
from contracting.solicitations.operations.keep_template import keep_template
from tests.builders import (
    DAY,
    HOUR,
    RELEASED_AT,
    approved_solicitation,
    built_requisition,
    drafted_requisition,
    drafted_solicitation,
    estimated_requisition,
    released_solicitation,
    solicitation_in_review,
    submitted_requisition,
)
from tests.builders_disputes import opened
from tests.builders_market import (
    PRICE,
    REPORTED,
    TOKENS,
    drafted_rfi,
    priced,
    released_rfi,
    respond,
)
from tests.builders_metering import event, ingested
from tests.builders_orders import (
    ORDERED_AT,
    awarded_contract,
    certified_order,
    drafted_contract,
    drafted_modification,
    drafted_order,
    funded_modification,
    issued_order,
    submitted_order,
)
from tests.builders_service import level
from tests.builders_settlement import (
    ACCEPTED_AT,
    ENDED_AT,
    USED,
    accepted_invoice,
    certified_payment,
    completed_order,
    paid_invoice,
    received_invoice,
    reported,
    used_order,
)
from tests.cast import AT, actor
from tests.disputes.test_answer import answered
from tests.disputes.test_freeze import frozen
from tests.disputes.test_join_recount import joined
from tests.disputes.test_start_recount import started
from tests.disputes.test_submit_claim import claimed
from tests.offers import (
    agreed_offers,
    decided_solicitation,
    declared_panel,
    rated_offers,
    submitted_offer,
)
from tests.proposals.drafts import whole_draft
from tests.story import QuietStage

MORE = {**USED, "OUT_TEXT": USED["OUT_TEXT"] + 1_000_000}
"""A million tokens more than anybody has metered or reported."""


def build() -> Told:
    """Build both, the older first, and print every paper."""
    _needs_and_packages()
    _market_research()
    _evaluations()
    _orders()
    today = accounting_day(clock.now(), times.ZONE)
    told = play.play(times.yesterday(today), QuietStage())
    _open_now()
    while sweep_documents(at=clock.now()):
        pass
    unprinted = Document.objects.exclude(state=DocumentState.RENDERED)
    assert [(each.kind, each.last_error) for each in unprinted] == []
    return told


def _needs_and_packages() -> None:
    drafted_requisition()
    estimated_requisition()
    built_requisition()
    submitted_requisition()
    drafted_solicitation()
    solicitation_in_review()
    approved_solicitation()
    asked = released_solicitation()
    ask_question(
        solicitation_id=asked.pk,
        text="May the reasoning tokens be invoiced as output tokens?",
        by=actor("vendor_b_signer"),
        at=RELEASED_AT + HOUR,
    )
    keep_template(
        solicitation_id=asked.pk,
        name="Tokens for text",
        summary="For assistants that read and write.",
        by=actor("contracting_officer"),
        at=RELEASED_AT + HOUR,
        seen_version=asked.version,
    )
    delegate_review(
        delegate_id=actor("legal_reviewer").own_membership_id,
        valid_from=AT.date(),
        valid_to=date(2099, 12, 31),
        reason="Parental leave.",
        by=actor("technical_reviewer"),
        at=AT,
    )


def _market_research() -> None:
    """A draft, requests that are open and closed, and one that two have answered."""
    now = clock.now()
    drafted_rfi(now)
    released_rfi(AT)
    released_rfi(now - DAY, title="Access to models on our own premises")
    answered = released_rfi(now - DAY)
    respond(answered, at=now - HOUR, is_proprietary=True)
    respond(
        answered,
        {
            TOKENS: AnswerDraft(text="We count what the tokenizer cuts. " * 30),
            REPORTED: AnswerDraft(is_yes=False),
            PRICE: priced("12", model="of our own"),
        },
        by=actor("vendor_b_signer"),
        at=now - HOUR,
    )


def _evaluations() -> None:
    declared_panel()
    rated_offers()
    agreed_offers()
    decided_solicitation()
    drafted_contract()


def _orders() -> None:
    contract = awarded_contract()
    drafted_order(on=contract)
    submitted_order(on=contract)
    _contested(submitted_order(on=contract))
    certified_order(on=contract)
    used = _counted(contract)
    accepted_invoice(invoice=received_invoice(order=used, billed=MORE))
    drafted_modification(on=used)
    funded_modification(on=used, authority="C", citation="FAR 43.103(a)")
    for order in (_counted(contract), _counted(contract)):
        paid_invoice(certification=_certified(order))
    completed_order(order=order, at=ENDED_AT)
    _certified(_counted(contract))
    fresh = _counted(contract)
    received_invoice(order=fresh)
    ingested(event("unknown", order=fresh, model="a-model-that-nobody-knows"))
    _disputed(contract)


def _disputed(contract: Contract) -> None:
    """A dispute that is answered, frozen and half counted anew; a claim that waits."""
    order = _counted(contract)
    accepted_invoice(invoice=received_invoice(order=order, billed=MORE))
    finding = Finding.objects.filter(order=order).earliest("pk")
    case = opened(finding, at=ACCEPTED_AT + HOUR)
    answered(case, calls=[("r-1", 1, 400_001)], at=ACCEPTED_AT + DAY)
    frozen(case, at=ACCEPTED_AT + DAY)
    joined(started(case, finding, token_class="OUT_TEXT", at=ACCEPTED_AT + DAY))
    started(case, finding, token_class="OUT_TEXT", at=ACCEPTED_AT + DAY)
    claimed(contract, "250000.00", is_certified=True)
    level(contract)


def _contested(order: TaskOrder) -> None:
    """One reviewer does not concur, so that the officer must answer."""
    for reviewer, verdict in (
        ("technical_reviewer", Decided.NONCONCUR),
        ("finance_reviewer", Decided.CONCUR),
    ):
        review_task_order(
            order_id=order.pk,
            verdict=verdict,
            comment="The pilot is larger than the need.",
            by=actor(reviewer),
            at=ORDERED_AT + 2 * HOUR,
            seen_version=order.version,
        )


def _open_now() -> None:
    """A solicitation of the cast that is open today, with offers and an answer."""
    now = clock.now()
    is_open = released_solicitation(
        now - 3 * DAY,
        terms={
            "deadline": now + 20 * DAY,
            "ordering_start": (now + 60 * DAY).date(),
            "ordering_end": (now + 400 * DAY).date(),
        },
    )
    question = ask_question(
        solicitation_id=is_open.pk,
        text="Is usage reported by request or by day?",
        by=actor("vendor_b_signer"),
        at=now - DAY,
    )
    answer_question(
        question_id=question.pk,
        text="By request, within three days.",
        changes_terms=False,
        by=actor("contract_specialist"),
        at=now - HOUR,
    )
    submitted_offer(on=is_open, at=now - HOUR)
    whole_draft(on=is_open, at=now - HOUR)


def _counted(contract: Contract) -> TaskOrder:
    order = used_order(order=issued_order(on=contract))
    reported(order)
    return order


def _certified(order: TaskOrder) -> PaymentCertification:
    invoice = accepted_invoice(invoice=received_invoice(order=order))
    return certified_payment(invoice=invoice)
