"""The vendor confirms that the notice of intent arrived."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.notices.models import Notice
from contracting.options.models import IntentReceipt
from contracting.options.operations.receive import receive_option_intent
from tests.builders_options import (
    TOLD_AT,
    intent_of,
    told_option,
)
from tests.cast import actor, nothing_happens


def test_the_notice_of_intent_is_a_letter_whose_receipt_the_vendor_confirms(option):
    # When the officer gives the notice on the last day but one
    intent = intent_of(told_option(on=option))

    # Then it is in time, in the words of the clause, and on paper
    assert not intent.is_late
    assert "does not commit the Government" in intent.text
    assert Document.objects.filter(kind="option_intent").count() == 1
    assert Notice.objects.filter(title__contains="Notice of intent").exists()

    # And the vendor confirms that it arrived, once
    receive_option_intent(intent_id=intent.pk, by=actor("vendor_a_member"), at=TOLD_AT)
    assert IntentReceipt.objects.get(intent=intent).received_at == TOLD_AT
    with nothing_happens(), pytest.raises(NotAllowed):
        receive_option_intent(
            intent_id=intent.pk, by=actor("vendor_a_signer"), at=TOLD_AT
        )
