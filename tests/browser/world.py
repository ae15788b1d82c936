"""The world that the browser walks through.

The story from need to close-out ended yesterday, under the accounts of the demo; beside
it another agency, that of the tests' cast, has something in hand at every stage.
"""

from contracting.core import clock
from contracting.core.periods import accounting_day
from contracting.documents.operations.sweep import sweep_documents
from contracting.operate.story import play, times
from contracting.operate.story.play import Told
from contracting.solicitations.operations.ask import ask_question
from tests.builders import (
    HOUR,
    RELEASED_AT,
    approved_solicitation,
    drafted_requisition,
    drafted_solicitation,
    released_solicitation,
    solicitation_in_review,
    submitted_requisition,
)
from tests.builders_metering import event, ingested
from tests.builders_orders import (
    awarded_contract,
    certified_order,
    drafted_contract,
    drafted_modification,
    drafted_order,
    issued_order,
    submitted_order,
)
from tests.builders_settlement import (
    USED,
    accepted_invoice,
    certified_payment,
    paid_invoice,
    received_invoice,
    reported,
    used_order,
)
from tests.cast import actor
from tests.offers import agreed_offers, declared_panel
from tests.story import QuietStage

MORE = {**USED, "OUT_TEXT": USED["OUT_TEXT"] + 1_000_000}
"""A million tokens more than anybody has metered or reported."""


def build() -> Told:
    """Build both, the older first, and print every paper."""
    _something_at_every_stage()
    today = accounting_day(clock.now(), times.ZONE)
    told = play.play(times.yesterday(today), QuietStage())
    while sweep_documents(at=clock.now()):
        pass
    return told


def _something_at_every_stage() -> None:
    drafted_requisition()
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
    declared_panel()
    agreed_offers()
    drafted_contract()
    _orders()


def _orders() -> None:
    contract = awarded_contract()
    drafted_order(on=contract)
    submitted_order(on=contract)
    certified_order(on=contract)
    used = _counted(contract)
    accepted_invoice(invoice=received_invoice(order=used, billed=MORE))
    drafted_modification(on=used)
    drafted_modification(on=used, authority="C", citation="FAR 43.103(a)")
    paid_invoice(certification=_certified(_counted(contract)))
    _certified(_counted(contract))
    fresh = _counted(contract)
    received_invoice(order=fresh)
    ingested(event("unknown", order=fresh, model="a-model-that-nobody-knows"))


def _counted(contract):
    order = used_order(order=issued_order(on=contract))
    reported(order)
    return order


def _certified(order):
    return certified_payment(
        invoice=accepted_invoice(invoice=received_invoice(order=order))
    )
