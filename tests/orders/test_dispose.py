"""The contracting officer answers a reviewer who did not concur."""

import pytest

from contracting.approvals.refusals import CommentMissing, NothingToDispose
from contracting.approvals.states import Decided
from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed, NotVisible
from contracting.orders.operations.dispose import dispose_nonconcurrence
from contracting.orders.operations.review import review_task_order
from contracting.orders.queries import undisposed_of
from tests.builders_orders import ORDERED_AT, concurred, submitted_order
from tests.cast import actor, nothing_happens


@pytest.fixture
def doubted(contract):
    """An approved order on which the technical reviewer did not concur."""
    order = submitted_order(on=contract)
    order = review_task_order(
        order_id=order.pk,
        verdict=Decided.NONCONCUR,
        comment="The workload is a guess.",
        by=actor("technical_reviewer"),
        at=ORDERED_AT,
        seen_version=order.version,
    )
    return concurred(order, ["finance_reviewer"])


def disposed(order, by, text="It is a pilot; the ceiling is sixty dollars.", of=None):
    decision = of or undisposed_of(order)[0]
    return dispose_nonconcurrence(
        order_id=order.pk, decision_id=decision.pk, text=text, by=by, at=ORDERED_AT
    )


def test_a_disposition_answers_the_nonconcurrence(doubted, contracting_officer):
    # Given a non-concurrence
    (decision,) = undisposed_of(doubted)

    # When the officer disposes of it
    written = disposed(doubted, contracting_officer)

    # Then it stands with the decision and nothing is open
    assert written.decision == decision
    assert undisposed_of(doubted) == []
    last = events_of(doubted.subject).last()
    assert last is not None
    assert last.event == "orders.nonconcurrence.disposed"


def test_it_has_words(doubted, contracting_officer):
    with nothing_happens(), pytest.raises(CommentMissing):
        disposed(doubted, contracting_officer, text=" ")


def test_a_concurrence_needs_none(doubted, contracting_officer):
    concurrence = undisposed_of(doubted)[0].route.decisions.get(verdict="CONCUR")

    with nothing_happens(), pytest.raises(NothingToDispose):
        disposed(doubted, contracting_officer, of=concurrence)


def test_a_decision_on_another_order_is_not_visible(
    contract, doubted, contracting_officer
):
    other = submitted_order(on=contract)
    (decision,) = undisposed_of(doubted)

    with nothing_happens(), pytest.raises(NotVisible):
        disposed(other, contracting_officer, of=decision)


@pytest.mark.parametrize(
    "outsider",
    ["program_manager", "other_agency_officer", "vendor_a_signer"],
)
def test_an_outsider_disposes_of_nothing(doubted, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        disposed(doubted, actor(outsider))
