"""Opening an admitted late offer; what leads to it stands in ``test_admit``."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.submissions.operations.open_late import open_late_submission
from tests.builders import released_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import PASSPHRASE, after, opened_offers, submitted_offer

pytestmark = pytest.mark.django_db


def test_whoever_holds_no_share_opens_nothing():
    solicitation = released_solicitation()
    late = submitted_offer(on=solicitation, at=after(solicitation, minutes=1))
    opened_offers(on=solicitation)

    for part in ("evaluator", "second_contracting_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            open_late_submission(
                submission_id=late.pk,
                passphrase=PASSPHRASE,
                by=actor(part),
                at=after(solicitation, hours=4),
            )
