"""What a joint recount draws from is fixed, and its seed committed to."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.disputes.calculations import commitment_of
from contracting.disputes.operations.start_recount import start_recount
from contracting.disputes.refusals import RecountImpossible
from contracting.notices.models import Notice
from tests.builders_disputes import ANSWERED_AT
from tests.cast import actor, nothing_happens, person

pytestmark = pytest.mark.django_db


def started(case, finding, *, by="cor", token_class="IN_UNCACHED", at=ANSWERED_AT):
    return start_recount(
        case_id=case.pk,
        finding=finding.public_id,
        token_class=token_class,
        by=actor(by),
        at=at,
    )


def test_every_call_of_the_day_is_drawn_from_and_the_seed_is_not_told(case, finding):
    recount = started(case, finding)

    # r-1 and r-2 have uncached input; of two calls both are counted anew
    assert (recount.population, recount.sample_size) == (2, 2)
    assert recount.commitment == commitment_of(recount.agency_seed)
    told = Notice.objects.get(
        subject_kind="disputes.recount",
        recipient_user=person(actor("vendor_a_signer")),
    )
    assert recount.agency_seed not in told.body


def test_without_a_call_of_the_class_nothing_is_drawn(case, finding):
    with nothing_happens(), pytest.raises(RecountImpossible):
        started(case, finding, token_class="OUT_IMAGE")


@pytest.mark.parametrize("outsider", ["vendor_a_signer", "other_agency_officer"])
def test_nobody_else_starts_one(case, finding, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        started(case, finding, by=outsider)
