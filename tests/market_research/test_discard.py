"""A draft is given up; its number is not used again."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.market_research.operations.discard import discard_rfi
from contracting.market_research.states import RfiState
from tests.builders_market import drafted_rfi, released_rfi
from tests.cast import nothing_happens

pytestmark = pytest.mark.django_db


def test_a_draft_is_discarded_and_its_number_with_it(program_manager, at):
    done = discard_rfi(rfi_id=drafted_rfi(at).pk, by=program_manager, at=at)

    assert done.state == RfiState.DISCARDED
    assert drafted_rfi(at).number == "RFI-26-00002"


def test_what_is_released_is_not_discarded(program_manager, at):
    rfi = released_rfi(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        discard_rfi(rfi_id=rfi.pk, by=program_manager, at=at)


@pytest.mark.parametrize("outsider", ["cor", "other_agency_officer", "vendor_a_signer"])
def test_nobody_else_discards_it(request, outsider, at):
    rfi = drafted_rfi(at)
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        discard_rfi(rfi_id=rfi.pk, by=by, at=at)
