"""The vendor states its size anew."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.identifiers import BadIdentifier
from contracting.notices.models import Notice
from contracting.options.operations.represent import represent_size
from contracting.options.refusals import RepresentationIncomplete
from tests.builders_options import TOLD_AT, represented_size
from tests.cast import actor, nothing_happens


def stated(option, by="vendor_a_signer", **other):
    terms = {
        "is_small": False,
        "naics": "518210",
        "size_standard": "$40.0 million",
        **other,
    }
    return represent_size(
        contract_id=option.contract_id, **terms, by=actor(by), at=TOLD_AT
    )


def test_the_last_statement_counts_and_the_officer_is_told(option):
    # Given a vendor that has said that it is small
    represented_size(option.contract, at=TOLD_AT)

    # When its signer states that it has grown
    made = stated(option)

    # Then both stay on file, and the office is told
    assert str(made) == "other than small under 518210"
    assert option.contract.size_representations.count() == 2
    assert Notice.objects.filter(title__contains="other than small").exists()


def test_only_a_signer_of_the_vendor_states_it(option):
    for part in ("vendor_a_member", "other_vendor_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            stated(option, by=part)


def test_it_rests_on_a_size_standard_and_a_code(option):
    with nothing_happens(), pytest.raises(RepresentationIncomplete):
        stated(option, size_standard=" ")
    with nothing_happens(), pytest.raises(BadIdentifier):
        stated(option, naics="51A")
