"""What "in force" means for each kind of paper, and what ends it."""

import pytest

from contracting.contracts.models import Contract, CorDesignation
from contracting.documents.models import Document
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.cancel import cancel_solicitation
from contracting.verification.standing import standing_of
from contracting.verification.states import Status
from tests.builders import released_solicitation
from tests.builders_orders import ISSUED_AT, issued_order
from tests.builders_settlement import certified_payment, paid_invoice
from tests.cast import AT, actor, days
from tests.documents.papers import request
from tests.terminations.test_draft import ENDED_AT, drafted
from tests.terminations.test_resume import RESUMED_AT, resumed
from tests.terminations.test_sign import signed
from tests.terminations.test_stop import STOPPED_AT, stopped
from tests.verification.printing import paper

pytestmark = pytest.mark.django_db


def status(document, at):
    found = standing_of(document, at)
    return found.status, found.by


def test_a_solicitation_is_in_force_until_it_is_changed_closed_or_cancelled():
    solicitation = released_solicitation(AT)
    assert solicitation.deadline
    document = paper(kind="solicitation")
    assert status(document, AT + days(1)) == (Status.IN_FORCE, "")
    assert status(document, solicitation.deadline + days(1)) == (Status.ENDED, "")

    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary="Offers are due a week later.",
        terms={"deadline": solicitation.deadline + days(7)},
        by=actor("contracting_officer"),
        at=AT + days(5),
        seen_version=solicitation.version,
    )
    amendment = paper(kind="modification")
    assert status(document, AT + days(6)) == (Status.MODIFIED, "0001")
    assert status(amendment, AT + days(6)) == (Status.IN_FORCE, "")

    cancel_solicitation(
        solicitation_id=solicitation.pk,
        reason="The need has ended.",
        memo="The program was stopped.",
        by=actor("contracting_officer"),
        at=AT + days(7),
    )
    assert status(document, AT + days(8)) == (Status.CANCELLED, "")
    assert status(amendment, AT + days(8)) == (Status.CANCELLED, "")


def test_an_order_and_its_contract_stand_until_they_are_ended():
    order = issued_order()
    document = paper(kind="task_order")
    of_the_contract = paper(kind="contract")
    assert status(document, ISSUED_AT) == (Status.IN_FORCE, "")
    assert status(of_the_contract, ISSUED_AT) == (Status.IN_FORCE, "")

    termination = signed(drafted(order))
    found = standing_of(document, ENDED_AT)
    assert (found.status, found.since) == (Status.TERMINATED, termination.stop_on)
    assert status(of_the_contract, ENDED_AT) == (Status.IN_FORCE, "")


def test_an_offer_of_an_award_binds_nobody_and_gives_way_to_the_award():
    order = issued_order()
    contract = Contract.objects.get(pk=order.contract_id)
    document = paper(kind="contract")
    document.number = "not awarded yet"

    assert status(document, ISSUED_AT) == (Status.REPLACED, contract.piid)


def test_a_stop_is_in_force_until_work_is_resumed():
    order = issued_order()
    stopped(order)
    document = paper(kind="letter")
    assert status(document, STOPPED_AT) == (Status.IN_FORCE, "")

    resumed(order)
    assert status(document, RESUMED_AT) == (Status.CANCELLED, "")
    assert status(paper(kind="letter"), RESUMED_AT) == (Status.RECORD, "")


def test_a_designation_ends_with_its_days():
    issued_order()
    made = CorDesignation.objects.latest("pk")
    assert made.certified_until
    document = paper(kind="designation", subject_id=made.pk)

    assert status(document, ISSUED_AT) == (Status.IN_FORCE, "")
    found = standing_of(document, ISSUED_AT + days(365 * 9))
    assert (found.status, found.since) == (
        Status.ENDED,
        min(made.valid_to, made.certified_until),
    )


def test_a_voucher_is_certified_and_then_paid():
    certified_payment()
    assert status(paper(kind="voucher"), ISSUED_AT) == (Status.IN_FORCE, "")


def test_a_paid_voucher_is_complete():
    paid_invoice()
    assert status(paper(kind="voucher"), ISSUED_AT) == (Status.COMPLETED, "")
    assert status(paper(kind="receiving_report"), ISSUED_AT) == (Status.RECORD, "")


def test_a_paper_that_was_issued_again_gives_way_to_the_later_one():
    one, other = (request(actor("contracting_officer"), AT) for _ in range(2))
    Document.objects.filter(pk=other.pk).update(state="RENDERED")

    assert status(one, AT) == (Status.REPLACED, "version 3")
    one.is_public = True  # a copy for everybody takes nobody's place, and none its
    assert status(one, AT) == (Status.UNSAID, "")


def test_a_schedule_is_read_with_the_later_ones():
    first, last = (
        request(actor("contracting_officer"), AT, kind="service_levels")
        for _ in range(2)
    )

    assert status(first, AT) == (Status.MODIFIED, last.number)
    assert status(last, AT) == (Status.IN_FORCE, "")


def test_of_what_is_gone_or_unknown_nothing_is_said():
    document = request(actor("contracting_officer"), AT, subject_id=987654)
    assert status(document, AT) == (Status.UNSAID, "")
    document.kind = "proclamation"
    assert status(document, AT) == (Status.UNSAID, "")
