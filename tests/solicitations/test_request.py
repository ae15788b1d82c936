"""One vendor is asked for a quotation, in the open."""

from datetime import date

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.solicitations.operations.request import request_quotation
from contracting.solicitations.queries import open_opportunities
from contracting.solicitations.refusals import AboveMicroPurchase, RequisitionTaken
from tests.builders import drafted_solicitation, estimated_requisition
from tests.builders import submitted_requisition as submitted
from tests.cast import AT, actor, nothing_happens

pytestmark = pytest.mark.django_db


def requested(need, dollars="15000.00", by="contracting_officer"):
    return request_quotation(
        requisition_id=need.pk,
        start=date(2026, 4, 1),
        end=date(2026, 6, 30),
        boundary="FEDRAMP_MOD",
        dollars=Dollars(dollars),
        by=actor(by),
        at=AT,
    )


def test_a_request_in_the_open_is_numbered_and_never_published():
    made = requested(submitted())

    assert made.piid[8] == "Q"
    assert made.state == "OPENED"
    assert made.lines.count() == len(made.requisition.estimate_rows.all())
    assert {line.boundary for line in made.lines.all()} == {"FEDRAMP_MOD"}
    clauses = set(made.clauses.values_list("clause__number", flat=True))
    assert not clauses & {"52.216-18", "52.216-19", "52.216-22"}
    assert made.required_attachments
    assert not open_opportunities(AT)


def test_a_cent_above_the_threshold_others_are_asked():
    need = submitted()
    with nothing_happens(), pytest.raises(AboveMicroPurchase) as refused:
        requested(need, "15000.01")
    assert refused.value.rule == "R-SOL-07"


@pytest.mark.parametrize("who", ["contract_specialist", "other_agency_officer"])
def test_nobody_but_the_contracting_officer_asks(who):
    need = submitted()
    with nothing_happens(), pytest.raises(NotAllowed):
        requested(need, by=who)


def test_a_need_that_is_not_submitted_or_is_solicited_is_not_bought():
    need = estimated_requisition()
    with nothing_happens(), pytest.raises(NotAllowed):
        requested(need)

    taken = drafted_solicitation().requisition
    with nothing_happens(), pytest.raises(RequisitionTaken):
        requested(taken)
